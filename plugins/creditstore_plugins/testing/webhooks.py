"""What payment providers that take webhooks must hold besides: replayed, duplicated, reordered, truncated, forged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from creditstore_plugins import (
    Forged,
    Malformed,
    NothingToReport,
    PaymentReportState,
    Verification,
    VerificationUnknown,
    Verified,
    Webhook,
    WebhookContent,
    WebhookReport,
)
from creditstore_plugins.testing.line import Fault
from creditstore_plugins.testing.payments import PaymentsBase, PaymentStage
from creditstore_plugins.testing.surroundings import assert_is, secrets_in

#: Bodies that no provider ever sends.
GARBAGE = {
    "nothing": b"",
    "no text": bytes(range(128, 256)),
    "no JSON": b"<xml/>",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1e999",
    "deep": b"[" * 100_000,
    "twice": b"{}{}",
    "every field wrong": b'{"event": {"a": 1}, "key": [], "state": 7, "amount": "lots", "currency": null, "at": 0}',
}


class WebhookTests(PaymentsBase):
    """Tests of a provider with ``PaymentCapability.WEBHOOK``."""

    def delivered(self, stage: PaymentStage, key: str = "key-1") -> Webhook:
        """A genuine webhook about a payment that was captured."""
        request = self.request(key)
        self.paid(stage, request)
        return stage.service.webhook(request, PaymentReportState.CAPTURED)

    def test_a_genuine_webhook_is_read_and_verified(self) -> None:
        """It names the payment and all that was captured, and is verified."""
        stage = self.build()
        webhook = self.delivered(stage)
        content = stage.part.parse_webhook(webhook)
        assert_is(content, WebhookContent, "parse_webhook()")
        assert isinstance(content, WebhookReport)
        assert content.idempotency_key == "key-1" or content.report.reference
        assert (content.report.state, content.report.amount) == (PaymentReportState.CAPTURED, self.request().amount)
        verdict = stage.part.verify_webhook(webhook)
        assert_is(verdict, Verification, "verify_webhook()")
        assert isinstance(verdict, Verified)

    def test_a_replayed_webhook_says_the_same(self) -> None:
        """The same bytes an hour later, and read by another instance: the same event, so it is applied once."""
        stage = self.build()
        webhook = self.delivered(stage)
        first = stage.part.parse_webhook(webhook)
        stage.clock.move(3600)
        assert stage.part.parse_webhook(webhook) == first
        assert self.build().part.parse_webhook(webhook) == first

    def test_order_does_not_matter(self) -> None:
        """Read in the other order, two webhooks say what they said before: reading keeps nothing."""
        stage = self.build()
        first, second = self.delivered(stage, "key-1"), self.delivered(stage, "key-2")
        forth = [stage.part.parse_webhook(webhook) for webhook in (first, second)]
        fresh = self.build().part
        back = [fresh.parse_webhook(webhook) for webhook in (second, first)]
        assert forth == back[::-1]
        assert forth[0] != forth[1]

    def test_reading_asks_nobody(self) -> None:
        """``parse_webhook`` is a pure function: strangers can call it as often as they like."""
        stage = self.build()
        webhook = self.delivered(stage)
        asked = len(stage.line.requests)
        stage.part.parse_webhook(webhook)
        assert len(stage.line.requests) == asked

    def test_a_changed_body_is_not_verified(self) -> None:
        """One byte is another, anywhere: never verified, also not under a signature that was right before."""
        stage = self.build()
        webhook = self.delivered(stage)
        stage.part.verify_webhook(webhook)
        for at in range(0, len(webhook.body), max(1, len(webhook.body) // 40)):
            changed = webhook.body[:at] + bytes([webhook.body[at] ^ 1]) + webhook.body[at + 1 :]
            forged = replace(webhook, body=changed)
            assert not isinstance(stage.part.verify_webhook(forged), Verified), f"byte {at} was changed"

    def test_a_truncated_webhook_is_never_believed(self) -> None:
        """Cut off anywhere: no exception, and either unreadable or not verified."""
        stage = self.build()
        webhook = self.delivered(stage)
        for length in range(0, len(webhook.body), max(1, len(webhook.body) // 40)):
            cut = replace(webhook, body=webhook.body[:length])
            assert_is(stage.part.parse_webhook(cut), WebhookContent, "parse_webhook()")
            assert not isinstance(stage.part.verify_webhook(cut), Verified)

    def test_a_webhook_without_its_headers_is_not_verified(self) -> None:
        """No signature is no proof."""
        stage = self.build()
        webhook = replace(self.delivered(stage), headers={"content-type": "application/json"})
        verdict = stage.part.verify_webhook(webhook)
        assert isinstance(verdict, Forged | VerificationUnknown)

    def test_a_webhook_signed_with_another_secret_is_not_verified(self) -> None:
        """What was signed for somebody else is not for this store."""
        stage = self.build()
        webhook = self.delivered(stage)
        stage.part.verify_webhook(webhook)
        with pytest.MonkeyPatch.context() as patch:
            for name in self.secrets:
                patch.setenv(name, "an-entirely-different-secret")
            assert not isinstance(self.build().part.verify_webhook(webhook), Verified)

    @pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
    def test_garbage_is_malformed(self, body: bytes) -> None:
        """Bodies that this provider never sends: no exception, and nothing to apply."""
        stage = self.build()
        webhook = replace(self.delivered(stage), body=body)
        content = stage.part.parse_webhook(webhook)
        assert isinstance(content, Malformed | NothingToReport), f"it gave {content!r}"

    def test_verifying_is_unknown_while_it_cannot_be_told(self) -> None:
        """A provider that asks its service says so when nobody answers: neither verified nor forged."""
        stage = self.build()
        webhook = self.delivered(stage)
        asked = len(stage.line.requests)
        stage.part.verify_webhook(webhook)
        if len(stage.line.requests) == asked:
            return
        for fault in Fault:
            stage.line.break_all(fault)
            assert isinstance(stage.part.verify_webhook(webhook), VerificationUnknown), fault.value

    def test_a_missing_secret_verifies_nothing(self) -> None:
        """Without what it is checked with, nothing is verified, and nothing raises."""
        stage = self.build()
        webhook = self.delivered(stage)
        for name in self.secrets:
            with pytest.MonkeyPatch.context() as patch:
                patch.delenv(name)
                verdict = self.build().part.verify_webhook(webhook)
                assert_is(verdict, Verification, "verify_webhook()")
        with pytest.MonkeyPatch.context() as patch:
            for name in self.secrets:
                patch.delenv(name)
            assert not isinstance(self.build().part.verify_webhook(webhook), Verified)

    def test_a_webhook_tells_no_secret(self) -> None:
        """Not in the reasons of malformed or forged ones either."""
        stage = self.build()
        webhook = self.delivered(stage)
        with self.listening(stage):
            for body in (webhook.body, webhook.body[:-1], *GARBAGE.values()):
                changed = replace(webhook, body=body)
                self.hear(stage, stage.part.parse_webhook, changed)
                self.hear(stage, stage.part.verify_webhook, changed)
        assert secrets_in(stage.heard, self.secrets) == []
