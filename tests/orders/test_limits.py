"""Nobody hoards: what one client whom nobody knows may keep reserved, and what lifts it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from functools import partial

import pytest
from django.core import mail
from django.test import Client as Browser

from creditstore.accounts.confirmation import confirm, confirmation_token, is_confirmed, send_confirmation
from creditstore.accounts.models import ConfirmedEmail, EmailConfirmation
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer
from creditstore.orders.limits import Client
from creditstore.orders.models import UnpaidClaim
from creditstore.orders.requests import Buyer
from creditstore.orders.services import PlacedOrder, expire_due, place_order, withdraw
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_issuance, make_offer, order_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outside")]
_keys = itertools.count(1)
NOBODY = Client()


def place(
    offer: Offer, quantity: int, *, email: str = "bot@example.org", client: Client | None = NOBODY
) -> PlacedOrder:
    request = order_request((offer, quantity), buyer=Buyer(email=email, name="Bot", country="CL"))
    return place_order(request=request, placement_key=f"limits:{next(_keys)}", client=client)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        call()
    assert caught.value.code == "too-many-unpaid"
    return caught.value.message


def confirmed(email: str) -> None:
    send_confirmation(email=email, language="en")
    confirm(token=confirmation_token(EmailConfirmation.objects.get(used_at=None)))


def available(offer: Offer) -> int:
    offer.refresh_from_db()
    return offer.available


def test_the_sixth_unpaid_order_is_refused() -> None:
    offers = [make_offer(quantity=1000) for _number in range(6)]
    orders = [place(offer, 1).order for offer in offers[:5]]
    message = refused(lambda: place(offers[5], 1))
    assert "5 unpaid orders" in message
    assert "confirm" in message
    # Who pays, withdraws or lets an order end may go on.
    withdraw(order=orders[0])
    place(offers[5], 1)
    refused(lambda: place(offers[5], 1))
    pay(orders[1])
    place(offers[5], 1)
    refused(lambda: place(offers[5], 1))
    expire_due(now=orders[4].expires_at)
    place(offers[5], 1)


@pytest.mark.parametrize(("offered", "allowed"), [(100, 50), (500, 50), (510, 51), (10_000, 1000)])
def test_units_of_one_offer_are_the_larger_of_fifty_and_a_tenth(offered: int, allowed: int) -> None:
    offer, other = (make_offer(quantity=offered, issuance=make_issuance(quantity=offered)) for _each in range(2))
    refused(lambda: place(offer, allowed + 1))
    place(offer, allowed - 1)
    refused(lambda: place(offer, 2))
    place(offer, 1)
    message = refused(lambda: place(offer, 1))
    assert "0 more units" in message
    # What is sold to others does not make the share smaller or larger; another offer has a share of its own.
    place(other, allowed)


def test_writing_the_address_otherwise_is_the_same_client() -> None:
    offer = make_offer(quantity=1000)
    for email in ("bot@example.org", "Bot@Example.ORG", "bot+1@example.org", "BOT+x+y@example.org", "bot+@example.org"):
        place(offer, 1, email=email)
    refused(lambda: place(offer, 1, email="bot+6@example.org"))
    place(offer, 1, email="robot@example.org")


def test_invented_addresses_from_one_network_are_one_client() -> None:
    offer = make_offer(quantity=1000)
    for number in range(5):
        place(offer, 20, email=f"bot{number}@example.org", client=Client(prefix="192.0.2.0/24"))
    refused(lambda: place(offer, 1, email="bot6@example.org", client=Client(prefix="192.0.2.0/24")))
    place(offer, 1, email="somebody@example.org", client=Client(prefix="198.51.100.0/24"))


@pytest.mark.parametrize("addresses", [1000, pytest.param(1, marks=pytest.mark.slow)])
def test_a_bot_that_tries_a_thousand_orders_leaves_nine_tenths_for_others(addresses: int) -> None:
    offer = make_offer(quantity=5000, issuance=make_issuance(quantity=5000))
    taken, codes = 0, set()
    for number in range(1000):
        quantity = (1, 7, 50, 500, 5000)[number % 5]
        email = f"bot{number % addresses}@example.org"
        try:
            place(offer, quantity, email=email, client=Client(prefix="192.0.2.0/24"))
            taken += 1
        except StoreError as error:
            codes.add(error.code)
    assert 1 <= taken <= 5
    # More than is left is sold out, whoever asks.
    assert codes == {"too-many-unpaid", "sold-out"}
    assert available(offer) >= 4500


def test_a_confirmed_address_a_key_and_the_operators_programs_are_not_limited() -> None:
    offer = make_offer(quantity=1000)
    confirmed("Buyer+shop@example.org")
    for _number in range(6):
        place(offer, 60, email="buyer@example.org", client=Client(prefix="192.0.2.0/24"))
    for _number in range(6):
        place(offer, 60, client=Client(known=True))
        place(offer, 1, client=None)
    assert not UnpaidClaim.objects.exists()


def test_what_is_kept_is_hashed_and_only_while_the_order_is_unpaid() -> None:
    offer = make_offer(quantity=1000)
    paid, withdrawn, expired = (place(offer, 1, client=Client(prefix="192.0.2.0/24")).order for _number in range(3))
    for kept in UnpaidClaim.objects.values():
        assert "192.0.2" not in str(kept)
        assert "bot" not in str(kept)
    pay(paid)
    withdraw(order=withdrawn)
    assert list(UnpaidClaim.objects.values_list("order_id", flat=True)) == [expired.pk]
    expire_due(now=expired.expires_at)
    assert not UnpaidClaim.objects.exists()


def test_a_repeat_of_the_last_order_is_that_order_and_no_sixth() -> None:
    offer = make_offer(quantity=1000)
    request = order_request((offer, 1), buyer=Buyer(email="bot@example.org", name="Bot", country="CL"))
    placed = [place_order(request=request, placement_key=f"repeat:{n}", client=NOBODY) for n in range(5)]
    again = place_order(request=request, placement_key="repeat:4", client=NOBODY)
    assert (again.order, again.replayed) == (placed[4].order, True)


def test_two_orders_at_once_do_not_both_take_the_last_place(
    fresh_database: str, interleave: Callable[..., list[object]]
) -> None:
    """Both are held where neither has looked yet; the second waits for the first, and then counts it."""
    offer = make_offer(quantity=1000)
    for _number in range(4):
        place(offer, 1)
    for emails in (("bot@example.org", "BOT@example.org"), ("other1@example.org", "other2@example.org")):
        client = Client(prefix="192.0.2.0/24")
        if emails[0].startswith("other"):
            for number in range(4):
                place(offer, 1, email=f"more{number}@example.org", client=client)
        results = interleave(
            *(partial(place, offer, 1, email=email, client=client) for email in emails),
            pause_after="creditstore.orders.services.claim_keys",
        )
        codes = sorted(error.code if isinstance(error, StoreError) else "placed" for error in results)
        assert codes == ["placed", "too-many-unpaid"], results
        for placed in results:
            if isinstance(placed, PlacedOrder):
                withdraw(order=placed.order)


def test_the_link_shows_a_button_and_only_the_button_confirms_once() -> None:
    assert send_confirmation(email="Buyer@example.org", language="en") is True
    # A second refusal within a day fills nobody's mailbox.
    assert send_confirmation(email="buyer+2@example.org", language="en") is False
    run_jobs()
    (message,) = mail.outbox
    assert message.to == ["Buyer@example.org"]
    found = re.search(r"http://[^/]+(/en/store/confirm-email/\S+)", message.body)
    assert found
    browser = Browser()
    for _time in range(3):
        page = browser.get(found[1])
        assert page.status_code == 200
        assert "Buyer@example.org" in page.content.decode()
        assert page["Cache-Control"].count("no-store")
    assert not is_confirmed("buyer@example.org")
    done = browser.post(found[1])
    assert done.status_code == 200
    assert "is confirmed" in done.content.decode()
    assert is_confirmed("BUYER@example.org")
    for method in (browser.get, browser.post):
        assert method(found[1]).status_code == 404
    assert not EmailConfirmation.objects.filter(email__icontains="buyer").exists()
    assert "buyer" not in str(ConfirmedEmail.objects.values().get()).lower()


@pytest.mark.parametrize("token", ["1", "1:x", "x:y", "1:" + "A" * 43, "%00", "-1:1"])
def test_a_forged_link_confirms_nobody(token: str) -> None:
    send_confirmation(email="buyer@example.org", language="en")
    for method in (Browser().get, Browser().post):
        assert method(f"/en/store/confirm-email/{token}/").status_code == 404
    assert not ConfirmedEmail.objects.exists()


def test_a_link_runs_out(settings: object) -> None:
    settings.CREDITSTORE_CONFIRM_HOURS = 0  # type: ignore[attr-defined]
    send_confirmation(email="buyer@example.org", language="en")
    token = confirmation_token(EmailConfirmation.objects.get())
    assert Browser().post(f"/en/store/confirm-email/{token}/").status_code == 404
    assert not is_confirmed("buyer@example.org")
    # Then a new one may be sent.
    assert send_confirmation(email="buyer@example.org", language="en") is True


def test_a_confirmation_counts_for_its_time_only(settings: object) -> None:
    confirmed("buyer@example.org")
    assert is_confirmed("buyer@example.org")
    settings.CREDITSTORE_CONFIRMED_DAYS = 0  # type: ignore[attr-defined]
    assert not is_confirmed("buyer@example.org")
