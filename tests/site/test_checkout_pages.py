"""Checkout: one order per page, whatever is clicked, and nothing typed is lost."""

from __future__ import annotations

import pytest

from creditstore.credits.models import Offer
from creditstore.orders.models import Order
from creditstore.payments.models import Payment
from creditstore_plugins import Declined, Redirect, ShowInstructions, SubmitForm, Unknown
from support.ledger import make_offer, make_order, make_seller
from support.plugin_host import ScriptedProvider
from support.visitor import BASKET, CHECKOUT, GOOD, Visitor, words

pytestmark = pytest.mark.django_db


def orders() -> int:
    return Order.objects.count()


def test_the_page_asks_ten_things_at_most_and_presumes_nothing(visitor: Visitor) -> None:
    visitor.add(make_offer(price_minor=250), 4)
    answer = visitor.get(CHECKOUT)
    form = answer.context["form"]
    assert len(form.visible_fields()) <= 10
    assert b"checked" not in answer.content
    assert "Order with obligation to pay, 10.00 USD" in words(answer)
    assert "no-store" in answer["Cache-Control"]


def test_an_empty_basket_has_nothing_to_check_out(visitor: Visitor) -> None:
    assert visitor.get(CHECKOUT)["Location"] == BASKET


def test_ordering_empties_the_basket_and_leads_to_the_order(visitor: Visitor, provider: ScriptedProvider) -> None:
    offer = make_offer(quantity=10, price_minor=250)
    order = visitor.buy(offer, 4)
    assert (order.state, order.total_minor) == ("paid", 1000)
    assert order.buyer_name == GOOD["name"]
    assert order.language == "en"
    assert len(provider.requests) == 1
    assert visitor.count() == 0
    assert words(visitor.get(f"/en/store/orders/{order.number}/")).startswith(f"Order {order.number}")


def test_everything_that_is_missing_is_said_at_once(visitor: Visitor) -> None:
    visitor.add(make_offer(), 1)
    before = orders()
    answer = visitor.post(CHECKOUT, {**visitor.checkout_form(), "reason": "kept words"})
    text = words(answer)
    assert answer.status_code == 422
    for message in (
        "Enter your name.",
        "Enter an e-mail address",
        "Choose your country.",
        "Enter for whom the units are cancelled.",
        "Choose what the public register may show.",
        "Choose how to pay.",
        "Agree to the current terms of sale",
        "Agree that the cancellation starts at once",
    ):
        assert message in text
    assert "kept words" in text
    assert orders() == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": "amina@"}, "Enter an e-mail address"),
        ({"email": "a" * 60 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + "." + "e" * 60 + ".org"}, "E-mail"),
        ({"country": "XX"}, "Choose your country from the list."),
        ({"visibility": "everything"}, "Choose what the public register may show."),
        ({"method": "pay_with_beans"}, "Choose one of the payment methods in the list."),
        ({"beneficiary": "x" * 258}, "Use at most 257 characters"),
        ({"terms_version": "1999"}, "Agree to the current terms of sale"),
        ({"token": "short"}, "This page is out of date."),
        ({"lines": "anything"}, "This page is out of date."),
    ],
)
def test_a_wrong_value_is_said_and_nothing_is_ordered(visitor: Visitor, changes: dict[str, str], message: str) -> None:
    visitor.add(make_offer(), 1)
    before = orders()
    answer = visitor.order(visitor.checkout_form(), **changes)
    assert answer.status_code == 422
    assert message in words(answer)
    assert (orders(), visitor.count()) == (before, 1)


def test_sent_twice_it_is_one_order_and_one_payment(visitor: Visitor, provider: ScriptedProvider) -> None:
    visitor.add(make_offer(), 2)
    form = visitor.checkout_form()
    before = orders()
    first, second = visitor.order(form), visitor.order(form)
    assert first["Location"] == second["Location"]
    assert orders() == before + 1
    assert len(provider.requests) == 1


def test_a_second_click_does_not_repeat_a_declined_payment(visitor: Visitor, provider: ScriptedProvider) -> None:
    provider.outcomes = [lambda _request: Declined(reason="No.")]
    visitor.add(make_offer(), 2)
    form = visitor.checkout_form()
    visitor.order(form)
    visitor.order(form)
    assert [payment.state for payment in Payment.objects.order_by("-pk")[:1]] == ["declined"]
    assert len(provider.requests) == 1


def test_the_same_page_with_other_words_does_not_make_a_second_order(
    visitor: Visitor, provider: ScriptedProvider
) -> None:
    visitor.add(make_offer(), 2)
    form = visitor.checkout_form()
    first = visitor.order(form)
    before = orders()
    again = visitor.order(form, beneficiary="Somebody else")
    assert again.status_code == 409
    assert first["Location"] in again.content.decode()
    assert orders() == before


def test_two_tabs_order_once(visitor: Visitor, provider: ScriptedProvider) -> None:
    visitor.add(make_offer(), 2)
    left, right = visitor.checkout_form(), visitor.checkout_form()
    before = orders()
    assert visitor.order(left).status_code == 303
    late = visitor.order(right)
    assert late.status_code == 409
    assert "Nothing was ordered just now" in words(late)
    assert orders() == before + 1


def test_a_basket_that_changed_in_another_tab_is_shown_before_anything_is_ordered(visitor: Visitor) -> None:
    offer = make_offer(quantity=10, price_minor=100)
    visitor.add(offer, 2)
    form = visitor.checkout_form()
    visitor.add(offer, 3)
    before = orders()
    answer = visitor.order(form)
    assert answer.status_code == 409
    assert "Your basket was changed in another tab" in words(answer)
    assert "Order with obligation to pay, 5.00 USD" in words(answer)
    assert GOOD["beneficiary"] in answer.content.decode()
    assert orders() == before


def test_a_price_that_changed_under_the_open_page_is_not_charged(visitor: Visitor) -> None:
    offer = make_offer(price_minor=100)
    visitor.add(offer, 2)
    form = visitor.checkout_form()
    Offer.objects.filter(pk=offer.pk).update(price_minor=150)
    before = orders()
    answer = visitor.order(form)
    assert answer.status_code == 409
    assert "The price of one unit is now 1.50 USD" in words(answer)
    assert "Order with obligation to pay, 3.00 USD" in words(answer)
    assert orders() == before


def test_units_that_went_to_somebody_else_are_told(visitor: Visitor) -> None:
    offer = make_offer(quantity=5)
    visitor.add(offer, 4)
    form = visitor.checkout_form()
    make_order((offer, 3))
    answer = visitor.order(form)
    assert answer.status_code == 409
    assert "Only 2 units of this offer are available" in words(answer)
    assert visitor.count() == 1


def test_the_other_sellers_lines_stay_in_the_basket(visitor: Visitor, provider: ScriptedProvider) -> None:
    first, second = make_offer(), make_offer()
    visitor.add(first, 1)
    visitor.add(second, 1)
    query = f"?seller={second.seller.slug}.USD"
    form = visitor.checkout_form(query)
    answer = visitor.post(CHECKOUT + query, {**GOOD, **form})
    assert answer.status_code == 303
    assert visitor.count() == 1
    assert first.seller.name in words(visitor.get(BASKET))


def test_a_closed_basket_is_not_used_again(visitor: Visitor, provider: ScriptedProvider) -> None:
    visitor.buy(make_offer())
    visitor.add(make_offer(), 5)
    assert "5 tonnes" in words(visitor.get(BASKET))


def test_an_unknown_outcome_is_told_on_the_orders_page(visitor: Visitor, provider: ScriptedProvider) -> None:
    provider.outcomes = [lambda _request: Unknown(reason="time-out")]
    order = visitor.buy(make_offer())
    text = words(visitor.get(f"/en/store/orders/{order.number}/"))
    assert "You are not charged twice" in text
    assert "How do you want to pay?" not in text


def test_a_redirect_leads_to_the_provider(visitor: Visitor, provider: ScriptedProvider) -> None:
    provider.outcomes = [lambda _request: Redirect(reference="r", url="https://pay.example/123")]
    visitor.add(make_offer(), 1)
    answer = visitor.order(visitor.checkout_form())
    assert (answer.status_code, answer["Location"]) == (303, "https://pay.example/123")


def test_a_providers_form_is_shown_with_a_button(visitor: Visitor, provider: ScriptedProvider) -> None:
    provider.outcomes = [
        lambda _request: SubmitForm(reference="r", action="https://pay.example/form", fields={"amount": "<2.50>"})
    ]
    visitor.add(make_offer(), 1)
    body = visitor.order(visitor.checkout_form()).content.decode()
    assert 'action="https://pay.example/form"' in body
    assert 'name="amount" value="&lt;2.50&gt;"' in body


def test_instructions_stand_on_the_orders_page(visitor: Visitor, provider: ScriptedProvider) -> None:
    provider.outcomes = [
        lambda _request: ShowInstructions(reference="r", text="Transfer the amount.", facts=(("IBAN", "CH93 0076"),))
    ]
    order = visitor.buy(make_offer())
    text = words(visitor.get(f"/en/store/orders/{order.number}/"))
    assert "Transfer the amount." in text
    assert "IBAN CH93 0076" in text


def test_more_than_the_store_accepts_is_a_page(visitor: Visitor) -> None:
    answer = visitor.post(CHECKOUT, {"reason": "x" * 5_000_000})
    assert answer.status_code == 413
    assert "That was too large" in words(answer)


def test_lines_of_a_page_that_was_tampered_with_cannot_mix_sellers(visitor: Visitor) -> None:
    mine, other = make_offer(price_minor=100), make_offer(price_minor=100, seller=make_seller())
    visitor.add(mine, 1)
    form = visitor.checkout_form()
    before = orders()
    answer = visitor.order(form, lines=f"{form['lines']} {other.code}:1:100:USD")
    assert answer.status_code == 409
    assert orders() == before
