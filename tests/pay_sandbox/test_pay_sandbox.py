"""Test payments: four ways to end, the same answer to the same question, and never any money."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from creditstore_pay_sandbox.plugin import PaySandboxProvider, PaySandboxSettings, payment_providers
from creditstore_plugins import (
    Declined,
    Money,
    Paid,
    PaymentLookup,
    PaymentReportState,
    PaymentRequest,
    Pending,
    PluginContext,
    Refunded,
    RefundPending,
    RefundRefused,
    RefundRequest,
    RefundUnknown,
    Severity,
    Unknown,
)

BEGAN = datetime(2026, 11, 23, 12, tzinfo=UTC)
AMOUNT = Money(minor=1250, currency="USD")
VARIANTS = ("", "declined", "pending", "unknown")


class NoHttp:
    def request(self, method, url, *, headers=None, body=None):
        raise AssertionError("the sandbox talks to nobody")


class Clock:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.seconds)


def provider(seconds: float = 0, **settings: object) -> PaySandboxProvider:
    return PaySandboxProvider(
        PluginContext(settings=PaySandboxSettings(**settings), http=NoHttp(), clock=Clock(seconds))
    )


def request(variant: str, key: str = "attempt-1") -> PaymentRequest:
    return PaymentRequest(
        idempotency_key=key,
        order_number="1000001",
        variant=variant,
        amount=AMOUNT,
        description="12 units",
        payee="A seller",
        language="en",
        return_url="https://store.example/order/",
        started_at=BEGAN,
    )


def lookup(variant: str, key: str = "attempt-1", reference: str = "") -> PaymentLookup:
    return PaymentLookup(idempotency_key=key, reference=reference, variant=variant, amount=AMOUNT, started_at=BEGAN)


def test_the_main_method_pays_at_once():
    outcome = provider().start(request(""))
    assert outcome == Paid(reference=outcome.reference, captured=AMOUNT, at=BEGAN)
    report = provider().fetch(lookup("", reference=outcome.reference))
    assert (report.state, report.amount, report.reference) == (PaymentReportState.CAPTURED, AMOUNT, outcome.reference)


def test_a_declined_payment_stays_declined():
    assert isinstance(provider().start(request("declined")), Declined)
    for seconds in (0, 3600):
        report = provider(seconds).fetch(lookup("declined"))
        assert (report.state, report.amount) == (PaymentReportState.DECLINED, None)


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "pending"), (14.999, "pending"), (15, "captured"), (9999, "captured")]
)
def test_a_pending_payment_is_captured_after_its_time(seconds, state):
    assert isinstance(provider().start(request("pending")), Pending)
    report = provider(seconds).fetch(lookup("pending"))
    assert report.state == state
    assert report.amount == (AMOUNT if state == "captured" else None)
    assert report.at == (BEGAN + timedelta(seconds=15) if state == "captured" else BEGAN)


@pytest.mark.parametrize(("seconds", "state"), [(0, "unknown"), (4.999, "unknown"), (5, "captured")])
def test_an_unknown_payment_turns_out_to_have_been_captured_when_it_began(seconds, state):
    assert isinstance(provider().start(request("unknown")), Unknown)
    report = provider(seconds).fetch(lookup("unknown"))
    assert (report.state, report.at) == (state, BEGAN)


def test_the_waiting_times_are_settings():
    assert provider(1, pending_seconds=1).fetch(lookup("pending")).state is PaymentReportState.CAPTURED
    assert provider(59, unknown_seconds=60).fetch(lookup("unknown")).state is PaymentReportState.UNKNOWN


@pytest.mark.parametrize("values", [{"pending_seconds": -1}, {"unknown_seconds": "soon"}, {"other": 1}])
def test_settings_that_cannot_be_are_refused(values):
    with pytest.raises(ValidationError):
        PaySandboxSettings(**values)


@given(st.sampled_from(VARIANTS), st.text(), st.integers(0, 100), st.integers(0, 100))
def test_the_same_key_is_the_same_payment_whenever_it_is_asked(variant, key, sooner, later):
    first, again = provider(sooner).start(request(variant, key)), provider(later).start(request(variant, key))
    assert first == again
    before, after = (provider(at).fetch(lookup(variant, key)) for at in (sooner, later))
    assert before.reference == after.reference == first.reference
    assert (before == after) == (before.event_id == after.event_id) == (before.state == after.state)


@given(st.text(), st.text())
def test_two_keys_are_two_payments(one, other):
    same = provider().fetch(lookup("", one)).event_id == provider().fetch(lookup("", other)).event_id
    assert same == (one == other)


def test_a_captured_payment_never_goes_back():
    states = [provider(seconds).fetch(lookup("pending")).state for seconds in range(30)]
    assert states == sorted(states, key=[PaymentReportState.PENDING, PaymentReportState.CAPTURED].index)


def test_a_reference_of_another_payment_is_not_found():
    report = provider().fetch(lookup("", reference="sandbox-of-somebody-else"))
    assert (report.state, report.amount) == (PaymentReportState.NOT_FOUND, None)


def test_a_method_that_does_not_exist_takes_no_money():
    assert isinstance(provider().start(request("barter")), Declined)
    assert provider().fetch(lookup("barter")).state is PaymentReportState.NOT_FOUND


def test_every_method_says_that_it_is_a_test_and_moves_no_money():
    (offered,) = payment_providers()
    assert offered is PaySandboxProvider
    assert offered.info.test_mode is True
    assert tuple(method.variant for method in offered.info.methods) == VARIANTS
    for method in offered.info.methods:
        assert "test" in method.title.lower()
        assert "No money moves" in method.description


def refund(variant: str = "", key: str = "refund-1") -> RefundRequest:
    return RefundRequest(
        idempotency_key=key,
        payment_key="attempt-1",
        reference="sandbox-1",
        variant=variant,
        amount=AMOUNT,
        reason="the whole order",
        requested_at=BEGAN,
    )


@pytest.mark.parametrize(
    ("variant", "seconds", "kind"),
    [
        ("", 0, Refunded),
        ("pending", 14.999, RefundPending),
        ("pending", 15, Refunded),
        ("unknown", 4.999, RefundUnknown),
        ("unknown", 5, Refunded),
        ("declined", 0, RefundRefused),
        ("barter", 0, RefundRefused),
    ],
)
def test_a_refund_goes_as_its_payment_went(variant, seconds, kind):
    assert type(provider(seconds).refund(refund(variant))) is kind


def test_the_same_refund_again_is_the_same_refund():
    first, again = provider(0).refund(refund()), provider(99).refund(refund())
    assert first == again
    assert provider(0).refund(refund(key="refund-2")) != first


def test_there_is_nothing_to_find_wrong():
    assert list(provider().check()) == []


def test_a_secret_that_is_missing_is_found_by_the_health_check():
    healthy = provider()
    assert list(healthy.check()) == []
    missing = provider(webhook_secret="env:NOT_SET_ANYWHERE")
    assert [finding.severity for finding in missing.check()] == [Severity.WARNING]
