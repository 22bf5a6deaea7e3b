"""What payment providers that send money back must hold besides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from creditstore_plugins import (
    Money,
    PaymentReportState,
    PaymentRequest,
    Refunded,
    RefundOutcome,
    RefundPending,
    RefundRefused,
    RefundRequest,
    RefundUnknown,
)
from creditstore_plugins.testing.line import UNCLEAR, Fault
from creditstore_plugins.testing.payments import PaymentsBase, PaymentStage
from creditstore_plugins.testing.surroundings import assert_is, at_once


class RefundTests(PaymentsBase):
    """Tests of a provider with ``PaymentCapability.REFUND``."""

    def refund_of(
        self, payment: PaymentRequest, reference: str, key: str = "refund-1", minor: int = 0
    ) -> RefundRequest:
        """A request to send a payment back, all of it or so much."""
        return RefundRequest(
            idempotency_key=key,
            payment_key=payment.idempotency_key,
            reference=reference,
            variant=payment.variant,
            amount=Money(minor=minor, currency=payment.amount.currency) if minor else payment.amount,
            reason="the whole order",
            requested_at=datetime(2026, 3, 2, tzinfo=UTC),
        )

    def sent_back(self, stage: PaymentStage) -> int:
        """How often money was sent back, under whatever key; from the service, where one is played."""
        return len(getattr(stage.service, "refunds", ()))

    def test_money_is_sent_back(self) -> None:
        """A captured payment can be refunded, in full and with the amount that was asked."""
        stage, request = self.build(), self.request()
        report = self.paid(stage, request)
        outcome = stage.part.refund(self.refund_of(request, report.reference))
        assert_is(outcome, RefundOutcome, "refund()")
        assert isinstance(outcome, Refunded | RefundPending)
        assert all(refund.amount == request.amount for refund in getattr(stage.service, "refunds", ()))

    def test_a_part_can_be_sent_back(self) -> None:
        """An amount below the payment's is sent back as it is, not rounded up to the whole."""
        stage, request = self.build(), self.request()
        report = self.paid(stage, request)
        outcome = stage.part.refund(self.refund_of(request, report.reference, minor=333))
        assert isinstance(outcome, Refunded | RefundPending)
        assert all(refund.amount.minor == 333 for refund in getattr(stage.service, "refunds", ()))

    def test_the_same_refund_is_sent_once(self) -> None:
        """The same key again, one after the other and at once: one refund."""
        stage, request = self.build(), self.request()
        refund = self.refund_of(request, self.paid(stage, request).reference)
        stage.part.refund(refund)
        at_once(lambda _number: stage.part.refund(refund))
        assert self.sent_back(stage) <= 1

    @pytest.mark.parametrize("fault", UNCLEAR, ids=lambda fault: fault.value)
    def test_a_refunds_unclear_answer_is_unknown(self, fault: Fault) -> None:
        """Never refused: the money may be on its way. Asked again under the same key, it is sent once."""
        stage, request = self.build(), self.request()
        refund = self.refund_of(request, self.paid(stage, request).reference)
        asked = len(stage.line.requests)
        stage.line.break_all(fault)
        outcome = stage.part.refund(refund)
        stage.line.break_all(None)
        if len(stage.line.requests) > asked:
            assert isinstance(outcome, RefundUnknown), f"{fault.value} gave {outcome!r}"
        assert isinstance(stage.part.refund(refund), Refunded | RefundPending)
        assert self.sent_back(stage) <= 1

    def test_a_payment_that_was_never_made_is_not_refunded(self) -> None:
        """Refused, or unknown; nothing is sent. Only for providers that ask somebody."""
        stage = self.build()
        outcome = stage.part.refund(self.refund_of(self.request("never-begun"), "no-such-payment"))
        if stage.line.requests:
            assert isinstance(outcome, RefundRefused | RefundUnknown)
        assert self.sent_back(stage) == 0

    def test_a_refund_does_not_undo_the_payment(self) -> None:
        """``fetch`` still says what was captured: the store counts refunds by itself."""
        stage, request = self.build(), self.request()
        report = self.paid(stage, request)
        stage.part.refund(self.refund_of(request, report.reference, minor=333))
        after = stage.part.fetch(self.lookup(request, report.reference))
        assert after.state is not PaymentReportState.DECLINED
        assert after.amount in (request.amount, None)
