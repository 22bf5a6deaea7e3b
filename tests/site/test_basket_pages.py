"""The basket: limits, prices that changed, several sellers, two tabs."""

from __future__ import annotations

from typing import Any

import pytest
from oscar.core.loading import get_model

from creditstore.core.states import transition
from creditstore.credits.models import Offer
from creditstore.credits.services import OFFERS
from support.ledger import make_offer, make_seller
from support.visitor import BASKET, Visitor, words

pytestmark = pytest.mark.django_db


def test_an_empty_basket_helps_and_needs_no_cookie(visitor: Visitor) -> None:
    answer = visitor.get(BASKET)
    assert "Your basket is empty" in words(answer)
    count = visitor.get(f"{BASKET}count/")
    assert count.json() == {"count": 0}
    assert not count.cookies
    assert "no-store" in count["Cache-Control"]
    assert get_model("basket", "Basket").objects.count() == 0


def test_an_offer_stands_in_one_line_and_its_units_add_up(visitor: Visitor) -> None:
    offer = make_offer(quantity=10, price_minor=250)
    assert visitor.add(offer, 2).status_code == 302
    assert visitor.add(offer, 3).status_code == 302
    assert visitor.count() == 1
    text = words(visitor.get(BASKET))
    assert "5 tonnes" in text
    assert "12.50 USD" in text


@pytest.mark.parametrize(
    ("typed", "status", "message"),
    [
        ("0", 422, "The smallest quantity of this offer is 1."),
        ("-3", 422, "Enter a whole number of tonnes"),
        ("1.5", 422, "Enter a whole number of tonnes"),
        ("1,5", 422, "Enter a whole number of tonnes"),
        ("many", 422, "Enter a whole number of tonnes"),
        ("", 422, "Enter a whole number of tonnes"),
        ("9" * 40, 422, "Enter a whole number of tonnes"),
        ("11", 409, "Only 10 units of this offer are available."),
        ("999999999999", 409, "Only 10 units of this offer are available."),
    ],
)
def test_a_quantity_that_cannot_be_is_refused_beside_the_offer(
    visitor: Visitor, typed: str, status: int, message: str
) -> None:
    offer = make_offer(quantity=10)
    answer = visitor.add(offer, typed)
    assert answer.status_code == status
    assert message in words(answer)
    assert f"Project {offer.issuance.project.ref}" in words(answer)
    assert visitor.count() == 0


def test_what_the_basket_holds_counts_against_what_is_left(visitor: Visitor) -> None:
    offer = make_offer(quantity=10)
    visitor.add(offer, 8)
    answer = visitor.add(offer, 3)
    assert answer.status_code == 409
    assert "Your basket already holds 8 of this offer." in words(answer)
    assert "8 tonnes" in words(visitor.get(BASKET))


@pytest.mark.parametrize("code", ["no-such", "", "\0", "x" * 500])
def test_an_unknown_offer_is_said(visitor: Visitor, code: str) -> None:
    answer = visitor.add(code, 1)
    assert answer.status_code == 422
    assert "This offer does not exist" in words(answer)


def test_a_withdrawn_offer_can_neither_be_added_nor_ordered(visitor: Visitor) -> None:
    offer = make_offer(quantity=10)
    visitor.add(offer, 2)
    transition(instance=offer, table=OFFERS, to="withdrawn", actor="test")
    again = visitor.add(offer, 1)
    assert again.status_code == 422
    assert "no longer for sale" in words(again)
    assert "no longer for sale" in words(visitor.get(BASKET))
    assert visitor.get("/en/store/checkout/")["Location"] == BASKET


def test_quantities_change_and_zero_takes_out(visitor: Visitor) -> None:
    visitor.add(make_offer(quantity=10, price_minor=100), 2)
    (line,) = visitor.line_ids()
    assert visitor.post(f"{BASKET}update/", {f"quantity-{line}": "7"}).status_code == 302
    assert "7.00 USD" in words(visitor.get(BASKET))
    visitor.post(f"{BASKET}update/", {f"quantity-{line}": "0"})
    assert visitor.count() == 0


def test_a_wrong_quantity_keeps_what_was_typed_and_saves_the_other_lines(visitor: Visitor) -> None:
    seller = make_seller()
    visitor.add(make_offer(quantity=10, seller=seller), 2)
    visitor.add(make_offer(quantity=10, seller=seller), 2)
    first, second = visitor.line_ids()
    answer = visitor.post(f"{BASKET}update/", {f"quantity-{first}": "1.5", f"quantity-{second}": "4", "checkout": "x"})
    assert answer.status_code == 422
    assert "Enter a whole number of tonnes" in words(answer)
    assert b'value="1.5"' in answer.content
    assert "6 tonnes" in words(visitor.get(BASKET))


def test_remove_takes_out_one_line_whatever_stands_in_its_field(visitor: Visitor) -> None:
    seller = make_seller()
    visitor.add(make_offer(seller=seller), 2)
    visitor.add(make_offer(seller=seller), 2)
    first, second = visitor.line_ids()
    visitor.post(f"{BASKET}update/", {f"quantity-{first}": "?", f"quantity-{second}": "5", "remove": first})
    assert visitor.line_ids() == [second]


def test_a_line_that_another_tab_removed_is_told(visitor: Visitor) -> None:
    visitor.add(make_offer(), 2)
    (line,) = visitor.line_ids()
    visitor.post(f"{BASKET}update/", {f"quantity-{line}": "0"})
    answer = visitor.post(f"{BASKET}update/", {f"quantity-{line}": "3"}, follow=True)
    assert "changed in another tab" in words(answer)


def test_somebody_elses_line_cannot_be_changed(visitor: Visitor) -> None:
    visitor.add(make_offer(), 2)
    (line,) = visitor.line_ids()
    Visitor().post(f"{BASKET}update/", {f"quantity-{line}": "0"})
    assert visitor.count() == 1


def test_a_price_that_changed_is_said_before_ordering(visitor: Visitor) -> None:
    offer = make_offer(price_minor=220)
    visitor.add(offer, 2)
    Offer.objects.filter(pk=offer.pk).update(price_minor=240)
    text = words(visitor.get(BASKET))
    assert "A price has changed" in text
    assert "one tonne costs 2.40 USD now. It was 2.20 USD when you added it." in text
    assert "4.80 USD" in text
    assert "A price has changed" in words(visitor.get("/en/store/checkout/"))


def test_two_sellers_are_shown_apart_and_can_be_ordered_one_by_one(visitor: Visitor) -> None:
    offers = [make_offer(price_minor=100), make_offer(price_minor=300)]
    for offer in offers:
        visitor.add(offer, 2)
    text = words(visitor.get(BASKET))
    assert "One order has one seller" in text
    for offer in offers:
        assert f"Order from {offer.seller.name}" in text
    refused = visitor.get("/en/store/checkout/")
    assert refused.status_code == 422
    first, second = visitor.line_ids()
    chosen = f"{offers[1].seller.slug}.USD"
    answer = visitor.post(f"{BASKET}update/", {f"quantity-{first}": "2", f"quantity-{second}": "3", "checkout": chosen})
    checkout = words(visitor.get(answer["Location"]))
    assert "Order with obligation to pay, 9.00 USD" in checkout


def test_a_basket_has_a_largest_size(visitor: Visitor, settings: Any) -> None:
    settings.CREDITSTORE_MAX_LINES = 1
    visitor.add(make_offer(), 1)
    answer = visitor.add(make_offer(), 1)
    assert answer.status_code == 422
    assert "at most 1 lines" in words(answer)


@pytest.mark.parametrize("action", ["add", "update"])
def test_changes_need_post(visitor: Visitor, action: str) -> None:
    assert visitor.get(f"{BASKET}{action}/").status_code == 405


def test_a_form_without_its_token_is_a_page_that_says_so(visitor: Visitor) -> None:
    strict = Visitor(enforce_csrf_checks=True)
    strict.add(make_offer(), 1)
    (line,) = strict.line_ids()
    answer = strict.post(f"{BASKET}update/", {f"quantity-{line}": "2"})
    assert answer.status_code == 403
    assert "This form has grown old" in words(answer)
