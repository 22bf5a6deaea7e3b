"""Payments: what we say was captured, against what each provider says. Nobody is asked inside a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from creditstore.core.text import as_uuid
from creditstore.payments.models import LIVE, Payment
from creditstore.payments.services import ask_provider
from creditstore.reconciliation.found import Comparison, Found
from creditstore.reconciliation.history import watermark
from creditstore.reconciliation.items import watched
from creditstore.reconciliation.models import Kind, Stage
from creditstore.reconciliation.paging import Untold, pages
from creditstore_host.installation import get_host
from creditstore_host.records import UnknownPlugin
from creditstore_plugins import (
    Capture,
    CapturesPage,
    Money,
    PaymentCapability,
    PaymentReport,
    PaymentReportState,
)

#: A run looks so far behind the last one: clocks differ, and money is told of late.
OVERLAP = timedelta(days=3)
_CLOCKS = timedelta(days=1)
_PAGE = 500
_NO_MONEY = (PaymentReportState.DECLINED, PaymentReportState.EXPIRED, PaymentReportState.NOT_FOUND)


def providers() -> list[str]:
    """The payment plugins that are loaded or once took money here, by id."""
    loaded = {method.plugin_id for method in get_host().payment_methods()}
    return sorted(loaded | set(Payment.objects.order_by().values_list("provider", flat=True).distinct()))


def compare_payments(*, provider: str, now: datetime, grace: timedelta, full: bool) -> Comparison:
    """Hold our payments against one provider's word, both ways where it lists its captures.

    Parameters: ``grace``, what happened later than so long before ``now`` may still be on its way and is left for the
    next run; ``full``, from the beginning.
    """
    comparison = Comparison(stage=Stage.PAYMENTS, plugin=provider, asked_at=now)
    comparison.since = None if full else watermark(comparison, overlap=OVERLAP)
    try:
        offered = get_host().payment_capabilities(provider)
    except UnknownPlugin:
        return comparison.not_offered("the plugin is not loaded")
    if PaymentCapability.CAPTURES in offered:
        return _by_list(comparison, before=now - grace)
    return _one_by_one(comparison, before=now - grace)


def _ours(comparison: Comparison, *, before: datetime) -> Iterator[Payment]:
    """Our decided payments in the comparison's reach, a page at a time: no cursor stays open while others are asked."""
    known = watched(stage=Stage.PAYMENTS, plugin=comparison.plugin, account="").values_list("subject", flat=True)
    keys = [int(subject.split(":")[1]) for subject in known if subject.startswith("payment:")]
    rows = Payment.objects.filter(provider=comparison.plugin).exclude(state__in=LIVE)
    reach = Q(captured_at__lt=before) | Q(captured_at=None, started_at__lt=before)
    if comparison.since is not None:
        reach &= Q(captured_at__gte=comparison.since) | Q(captured_at=None, started_at__gte=comparison.since)
    rows = rows.filter(reach | Q(pk__in=keys)).order_by("pk")
    last = 0
    while page := list(rows.filter(pk__gt=last)[:_PAGE]):
        yield from page
        last = page[-1].pk


# --- providers that list their captures ----------------------------------------------------------------------------


@dataclass
class _Listed:
    """What a provider listed, by our payment. ``others`` are captures that no payment of ours answers to."""

    by_payment: dict[int, list[Capture]] = field(default_factory=dict)
    others: list[Capture] = field(default_factory=list)


def _by_list(comparison: Comparison, *, before: datetime) -> Comparison:
    # Asked for from a little earlier than ours are compared: the provider's clock may be behind.
    since = (comparison.since or datetime.fromtimestamp(0, tz=UTC) + _CLOCKS) - _CLOCKS
    listed = _Listed()
    try:
        for page in pages(lambda at: get_host().payment_captures(comparison.plugin, since, at), what="captures"):
            _sort_in(comparison.plugin, page, listed)
    except Untold as untold:
        return comparison.not_told(str(untold))
    _held_against_ours(comparison, listed, before=before)
    return comparison


def _sort_in(provider: str, page: CapturesPage, listed: _Listed) -> None:
    keys = [key for capture in page.captures if (key := as_uuid(capture.idempotency_key))]
    references = [capture.reference for capture in page.captures]
    rows = Payment.objects.filter(Q(key__in=keys) | Q(reference__in=references), provider=provider)
    by_key = {str(row.key): row.pk for row in rows}
    by_reference = {row.reference: row.pk for row in rows if row.reference}
    for capture in page.captures:
        payment_id = by_key.get(capture.idempotency_key) or by_reference.get(capture.reference)
        if payment_id is None:
            listed.others.append(capture)
        else:
            listed.by_payment.setdefault(payment_id, []).append(capture)


def _held_against_ours(comparison: Comparison, listed: _Listed, *, before: datetime) -> None:
    for payment in _ours(comparison, before=before):
        comparison.compared += 1
        captures = listed.by_payment.pop(payment.pk, [])
        if not captures and payment.captured_minor:
            comparison.add(_of_payment(Kind.CAPTURE_MISSING, payment, {"provider_says": "nothing"}))
        for capture in captures[:1]:
            _check_amount(comparison, payment, capture.amount)
        if len(captures) > 1:
            facts = {"references": sorted(capture.reference for capture in captures)}
            comparison.add(_of_payment(Kind.DUPLICATE_CAPTURE, payment, facts))
    # What is left belongs to payments that we do not think decided, or were decided a moment ago.
    left = Payment.objects.in_bulk(list(listed.by_payment))
    for payment_id, captures in listed.by_payment.items():
        payment = left[payment_id]
        if payment.captured_minor == 0 and captures[0].at < before:
            comparison.add(_of_payment(Kind.CAPTURE_UNKNOWN, payment, {"provider_says": str(captures[0].amount)}))
    for capture in listed.others:
        if capture.at < before:
            comparison.add(
                Found(
                    kind=Kind.CAPTURE_UNKNOWN,
                    subject=f"capture:{comparison.plugin}:{capture.reference}"[:250],
                    facts={"provider_says": f"{capture.amount} {capture.amount.currency}", "we_say": "nothing"},
                    happened_at=capture.at,
                )
            )


# --- providers that answer for one payment at a time ---------------------------------------------------------------


def _one_by_one(comparison: Comparison, *, before: datetime) -> Comparison:
    """The provider cannot list: each of our payments is asked for. What it took without us is not found this way."""
    untold = 0
    for payment in _ours(comparison, before=before):
        comparison.compared += 1
        untold += not _check_report(comparison, payment, ask_provider(payment=payment))
    comparison.figures["not_listed"] = True
    if untold:
        return comparison.not_told(f"no word about {untold} of {comparison.compared} payments")
    return comparison


def _check_report(comparison: Comparison, payment: Payment, report: PaymentReport) -> bool:
    """Whether the provider said anything that can be compared."""
    if report.state is PaymentReportState.CAPTURED and report.amount is not None:
        _check_amount(comparison, payment, report.amount)
        return True
    if report.state in _NO_MONEY:
        if payment.captured_minor:
            comparison.add(_of_payment(Kind.CAPTURE_MISSING, payment, {"provider_says": str(report.state)}))
        return True
    return False


# --- one payment ---------------------------------------------------------------------------------------------------


def _check_amount(comparison: Comparison, payment: Payment, told: Money) -> None:
    if told == Money(minor=payment.captured_minor, currency=payment.currency):
        return
    kind = Kind.AMOUNT_DIFFERS if payment.captured_minor else Kind.CAPTURE_UNKNOWN
    comparison.add(_of_payment(kind, payment, {"provider_says": f"{told} {told.currency}"}))


def _of_payment(kind: Kind, payment: Payment, facts: Mapping[str, object]) -> Found:
    ours = Money(minor=payment.captured_minor, currency=payment.currency)
    return Found(
        kind=kind,
        subject=f"payment:{payment.pk}",
        facts={"payment": str(payment.key), "state": payment.state, "we_say": f"{ours} {ours.currency}", **facts},
        order_id=payment.order_id,
        happened_at=payment.captured_at or payment.started_at,
    )
