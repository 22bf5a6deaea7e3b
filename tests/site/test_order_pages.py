"""The order's page: who may see it, what it says, paying again, withdrawing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from creditstore.orders.links import order_link
from creditstore.orders.models import Order
from creditstore.orders.services import expire_due
from creditstore_plugins import Declined, Pending
from support.jobs import run_jobs
from support.ledger import make_offer
from support.plugin_host import ScriptedProvider, ScriptedRegistry
from support.visitor import GOOD, Visitor, words

pytestmark = pytest.mark.django_db


def page(order: Order) -> str:
    return f"/en/store/orders/{order.number}/"


@pytest.fixture
def unpaid(visitor: Visitor, provider: ScriptedProvider) -> Order:
    provider.outcomes = [lambda _request: Declined(reason="The card was refused.")]
    return visitor.buy(make_offer(quantity=10, price_minor=250), 4)


def test_the_link_in_the_mail_opens_the_order_at_a_clean_address(visitor: Visitor, unpaid: Order) -> None:
    run_jobs()
    message = next(item for item in mail.outbox if unpaid.number in item.subject)
    link = re.search(r"http://\S+/store/orders/\S+", message.body)
    assert link is not None
    stranger = Visitor()
    answer = stranger.get(link[0].partition("8000")[2])
    assert answer["Location"] == page(unpaid)
    assert stranger.get(page(unpaid)).status_code == 200


def test_without_the_link_nothing_is_told(visitor: Visitor, unpaid: Order) -> None:
    stranger = Visitor()
    known, unknown = stranger.get(page(unpaid)), stranger.get("/en/store/orders/2026-999999/")
    assert (known.status_code, unknown.status_code) == (403, 403)
    assert words(known) == words(unknown)
    assert "Open this order from your e-mail" in words(known)
    for action in ("status", "pay", "withdraw", "confirm-email"):
        send = stranger.get if action == "status" else stranger.post
        assert send(f"{page(unpaid)}{action}/").status_code == 403


def test_the_buyer_can_have_the_address_confirmed_before_an_order_is_refused(visitor: Visitor, unpaid: Order) -> None:
    assert "Send me a link to confirm it" in words(visitor.get(page(unpaid)))
    run_jobs()
    mail.outbox.clear()
    answer = visitor.post(f"{page(unpaid)}confirm-email/", follow=True)
    assert f"We have sent a link to {GOOD['email']}" in words(answer)
    answer = visitor.post(f"{page(unpaid)}confirm-email/", follow=True)
    assert "A link was sent to" in words(answer)
    run_jobs()
    (message,) = mail.outbox
    assert message.to == [GOOD["email"]]
    link = re.search(r"http://[^/]+(/en/store/confirm-email/\S+)", message.body)
    assert link is not None
    assert "is confirmed" in words(visitor.post(link[1]))

    assert "Send me a link to confirm it" not in words(visitor.get(page(unpaid)))
    assert "is confirmed already" in words(visitor.post(f"{page(unpaid)}confirm-email/", follow=True))
    run_jobs()
    assert len(mail.outbox) == 1


def test_a_paid_order_asks_for_no_confirmation(visitor: Visitor, provider: ScriptedProvider) -> None:
    order = visitor.buy(make_offer(quantity=10, price_minor=250), 4)
    assert "Send me a link to confirm it" not in words(visitor.get(page(order)))


@pytest.mark.parametrize("token", ["wrong", "0" * 64, "\u00e4", "%00"])
def test_a_wrong_token_is_a_page_that_says_what_to_do(visitor: Visitor, unpaid: Order, token: str) -> None:
    answer = Visitor().get(f"{page(unpaid)}{token}/")
    assert answer.status_code == 404
    assert "Copy the whole link from your e-mail" in words(answer)


def test_the_page_is_never_kept_or_indexed(visitor: Visitor, unpaid: Order) -> None:
    answer = visitor.get(page(unpaid))
    assert "no-store" in answer["Cache-Control"]
    assert b'<meta name="robots" content="noindex">' in answer.content


def test_a_declined_payment_can_be_tried_again(visitor: Visitor, unpaid: Order, provider: ScriptedProvider) -> None:
    text = words(visitor.get(page(unpaid)))
    assert "The payment was declined and no money moved." in text
    assert "The card was refused." in text
    assert "Pay 10.00 USD" in text
    answer = visitor.post(f"{page(unpaid)}pay/", {"method": "pay_sandbox"})
    assert (answer.status_code, answer["Location"]) == (303, page(unpaid))
    unpaid.refresh_from_db()
    assert unpaid.state == "paid"


def test_pay_without_a_method_says_so(visitor: Visitor, unpaid: Order) -> None:
    answer = visitor.post(f"{page(unpaid)}pay/", {}, follow=True)
    assert "Choose how to pay." in words(answer)


def test_pay_on_a_paid_order_charges_nothing(visitor: Visitor, unpaid: Order, provider: ScriptedProvider) -> None:
    for _click in range(3):
        visitor.post(f"{page(unpaid)}pay/", {"method": "pay_sandbox"})
    assert len(provider.requests) == 2


def test_pay_while_a_payment_is_open_is_told_calmly(
    visitor: Visitor, unpaid: Order, provider: ScriptedProvider
) -> None:
    provider.outcomes = [lambda _request: Pending(reference="p", reason="Wait.")]
    visitor.post(f"{page(unpaid)}pay/", {"method": "pay_sandbox"})
    answer = visitor.post(f"{page(unpaid)}pay/", {"method": "pay_sandbox"}, follow=True)
    assert "Your payment is being checked" in words(answer)
    assert len(provider.requests) == 2


def test_withdrawing_ends_the_order(visitor: Visitor, unpaid: Order) -> None:
    assert visitor.post(f"{page(unpaid)}withdraw/").status_code == 303
    text = words(visitor.get(page(unpaid)))
    assert "You withdrew this order" in text
    assert "How do you want to pay?" not in text


def test_a_paid_order_cannot_be_withdrawn(visitor: Visitor, provider: ScriptedProvider) -> None:
    order = visitor.buy(make_offer())
    answer = visitor.post(f"{page(order)}withdraw/")
    assert answer.status_code == 409
    assert "This order can no longer be withdrawn." in words(answer)


def test_an_expired_order_can_neither_be_paid_nor_withdrawn(visitor: Visitor, unpaid: Order) -> None:
    Order.objects.filter(pk=unpaid.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    expire_due()
    assert "This order has expired" in words(visitor.get(page(unpaid)))
    paid = visitor.post(f"{page(unpaid)}pay/", {"method": "pay_sandbox"}, follow=True)
    assert "This order can no longer be paid." in words(paid)


def test_the_page_keeps_itself_up_to_date_until_it_is_final(visitor: Visitor, unpaid: Order) -> None:
    status = f"{page(unpaid)}status/"
    body = visitor.get(page(unpaid)).content.decode()
    assert body.count(f'data-refresh-url="{status}"') == 2
    fragment = visitor.get(status).content.decode()
    assert "<html" not in fragment
    assert "data-refresh-final" not in fragment
    # What the script compares must not differ from one request to the next.
    assert fragment == visitor.get(status).content.decode()
    visitor.post(f"{page(unpaid)}withdraw/")
    assert visitor.get(status).content.decode().count("data-refresh-final") == 2


def test_from_payment_to_certificate(visitor: Visitor, outside: tuple[ScriptedRegistry, ScriptedProvider]) -> None:
    order = visitor.buy(make_offer(quantity=10, price_minor=250), 4, beneficiary="Школа № 7")
    assert "The registry is being asked" in words(visitor.get(page(order)))
    run_jobs()
    text = words(visitor.get(page(order)))
    assert "4 units cancelled for Школа № 7." in text
    assert "Simulated: no real unit was cancelled" in text
    (line,) = order.lines.all()
    first = line.reservation.blocks.get(is_leaf=True).start
    assert f"CL-5-{first}-2-2-0-" in text
    certificate = order.certificates.get()
    body = visitor.get(page(order)).content.decode()
    assert f"/certificates/{certificate.number}/?code={certificate.code}" in body
    assert f"/certificates/{certificate.number}/pdf/?code={certificate.code}" in body
    letter = mail.outbox[-1]
    assert letter.subject == f"Your certificate {certificate.number}"
    assert order_link(order) in letter.body
    assert "SIMULATED" in letter.body
