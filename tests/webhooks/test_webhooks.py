"""The door for providers' webhooks: kept at once, believed only when verified, applied once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pgtrigger
import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditstore.core.states import IllegalTransition
from creditstore.orders.models import Order
from creditstore.payments.models import Payment, PaymentEvent
from creditstore.webhooks import services
from creditstore.webhooks.models import InboundWebhook
from creditstore_host.discovery import found
from creditstore_host.host import PluginHost
from creditstore_host.installation import installed
from creditstore_pay_sandbox.webhooks import signature_of
from support.jobs import pending_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order

pytestmark = pytest.mark.django_db

SECRET = "only for this test"
ADDRESS = "/webhooks/pay_sandbox/"


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[PluginHost]:
    """The store's host, with a sandbox that has a secret for webhooks."""
    cache.clear()
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    built = PluginHost.build(
        plugins=[plugin for plugin in found() if plugin.bundled],
        settings={
            "pay_sandbox": {"webhook_secret": "env:TEST_WEBHOOK_SECRET"},
            "registry_cdm": {"base_url": "http://127.0.0.1:9", "simulated": True},
        },
        strict=True,
    )
    with installed(built):
        yield built


@pytest.fixture
def payment() -> Payment:
    """A payment that the buyer began and that is pending."""
    placed = make_order((make_offer(quantity=10, price_minor=250), 4))
    return pay(placed.order, "pay_sandbox:pending").payment


def notification(payment: Payment, **changes: object) -> bytes:
    told: dict[str, object] = {
        "event": "event-1",
        "key": str(payment.key),
        "state": "captured",
        "amount": "10.00",
        "currency": "USD",
        "at": timezone.now().isoformat(),
    }
    return json.dumps(told | changes).encode()


def send(body: bytes, *, signature: str | None = None, address: str = ADDRESS) -> int:
    signature = signature_of(body, secret=SECRET) if signature is None else signature
    answer = Client().post(
        address, body, content_type="application/json", headers={"X-Sandbox-Signature": signature, "Cookie": "a=b"}
    )
    return answer.status_code


def look() -> list[str]:
    return [
        services.process(delivery_id=key) for key in InboundWebhook.objects.order_by("pk").values_list("pk", flat=True)
    ]


def test_a_capture_is_kept_then_applied(payment: Payment) -> None:
    assert send(notification(payment)) == 200
    payment.refresh_from_db()
    assert payment.state == "pending"  # nothing is believed because it came
    assert [name for name in pending_jobs() if "webhooks" in name] == ["creditstore.webhooks.process"]
    assert look() == ["applied"]
    payment.refresh_from_db()
    assert payment.state == "captured"
    assert Order.objects.get(pk=payment.order_id).state == "paid"


def test_what_identifies_somebody_is_not_kept(payment: Payment) -> None:
    send(notification(payment))
    kept = InboundWebhook.objects.get()
    assert "x-sandbox-signature" in kept.headers
    assert not {"cookie", "authorization"} & set(kept.headers)


def test_the_same_bytes_are_kept_once_and_another_delivery_of_one_event_changes_nothing(payment: Payment) -> None:
    body = notification(payment)
    assert [send(body), send(body)] == [200, 200]
    assert InboundWebhook.objects.get().deliveries == 2
    send(notification(payment, reference="another text around the same event"))
    assert look() == ["applied", "applied"]
    assert PaymentEvent.objects.filter(payment=payment).count() == 1


def test_a_wrong_signature_is_kept_and_never_applied(payment: Payment) -> None:
    assert send(notification(payment), signature="0" * 64) == 200
    assert look() == ["forged"]
    payment.refresh_from_db()
    assert payment.state == "pending"
    # The genuine one is not shut out by the forgery before it.
    send(notification(payment))
    assert look() == ["forged", "applied"]


def test_another_amount_goes_to_staff(payment: Payment) -> None:
    send(notification(payment, amount="9.99"))
    assert look() == ["applied"]
    assert Order.objects.get(pk=payment.order_id).state == "needs_attention"


def test_before_the_order_is_committed_it_waits_and_is_applied_later(payment: Payment) -> None:
    unknown = notification(payment, key="6f1f9f1e-0000-4000-8000-000000000000")
    send(unknown)
    delivery = InboundWebhook.objects.get()
    assert services.process(delivery_id=delivery.pk) == "received"
    # The store's own transaction ends meanwhile, and the payment is there.
    with pgtrigger.ignore("creditstore_payments.Payment:attempt_is_fixed"):
        Payment.objects.filter(pk=payment.pk).update(key="6f1f9f1e-0000-4000-8000-000000000000")
    assert services.process(delivery_id=delivery.pk, attempt=1) == "applied"


def test_a_payment_that_nobody_knows_waits_for_staff_at_last(payment: Payment) -> None:
    send(notification(payment, key="not one of ours"))
    delivery = InboundWebhook.objects.get()
    assert services.process(delivery_id=delivery.pk, attempt=len(services.RETRY_SECONDS)) == "unmatched"
    delivery.refresh_from_db()
    assert services.try_again(delivery=delivery, actor="staff:1") is True
    assert services.process(delivery_id=delivery.pk) == "received"


def test_without_a_secret_nothing_is_believed(payment: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_WEBHOOK_SECRET")
    send(notification(payment))
    delivery = InboundWebhook.objects.get()
    assert services.process(delivery_id=delivery.pk) == "received"
    assert services.process(delivery_id=delivery.pk, attempt=len(services.RETRY_SECONDS)) == "unverified"


def test_a_capture_for_a_final_order_goes_to_staff(payment: Payment) -> None:
    send(notification(payment))
    look()
    send(notification(payment, event="event-2"))
    assert look() == ["applied", "applied"]
    payment.refresh_from_db()
    assert (payment.state, payment.captured_minor) == ("captured", 1000)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b"\xff\x00", "malformed"),
        (b'{"event": "e", "at": "2026-05-01T10:00:00Z", "surprise": 1}', "malformed"),
        (b'{"event": "e", "at": "2026-05-01T10:00:00Z", "state": "captured"}', "malformed"),
        (b'{"event": "e", "at": "2026-05-01T10:00:00Z"}', "ignored"),
    ],
)
def test_what_says_nothing_of_a_payment(body: bytes, state: str) -> None:
    assert send(body) == 200
    assert look() == [state]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_any_bytes_are_safe(body: bytes) -> None:
    cache.clear()
    assert send(body) == 200
    assert set(look()) <= {"malformed", "ignored"}


def test_addresses_and_methods_that_it_has_not() -> None:
    assert send(b"{}", address="/webhooks/registry_nobody/") == 404
    assert send(b"{}", address="/webhooks/certificate_pdf/") == 404
    answer = Client().get(ADDRESS)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_refused(settings: pytest.FixtureRequest) -> None:
    settings.CREDITSTORE_MAX_WEBHOOK_BYTES = 10  # type: ignore[attr-defined]
    assert send(b"x" * 11) == 413
    assert not InboundWebhook.objects.exists()


def test_a_flood_is_slowed(settings: pytest.FixtureRequest) -> None:
    settings.CREDITSTORE_RATE_LIMITS = {"orders": (2, 60), "reads": (6000, 60)}  # type: ignore[attr-defined]
    assert [send(f"{n}".encode()) for n in range(3)] == [200, 200, 429]


def test_what_came_cannot_be_changed(payment: Payment) -> None:
    send(notification(payment))
    with pytest.raises(DatabaseError), transaction.atomic():
        InboundWebhook.objects.update(body=b"another")


def test_a_forged_delivery_cannot_be_tried_again(payment: Payment) -> None:
    send(notification(payment), signature="")
    look()
    with pytest.raises(IllegalTransition):
        services.try_again(delivery=InboundWebhook.objects.get(), actor="staff:1")


def test_old_deliveries_are_forgotten_when_they_are_done_with(payment: Payment) -> None:
    send(notification(payment))
    send(notification(payment, key="nobody", event="event-3"))
    look()
    later = timezone.now() + timedelta(days=91)
    assert services.forget(now=later) == 1
    assert [kept.state for kept in InboundWebhook.objects.all()] == ["received"]
