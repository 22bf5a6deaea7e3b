"""Faults an operator can ask for, so that a client's handling of lost answers and refusals can be shown and tested.

They live in memory only and each strikes once. A refusal strikes only a key that was never seen, so that it stays true.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from creditstore_registry_cdm.codes import MESSAGES, Code
from creditstore_registry_cdm.simulator.messages import Response


class FaultRequest(BaseModel):
    """What to do to the next proposal: lose the answer, refuse it (with ``code``), or answer late by ``seconds``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Literal["drop_next_response", "refuse_next", "delay"]
    code: int = int(Code.ACCOUNT_SUSPENDED)
    seconds: Annotated[float, Field(ge=0, le=60)] = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    drop: bool = False
    delay: float = 0.0


class Faults:
    """The faults that wait for their proposal. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answer = _Pending()
        self._refusal: Response | None = None

    def ask(self, request: FaultRequest) -> None:
        """Arm a fault; the latest of its kind counts. Errors: ``ValueError`` for a code the registry does not have."""
        with self._lock:
            if request.kind == "refuse_next":
                code = Code(request.code)
                self._refusal = Response(code=code, message=f"{MESSAGES[code]} (A refusal that was asked for.)")
            elif request.kind == "drop_next_response":
                self._answer = _Pending(drop=True, delay=self._answer.delay)
            else:
                self._answer = _Pending(drop=self._answer.drop, delay=request.seconds)

    def take_refusal(self) -> Response | None:
        """The refusal that waits, if any; it is used up."""
        with self._lock:
            refusal, self._refusal = self._refusal, None
            return refusal

    def take_answer(self) -> tuple[bool, float]:
        """Whether to lose the next answer, and by how many seconds to delay it; both are used up."""
        with self._lock:
            pending, self._answer = self._answer, _Pending()
            return pending.drop, pending.delay
