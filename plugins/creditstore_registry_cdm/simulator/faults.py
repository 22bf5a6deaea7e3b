"""Faults an operator can ask for, so that a client's handling of bad answers can be shown and tested.

They live in memory only. Those of a proposal strike the next one, those of a status as many answers as were asked for.
What the registry keeps stays true whatever it is made to say: a refusal strikes only a key that was never seen.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from creditstore_registry_cdm.codes import MESSAGES, Code, State
from creditstore_registry_cdm.serials import parse_block
from creditstore_registry_cdm.simulator.messages import Response
from creditstore_registry_cdm.simulator.transactions import block_answer

#: What can happen to the next proposal: its answer is lost, it is refused (with ``code``), or answered late.
ProposalFault = Literal["drop_next_response", "refuse_next", "delay"]
#: What can happen to answers about a transaction: none comes; it is denied to exist; other units are told; another
#: transaction's id; a state that it has left; a completion in the future.
StatusFault = Literal[
    "drop_status",
    "status_not_found",
    "status_other_units",
    "status_other_transaction",
    "status_backwards",
    "status_ahead",
]
#: What can happen to notifications.
NotificationFault = Literal["drop_notification", "repeat_notification"]

_NOBODYS = "CDM-999999999"


class FaultRequest(BaseModel):
    """What to do: see the kinds above. ``seconds`` belongs to ``delay``; ``times`` to faults of status and notices."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: ProposalFault | StatusFault | NotificationFault
    code: int = int(Code.ACCOUNT_SUSPENDED)
    seconds: Annotated[float, Field(ge=0, le=60)] = 5.0
    times: Annotated[int, Field(ge=1, le=10_000)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    drop: bool = False
    delay: float = 0.0


class Faults:
    """The faults that wait to strike. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answer = _Pending()
        self._refusal: Response | None = None
        self._left: Counter[str] = Counter()

    def ask(self, request: FaultRequest) -> None:
        """Arm a fault; the latest of its kind counts. Errors: ``ValueError`` for a code the registry does not have."""
        with self._lock:
            if request.kind == "refuse_next":
                code = Code(request.code)
                self._refusal = Response(code=code, message=f"{MESSAGES[code]} (A refusal that was asked for.)")
            elif request.kind == "drop_next_response":
                self._answer = _Pending(drop=True, delay=self._answer.delay)
            elif request.kind == "delay":
                self._answer = _Pending(drop=self._answer.drop, delay=request.seconds)
            else:
                self._left[request.kind] = request.times

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

    def take(self, kind: StatusFault | NotificationFault) -> bool:
        """Whether this fault strikes now; once of its times is used up."""
        with self._lock:
            if self._left[kind] <= 0:
                return False
            self._left[kind] -= 1
            return True

    def told(self, answer: dict[str, Any]) -> dict[str, Any] | None:
        """What is told of a transaction instead of the truth; None: that there is none."""
        completed = answer["completed_at"]
        for kind in get_args(StatusFault):
            # A fault waits for an answer that it can make wrong.
            fits = {
                "drop_status": False,
                "status_backwards": answer["state"] != State.PROPOSED,
                "status_ahead": completed is not None,
            }.get(kind, True)
            if fits and self.take(kind):
                return _changed(answer, kind)
        return answer


def _changed(answer: dict[str, Any], kind: str) -> dict[str, Any] | None:
    if kind == "status_not_found":
        return None
    if kind == "status_other_transaction":
        return {**answer, "transaction": _NOBODYS}
    if kind == "status_backwards":
        return {**answer, "state": int(State.PROPOSED), "state_name": "proposed", "completed_at": None, "responses": []}
    if kind == "status_ahead":
        later = datetime.fromisoformat(answer["completed_at"]) + timedelta(days=30)
        return {**answer, "completed_at": later.isoformat().replace("+00:00", "Z")}
    blocks = [parse_block(block["start"], block["end"]) for block in answer["blocks"]]
    moved = [block.part(first=block.last + 1, last=block.last + block.quantity) for block in blocks[-1:]]
    told = [*blocks[:-1], *moved]
    return {**answer, "blocks": [block_answer(block) for block in told]}
