"""The registry's answers as the connector reads them. Nothing is believed that does not fit these types.

Unknown extra fields are let pass: a registry may say more than it did. A known field of the wrong kind is not.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from creditstore_plugins import HttpResponse, ResponseCode, SerialRange, TransactionState, TransactionStatus
from creditstore_registry_cdm.codes import MAX_BLOCKS, kind_of
from creditstore_registry_cdm.serials import Block, any_overlap, parse_block

AnswerT = TypeVar("AnswerT", bound="Answer")


class AnswerNotTrusted(Exception):
    """An answer cannot be believed. The text says why, in words for staff."""


#: The registry's own id of a transaction.
TRANSACTION_ID = r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$"


def as_utc(moment: datetime) -> datetime:
    """The same moment in UTC."""
    return moment.astimezone(UTC)


class Wire(BaseModel):
    """A part of an answer: strict about what it knows, indifferent to what it does not."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Answer(Wire):
    """Every answer of the registry names it and says whether it is simulated."""

    registry: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    simulated: bool


class HealthAnswer(Answer):
    """The registry's word about itself."""

    status: str


class AccountWord(Answer):
    """An answer about one account."""

    account: str


class AccountAnswer(AccountWord):
    """What an account is."""

    state: Literal["open", "suspended", "closed"]


class NotFoundAnswer(Answer):
    """The registry's own word that it has no transaction under the key."""

    found: Literal[False]
    key: str


class NoAccountAnswer(AccountWord):
    """The registry's own word that it has no such account."""

    found: Literal[False]


class WireBlock(Wire):
    """Two printed serials."""

    start: Annotated[str, StringConstraints(max_length=64)]
    end: Annotated[str, StringConstraints(max_length=64)]

    def read(self) -> Block:
        """The block between them. Errors: ``MalformedSerial``."""
        return parse_block(self.start, self.end)


class WireResponse(Wire):
    """A response code with the blocks it concerns."""

    code: int
    message: Annotated[str, StringConstraints(max_length=2000)]
    blocks: Annotated[list[WireBlock], Field(max_length=MAX_BLOCKS)] = []

    def read(self) -> ResponseCode:
        """The same in the plugin API's terms. Errors: ``MalformedSerial``."""
        ranges = tuple(range_of(block.read()) for block in self.blocks)
        return ResponseCode(code=self.code, message=self.message, ranges=ranges, kind=kind_of(self.code))


class RefusalAnswer(Answer):
    """The first layer's no."""

    accepted: Literal[False]
    key: str
    responses: Annotated[list[WireResponse], Field(min_length=1, max_length=100)]


class TransactionAnswer(Answer):
    """A transaction as the registry holds it."""

    transaction: Annotated[str, StringConstraints(pattern=TRANSACTION_ID)]
    key: str
    type: Literal[4]
    account: str
    destination_account_type: Literal[230]
    blocks: Annotated[list[WireBlock], Field(min_length=1, max_length=MAX_BLOCKS)]
    quantity: int
    beneficiary: str
    reason: str
    state: Annotated[int, Field(ge=1, le=8)]
    completed_at: Annotated[AwareDatetime, AfterValidator(as_utc)] | None
    responses: Annotated[list[WireResponse], Field(max_length=100)]

    def read_blocks(self) -> tuple[Block, ...]:
        """The blocks, held against each other and the quantity.

        Errors: ``MalformedSerial``; ``AnswerNotTrusted`` when they contradict one another.
        """
        blocks = [block.read() for block in self.blocks]
        if any_overlap(blocks):
            raise AnswerNotTrusted("the registry's answer names a unit twice")
        if sum(block.quantity for block in blocks) != self.quantity:
            raise AnswerNotTrusted("the blocks in the registry's answer do not sum to its quantity")
        return tuple(blocks)

    def read_status(self) -> TransactionStatus:
        """The same in the plugin API's terms. Errors: ``MalformedSerial``, ``AnswerNotTrusted``."""
        try:
            state = TransactionState(self.state)
        except ValueError as error:
            raise AnswerNotTrusted(f"a cancellation cannot be in state {self.state}") from error
        if (state is TransactionState.COMPLETED) != (self.completed_at is not None):
            raise AnswerNotTrusted("the registry's answer contradicts itself about whether it completed")
        return TransactionStatus(
            transaction=self.transaction,
            state=state,
            ranges=tuple(range_of(block) for block in self.read_blocks()),
            completed_at=self.completed_at,
            responses=tuple(response.read() for response in self.responses),
        )


class Notification(Answer):
    """The registry's word that a transaction has moved. Only a reason to ask: ``state`` is not even read."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=200)]


def range_of(block: Block) -> SerialRange:
    """A block in the plugin API's terms; the series is the Party."""
    return SerialRange(
        start=block.start,
        end=block.end,
        series=block.party,
        start_number=block.first,
        end_number=block.last,
    )


def read_answer(model: type[AnswerT], response: HttpResponse, *, simulated: bool) -> AnswerT:
    """Read an answer of the given type.

    Errors: ``AnswerNotTrusted``, also when the answer's ``simulated`` is not as expected.
    """
    try:
        answer = model.model_validate_json(response.body)
    except ValidationError as error:
        raise AnswerNotTrusted(f"the registry's answer (HTTP {response.status}) could not be understood") from error
    if answer.simulated is not simulated:
        raise AnswerNotTrusted(
            "the registry says that it is simulated, and the settings say that it is not"
            if answer.simulated
            else "the registry says that it is not simulated, and the settings say that it is"
        )
    return answer
