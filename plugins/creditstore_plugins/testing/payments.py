"""What every payment provider must hold.

A payment that nobody can tell about is *unknown*. It is never called declined, and never tried again by itself: that is
what most of these tests are about.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from creditstore_plugins import (
    Declined,
    Money,
    Paid,
    PaymentLookup,
    PaymentOutcome,
    PaymentProvider,
    PaymentReport,
    PaymentReportState,
    PaymentRequest,
    Severity,
    Unknown,
)
from creditstore_plugins.testing.line import UNCLEAR, Fault
from creditstore_plugins.testing.services import PaymentService
from creditstore_plugins.testing.surroundings import Contract, Stage, assert_is, at_once

PaymentStage = Stage[PaymentProvider, PaymentService]
_UNSETTLED = (PaymentReportState.UNKNOWN, PaymentReportState.PENDING, PaymentReportState.NOT_FOUND)


class PaymentsBase(Contract[PaymentProvider, PaymentService]):
    """What the tests of payments share."""

    _hook: ClassVar[str] = "payment_providers"
    #: The currency that is paid in where it does not matter; one that the provider takes.
    currency: ClassVar[str] = "USD"

    def request(self, key: str = "key-1", **changes: object) -> PaymentRequest:
        """An attempt to pay, by the provider's first method."""
        known = PaymentRequest(
            idempotency_key=key,
            order_number="2026-000042",
            variant=self.part_class().info.methods[0].variant,
            amount=Money(minor=1250, currency=self.currency),
            description="Order 2026-000042",
            payee="A seller",
            language="en",
            return_url="https://store.example/return",
            started_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        )
        return replace(known, **changes)  # type: ignore[arg-type]

    def lookup(self, request: PaymentRequest, reference: str = "") -> PaymentLookup:
        """The question where that attempt stands."""
        return PaymentLookup(
            idempotency_key=request.idempotency_key,
            reference=reference,
            variant=request.variant,
            amount=request.amount,
            started_at=request.started_at,
        )

    def paid(self, stage: PaymentStage, request: PaymentRequest) -> PaymentReport:
        """Pay to the end: begin, let the buyer do the rest, and ask."""
        outcome = stage.part.start(request)
        self.settle(stage, request)
        return stage.part.fetch(self.lookup(request, getattr(outcome, "reference", "")))

    def settle(self, stage: PaymentStage, request: PaymentRequest) -> None:
        """The buyer does what is left to do, at the service that is played."""
        if hasattr(stage.service, "settle"):
            stage.service.settle(request)

    def charges(self, stage: PaymentStage) -> int:
        """How often money was taken, under whatever key; from the service, where one is played."""
        return len(getattr(stage.service, "charges", ()))

    def exchanges(self, request: PaymentRequest) -> int:
        """How many exchanges it takes to begin a payment when all goes well."""
        stage = self.build()
        before = len(stage.line.requests)
        stage.part.start(request)
        return len(stage.line.requests) - before


class PaymentTests(PaymentsBase):
    """Tests of every payment provider."""

    def test_building_it_asks_nobody(self) -> None:
        """The constructor keeps the context and does nothing else: the store builds it at every start."""
        assert self.build().line.requests == []

    def test_every_method_can_begin_a_payment(self) -> None:
        """Each method that buyers see answers with an outcome of the API, and means what it says."""
        for method in self.part_class().info.methods:
            stage = self.build()
            outcome = stage.part.start(self.request(variant=method.variant))
            assert_is(outcome, PaymentOutcome, f"start() of the variant {method.variant!r}")

    def test_a_payment_is_captured_in_full(self) -> None:
        """When the buyer has done everything, ``fetch`` reports it captured, with the amount that was asked."""
        stage, request = self.build(), self.request()
        report = self.paid(stage, request)
        assert_is(report, PaymentReport, "fetch()")
        assert (report.state, report.amount) == (PaymentReportState.CAPTURED, request.amount)

    @pytest.mark.parametrize(
        ("currency", "minor"), [("JPY", 1250), ("USD", 1205), ("KWD", 12_055)], ids=["JPY", "USD", "KWD"]
    )
    def test_minor_units_arrive_as_they_were_sent(self, currency: str, minor: int) -> None:
        """1,250 yen, 12.05 dollars and 12.055 dinars: no rounding, no wrong decimal point.

        A provider that takes certain currencies only declines the others and takes nothing.
        """
        stage, amount = self.build(), Money(minor=minor, currency=currency)
        request = self.request(amount=amount)
        taken = self.part_class().info.currencies
        if taken and currency not in taken:
            assert isinstance(stage.part.start(request), Declined)
            assert self.charges(stage) == 0
            return
        report = self.paid(stage, request)
        assert report.amount == amount
        for charge in getattr(stage.service, "charges", ()):
            assert charge.amount == amount

    def test_what_is_paid_says_how_much(self) -> None:
        """``Paid`` names the amount that was really captured."""
        outcome = self.build().part.start(self.request())
        if isinstance(outcome, Paid):
            assert outcome.captured == self.request().amount

    def test_the_same_key_pays_once(self) -> None:
        """Beginning again under the same key takes no second charge and names the same payment."""
        stage, request = self.build(), self.request()
        outcomes = [stage.part.start(request) for _time in range(3)]
        assert self.charges(stage) <= 1
        assert len({getattr(outcome, "reference", "") for outcome in outcomes}) == 1

    def test_two_keys_are_two_payments(self) -> None:
        """Different attempts have different references, and each is asked about by itself."""
        stage = self.build()
        first, second = self.paid(stage, self.request("key-1")), self.paid(stage, self.request("key-2"))
        assert first.reference != second.reference
        assert first.event_id != second.event_id

    def test_the_same_key_at_once_pays_once(self) -> None:
        """Eight threads begin the same attempt at the same moment: one charge."""
        stage, request = self.build(), self.request()
        outcomes = at_once(lambda _number: stage.part.start(request))
        assert self.charges(stage) <= 1
        assert len({getattr(outcome, "reference", "") for outcome in outcomes} - {""}) <= 1

    def test_different_keys_at_once_do_not_mix(self) -> None:
        """Eight buyers at the same moment: each pays their own amount."""
        stage = self.build()
        requests = [
            self.request(f"key-{number}", amount=Money(minor=1000 + number, currency=self.currency))
            for number in range(8)
        ]
        outcomes = at_once(lambda number: stage.part.start(requests[number]))
        for request, outcome in zip(requests, outcomes, strict=True):
            self.settle(stage, request)
            report = stage.part.fetch(self.lookup(request, getattr(outcome, "reference", "")))
            assert report.amount == request.amount

    @pytest.mark.parametrize("fault", UNCLEAR, ids=lambda fault: fault.value)
    def test_an_answer_that_is_lost_or_broken_is_unknown(self, fault: Fault) -> None:
        """Whichever exchange it happens to: never declined, never an exception. The money may have moved."""
        request = self.request()
        for number in range(self.exchanges(request)):
            stage = self.build()
            stage.line.break_next(fault, after=number)
            outcome = stage.part.start(request)
            assert isinstance(outcome, Unknown), f"{fault.value} of exchange {number + 1} gave {outcome!r}"

    def test_a_service_that_cannot_be_reached_has_taken_nothing(self) -> None:
        """No connection, no money: declined or unknown, and nothing that says more."""
        request = self.request()
        for number in range(self.exchanges(request)):
            stage = self.build()
            stage.line.break_next(Fault.UNREACHABLE, after=number)
            outcome = stage.part.start(request)
            assert isinstance(outcome, Unknown | Declined), f"no connection gave {outcome!r}"

    def test_beginning_again_after_a_lost_answer_pays_once(self) -> None:
        """The answer was lost, the same attempt is begun again: the money moves once."""
        request = self.request()
        for number in range(self.exchanges(request)):
            stage = self.build()
            stage.line.break_next(Fault.LOST, after=number)
            stage.part.start(request)
            stage.part.start(request)
            assert self.charges(stage) <= 1

    def test_what_really_happened_is_found_after_a_lost_answer(self) -> None:
        """``fetch`` needs no reference: ``start`` never returned one."""
        request = self.request()
        if not self.exchanges(request):
            return
        stage = self.build()
        stage.line.break_next(Fault.LOST, after=self.exchanges(request) - 1)
        stage.part.start(request)
        self.settle(stage, request)
        report = stage.part.fetch(self.lookup(request))
        assert (report.state, report.amount) == (PaymentReportState.CAPTURED, request.amount)

    def test_asking_moves_no_money(self) -> None:
        """``fetch`` of an attempt that was never begun, and of one that was, changes nothing."""
        stage, request = self.build(), self.request()
        stage.part.fetch(self.lookup(self.request("never-begun")))
        assert self.charges(stage) == 0
        report = self.paid(stage, request)
        before = self.charges(stage)
        stage.part.fetch(self.lookup(request, report.reference))
        assert self.charges(stage) == before

    def test_an_attempt_that_was_never_begun_is_not_captured(self) -> None:
        """Its state is ``NOT_FOUND``, or whatever says that no money was seen. Only for providers that ask somebody."""
        stage = self.build()
        report = stage.part.fetch(self.lookup(self.request("never-begun")))
        if stage.line.requests:
            assert report.state in _UNSETTLED, f"it reported {report.state}"

    @pytest.mark.parametrize("fault", [*UNCLEAR, Fault.UNREACHABLE], ids=lambda fault: fault.value)
    def test_an_unclear_answer_to_a_question_is_unknown(self, fault: Fault) -> None:
        """``fetch`` reports ``UNKNOWN``: neither "not found", which would let the buyer pay again, nor an exception."""
        stage, request = self.build(), self.request()
        lookup = self.lookup(request, self.paid(stage, request).reference)
        asked = len(stage.line.requests)
        stage.part.fetch(lookup)
        if len(stage.line.requests) == asked:
            return
        stage.line.break_all(fault)
        report = stage.part.fetch(lookup)
        assert report.state is PaymentReportState.UNKNOWN, f"{fault.value} gave {report.state}"

    def test_the_same_fact_has_the_same_event(self) -> None:
        """Asked twice, ``fetch`` names the same ``event_id``: the store applies each event once."""
        stage, request = self.build(), self.request()
        first = self.paid(stage, request)
        stage.clock.move(3600)
        assert stage.part.fetch(self.lookup(request, first.reference)).event_id == first.event_id

    def test_an_unknown_variant_is_declined(self) -> None:
        """A method that this provider does not have: declined, and nothing taken."""
        stage = self.build()
        outcome = stage.part.start(self.request(variant="no-such-method"))
        assert isinstance(outcome, Declined)
        assert self.charges(stage) == 0

    def test_times_are_aware(self) -> None:
        """Every time in an answer has a time zone, and is UTC."""
        stage, request = self.build(), self.request()
        outcome, report = stage.part.start(request), self.paid(stage, request)
        for at in (getattr(outcome, "at", report.at), report.at):
            assert at.utcoffset() == timedelta(0)

    def test_the_health_check_says_when_the_service_is_down(self) -> None:
        """``check`` of a provider that asks somebody tells of an error when nobody answers, and does not raise."""
        if not self.exchanges(self.request()):
            return
        stage = self.build()
        stage.line.break_all(Fault.UNREACHABLE)
        assert Severity.ERROR in {finding.severity for finding in stage.part.check()}

    def test_without_its_secrets_it_takes_no_money(self) -> None:
        """Declined or unknown, and nothing charged; not an exception either."""
        talks = self.exchanges(self.request())
        with pytest.MonkeyPatch.context() as patch:
            for name in self.secrets:
                patch.delenv(name)
            stage = self.build()
            outcome = stage.part.start(self.request())
        assert_is(outcome, PaymentOutcome, "start()")
        if talks and self.secrets:
            assert isinstance(outcome, Unknown | Declined)
            assert self.charges(stage) == 0

    def test_a_missing_secret_is_told_by_the_health_check(self) -> None:
        """``check`` names what is missing, for each secret."""
        for name in self.secret_fields():
            with pytest.MonkeyPatch.context() as patch:
                patch.delenv(str(self.settings[name]).removeprefix("env:"))
                assert list(self.build().part.check()), f"the secret {name} is missing and check() says nothing"

    def test_no_secret_is_told_to_anybody(self) -> None:
        """Not in an answer, an exception, a log line or a ``repr``, whatever goes wrong."""
        request = self.request()
        self.assert_secrets_are_kept(lambda part: part.start(request), lambda part: part.fetch(self.lookup(request)))
