"""The first layer: is a message well formed? Refusals here are immediate, and nothing of the message is kept."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from creditstore_registry_cdm.codes import MAX_BLOCKS, MESSAGES, Code
from creditstore_registry_cdm.serials import Block, MalformedSerial, any_overlap, parse_block
from creditstore_registry_cdm.simulator import REGISTRY_NAME

#: A key is any printable ASCII without spaces.
_KEY = re.compile(r"[!-~]{1,200}")
# Control characters other than tab and line breaks, and lone surrogates, cannot be printed on an attestation.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One response code with the blocks it concerns (none: the whole message or transaction)."""

    code: Code
    message: str
    blocks: tuple[Block, ...] = ()

    @classmethod
    def of(cls, code: Code, *, blocks: Sequence[Block] = (), detail: str = "") -> Response:
        """A response with the registry's own words for the code."""
        return cls(code=code, message=f"{MESSAGES[code]} {detail}".strip(), blocks=tuple(blocks))


class MessageRefused(Exception):
    """The message is refused at once. ``key`` is empty when the message did not show a readable one."""

    def __init__(self, response: Response, *, key: str = "", status: int = 422) -> None:
        super().__init__(response.message)
        self.response = response
        self.key = key
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A well-formed proposal to cancel blocks of an account."""

    key: str
    account: str
    blocks: tuple[Block, ...]
    beneficiary: str
    reason: str

    @property
    def content(self) -> str:
        """A digest of everything but the key: two messages with one key are the same when it is equal."""
        facts = [self.account, [[block.start, block.end] for block in self.blocks], self.beneficiary, self.reason]
        return hashlib.sha256(json.dumps(facts).encode("ascii")).hexdigest()


def _printable(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError("a text holds characters that cannot be printed")
    return text


_Text = Annotated[str, AfterValidator(_printable)]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    start: Annotated[str, StringConstraints(max_length=64)]
    end: Annotated[str, StringConstraints(max_length=64)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    key: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]
    type: Literal[4]
    account: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
    destination_account_type: Literal[230]
    blocks: Annotated[list[_Block], Field(min_length=1)]
    beneficiary: Annotated[_Text, StringConstraints(max_length=1000)] = ""
    reason: Annotated[_Text, StringConstraints(max_length=4000)] = ""


def read_json(body: bytes) -> dict[str, Any]:
    """Read a JSON object strictly. Errors: ``MessageRefused`` (also for a name given twice, NaN, broken UTF-8)."""
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_no_name_twice, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MessageRefused(Response.of(Code.UNREADABLE), status=400) from error
    if not isinstance(document, dict):
        raise MessageRefused(Response.of(Code.UNREADABLE), status=400)
    return document


def write_json(document: Mapping[str, Any]) -> bytes:
    """What the registry says as JSON: all of it names the registry and says that it is simulated."""
    return json.dumps({"registry": REGISTRY_NAME, "simulated": True, **document}).encode("ascii")


def read_proposal(body: bytes) -> Proposal:
    """Read a proposal to cancel. Errors: ``MessageRefused``."""
    document = read_json(body)
    given = document.get("key")
    key = given if isinstance(given, str) and _KEY.fullmatch(given) else ""
    blocks = document.get("blocks")
    if isinstance(blocks, list) and len(blocks) > MAX_BLOCKS:
        raise MessageRefused(Response.of(Code.TOO_MANY_BLOCKS), key=key)
    try:
        message = _Message.model_validate(document)
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'][:3]))}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_context=False, include_input=False)[:5]
        ]
        # Names in the message come from outside and may hold anything; the answer stays short and printable.
        detail = _UNPRINTABLE.sub("?", "; ".join(faults))[:500]
        raise MessageRefused(Response.of(Code.WRONG_FIELD, detail=detail), key=key) from error
    try:
        parsed = [parse_block(block.start, block.end) for block in message.blocks]
    except MalformedSerial as error:
        raise MessageRefused(Response.of(Code.MALFORMED_SERIAL, detail=f"{error}."), key=key) from error
    if any_overlap(parsed):
        raise MessageRefused(Response.of(Code.BLOCKS_OVERLAP), key=key)
    return Proposal(
        key=message.key,
        account=message.account,
        blocks=tuple(parsed),
        beneficiary=message.beneficiary,
        reason=message.reason,
    )


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name is given twice")
    return document


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
