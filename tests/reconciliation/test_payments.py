"""Payments against the provider's word: where it lists its captures, and where it answers for one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from creditstore.orders.models import Order
from creditstore.payments.models import Payment
from creditstore.reconciliation.models import Kind, OpenItem, Outcome
from creditstore.reconciliation.payments import compare_payments
from creditstore_host.installation import get_host, installed
from creditstore_plugins import (
    Capture,
    CapturesPage,
    Money,
    NotTold,
    PaymentCapability,
    PaymentLookup,
    PaymentReport,
    PaymentReportState,
)
from reconciliation.books import offered, open_kinds, outcomes, paid, run, tomorrow
from support.guards import unguarded
from support.live_registry import LiveRegistry

pytestmark = pytest.mark.django_db


@dataclass
class Books:
    """A provider's books: a capture for each of our payments unless a test says otherwise."""

    lists: bool = True
    added: list[Capture] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    broken: bool = False
    page: int = 2
    reports: dict[str, PaymentReport] = field(default_factory=dict)

    def captures(self, since: datetime, cursor: str) -> CapturesPage | NotTold:
        if self.broken:
            return NotTold(reason="closed today")
        ours = [
            capture_of(payment)
            for payment in Payment.objects.filter(captured_at__gte=since).order_by("pk")
            if str(payment.key) not in self.removed
        ]
        captures = [*ours, *self.added]
        start = int(cursor or 0)
        following = start + self.page
        return CapturesPage(
            captures=tuple(captures[start:following]), next=str(following) if following < len(captures) else ""
        )


def capture_of(payment: Payment, *, minor: int | None = None, reference: str = "", key: str | None = None) -> Capture:
    return Capture(
        reference=reference or payment.reference,
        idempotency_key=str(payment.key) if key is None else key,
        amount=Money(minor=minor or payment.captured_minor or payment.amount_minor, currency=payment.currency),
        at=payment.captured_at or payment.started_at,
    )


@pytest.fixture
def books(registry: LiveRegistry) -> Iterator[Books]:
    """The sandbox with books: the host's own guards are tried in ``tests/host``."""
    real, told = get_host(), Books()

    class WithBooks:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def payment_capabilities(self, _plugin: str) -> PaymentCapability:
            return PaymentCapability.CAPTURES if told.lists else PaymentCapability.NONE

        def payment_captures(self, _plugin: str, since: datetime, cursor: str = "") -> CapturesPage | NotTold:
            return told.captures(since, cursor)

        def fetch_payment(self, plugin: str, lookup: PaymentLookup) -> PaymentReport:
            return told.reports.get(lookup.idempotency_key) or real.fetch_payment(plugin, lookup)

    with installed(WithBooks()):  # type: ignore[arg-type]
        yield told


def payments(registry: LiveRegistry, count: int) -> list[Payment]:
    offer = offered(registry)
    return [paid(offer, 2).payments.get() for _number in range(count)]


def never_captured(payment: Payment) -> None:
    with unguarded():
        Payment.objects.filter(pk=payment.pk).update(state="declined", captured_minor=0, captured_at=None)


def compared(**changes: Any) -> dict[str, str]:
    """Kind by subject."""
    values = {"provider": "pay_sandbox", "now": tomorrow(), "grace": timedelta(minutes=15), "full": False, **changes}
    return {found.subject: found.kind for found in compare_payments(**values).found}


def test_what_both_sides_tell_matches(registry: LiveRegistry, books: Books) -> None:
    first, *_others = payments(registry, 5)
    # A provider that cannot tell the key is matched by its reference.
    books.removed.add(str(first.key))
    books.added.append(capture_of(first, key=""))
    found = run(now=tomorrow(days=0))
    assert outcomes(found)["payments"] == Outcome.MATCHED
    assert found.steps.get(stage="payments").compared == 5


def test_each_way_in_which_they_can_differ(registry: LiveRegistry, books: Books) -> None:
    missing, twice, other, declined, _good = payments(registry, 5)
    books.removed |= {str(missing.key), str(other.key)}
    books.added.append(capture_of(other, minor=1))
    books.added.append(capture_of(twice, reference="again"))
    never_captured(declined)
    books.added.append(capture_of(declined))
    at = datetime.now(UTC)
    stray = Capture(reference="stray", idempotency_key="not-ours", amount=Money(minor=5, currency="USD"), at=at)
    books.added.append(stray)
    assert compared() == {
        f"payment:{missing.pk}": Kind.CAPTURE_MISSING,
        f"payment:{other.pk}": Kind.AMOUNT_DIFFERS,
        f"payment:{twice.pk}": Kind.DUPLICATE_CAPTURE,
        f"payment:{declined.pk}": Kind.CAPTURE_UNKNOWN,
        "capture:pay_sandbox:stray": Kind.CAPTURE_UNKNOWN,
    }


def test_what_is_young_may_be_on_its_way(registry: LiveRegistry, books: Books) -> None:
    (payment,) = payments(registry, 1)
    books.removed.add(str(payment.key))
    at = datetime.now(UTC)
    books.added.append(Capture(reference="x", idempotency_key="", amount=Money(minor=5, currency="USD"), at=at))
    assert compared(now=at + timedelta(minutes=1)) == {}
    assert len(compared(now=at + timedelta(hours=1))) == 2


def test_no_list_today_is_no_match(registry: LiveRegistry, books: Books) -> None:
    (payment,) = payments(registry, 1)
    books.removed.add(str(payment.key))
    run()
    assert Kind.CAPTURE_MISSING in open_kinds()
    books.removed.clear()
    books.broken = True
    found = run()
    assert outcomes(found)["payments"] == Outcome.NOT_TOLD
    assert Kind.CAPTURE_MISSING in open_kinds()
    books.broken = False
    run(now=tomorrow(days=20))
    assert Kind.CAPTURE_MISSING not in open_kinds()


def test_asked_one_by_one_where_there_is_no_list(registry: LiveRegistry, books: Books) -> None:
    books.lists = False
    gone, other, late, silent = payments(registry, 4)
    never_captured(late)
    now = datetime.now(UTC)

    def report(payment: Payment, state: PaymentReportState, minor: int | None = None) -> None:
        amount = None if minor is None else Money(minor=minor, currency="USD")
        books.reports[str(payment.key)] = PaymentReport(
            event_id="e", reference=payment.reference, state=state, amount=amount, at=now
        )

    report(gone, PaymentReportState.NOT_FOUND)
    report(other, PaymentReportState.CAPTURED, 1)
    report(silent, PaymentReportState.UNKNOWN)
    step = run().steps.get(stage="payments")
    assert (step.outcome, step.note) == (Outcome.NOT_TOLD, "no word about 1 of 4 payments")
    kinds = dict(OpenItem.objects.filter(stage="payments").values_list("subject", "kind"))
    assert kinds == {
        f"payment:{gone.pk}": Kind.CAPTURE_MISSING,
        f"payment:{other.pk}": Kind.AMOUNT_DIFFERS,
        f"payment:{late.pk}": Kind.CAPTURE_UNKNOWN,
    }
    books.reports.clear()
    assert outcomes(run())["payments"] == Outcome.DIFFERS
    assert list(OpenItem.objects.filter(stage="payments", closed_at=None).values_list("subject", flat=True)) == [
        f"payment:{late.pk}"
    ]


def test_an_item_about_a_payment_is_its_orders(registry: LiveRegistry, books: Books) -> None:
    (payment,) = payments(registry, 1)
    books.removed.add(str(payment.key))
    run(now=tomorrow(days=0))
    order = Order.objects.get(pk=payment.order_id)
    (attention,) = order.attention_items.filter(closed_at=None)
    assert attention.kind == "unmatched"
    item = OpenItem.objects.get()
    assert item.order_id == order.pk
    assert "buyer@example.org" not in str(item.facts)
