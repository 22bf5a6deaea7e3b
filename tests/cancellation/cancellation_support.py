"""Paid orders, and answers of a registry, for the tests of the cancellation engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.services import split
from creditstore.orders.attention import AttentionItem
from creditstore.orders.models import Order, OrderLine
from creditstore_plugins import (
    CancellationInstruction,
    RefusalKind,
    Refused,
    ResponseCode,
    SerialRange,
    StatusOutcome,
    TransactionState,
    TransactionStatus,
)
from support.journeys import pay
from support.ledger import make_offer, make_order
from support.plugin_host import COMPLETED_AT, ScriptedRegistry


def paid_order(*, quantity: int = 10, offer: Offer | None = None) -> Order:
    order = make_order((offer or make_offer(), quantity)).order
    pay(order)
    order.refresh_from_db()
    assert order.state == "paid"
    return order


def offer_of_parts(*sizes: int) -> Offer:
    """An offer whose units lie in blocks of these sizes."""
    offer = make_offer(quantity=sum(sizes))
    block = UnitBlock.objects.get(offer=offer, is_leaf=True)
    for size in sizes[:-1]:
        _first, block = split(block=block, at=block.start + size)
    return offer


def line_of(order: Order) -> OrderLine:
    return order.lines.select_related("reservation").get()


def units(line: OrderLine) -> dict[str, int]:
    """How many of the line's units are in each state; ``doubt`` beside it where they are in doubt."""
    found: dict[str, int] = {}
    for block in UnitBlock.objects.filter(reservation=line.reservation, is_leaf=True):
        name = f"{block.state} in doubt" if block.in_doubt else block.state
        found[name] = found.get(name, 0) + block.quantity
    return found


def open_kinds(order: Order) -> list[str]:
    return sorted(AttentionItem.objects.filter(order=order, closed_at=None).values_list("kind", flat=True))


def item(order: Order, kind: str) -> AttentionItem:
    return AttentionItem.objects.get(order=order, kind=kind, closed_at=None)


def part_of(whole: SerialRange, first: int, last: int) -> SerialRange:
    """The units ``first`` to ``last`` of a range, counted from 0."""

    def serial(number: int) -> str:
        fields = whole.start.split("-")
        fields[2] = str(number)
        return "-".join(fields)

    start, end = whole.start_number + first, whole.start_number + last
    return SerialRange(start=serial(start), end=serial(end), series=whole.series, start_number=start, end_number=end)


def refusing(
    kind: RefusalKind, *, code: int = 7027, named: tuple[int, int] | None = None
) -> Callable[[CancellationInstruction], Refused]:
    """An answer that refuses, naming these units of the first range."""

    def answer(instruction: CancellationInstruction) -> Refused:
        ranges = (part_of(instruction.ranges[0], *named),) if named else ()
        return Refused(responses=(ResponseCode(code=code, message="no", ranges=ranges, kind=kind),))

    return answer


def told(
    registry: ScriptedRegistry,
    *,
    state: TransactionState = TransactionState.COMPLETED,
    ranges: tuple[SerialRange, ...] | None = None,
    transaction: str | None = None,
    completed_at: datetime | None = COMPLETED_AT,
    responses: tuple[ResponseCode, ...] = (),
) -> Callable[[str], StatusOutcome]:
    """An answer about whichever key is asked for, in which something may be other than it should."""

    def answer(key: str) -> StatusOutcome:
        return TransactionStatus(
            transaction=transaction or registry.transaction(key),
            state=state,
            ranges=registry.instructions[key].ranges if ranges is None else ranges,
            completed_at=completed_at if state is TransactionState.COMPLETED else None,
            responses=responses,
        )

    return answer
