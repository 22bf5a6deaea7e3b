"""Money is whole minor units of a currency, and never rounds."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditstore_plugins import Money, minor_unit_exponent


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(1250, "USD", "12.50"), (1250, "JPY", "1250"), (1250, "KWD", "1.250"), (0, "EUR", "0.00"), (-5, "EUR", "-0.05")],
)
def test_an_amount_is_printed_with_its_currencys_decimals(minor, currency, text):
    assert str(Money(minor=minor, currency=currency)) == text
    assert Money.parse(text, currency) == Money(minor=minor, currency=currency)


@pytest.mark.parametrize("minor", [1.0, "1", True, None, Decimal(1)])
def test_an_amount_is_a_whole_number(minor):
    with pytest.raises(ValueError, match="whole number"):
        Money(minor=minor, currency="USD")


@pytest.mark.parametrize("currency", ["", "US", "USDT", "usd", "ÜSD", "$", "U5D"])
def test_a_currency_is_three_capital_letters(currency):
    with pytest.raises(ValueError, match="not an ISO 4217"):
        Money(minor=1, currency=currency)


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "USD"), ("1.5", "JPY"), ("1.2345", "KWD")])
def test_what_is_finer_than_the_minor_unit_is_refused(amount, currency):
    with pytest.raises(ValueError, match="finer than the minor unit"):
        Money.parse(amount, currency)


@given(st.integers(-(2**63), 2**63), st.sampled_from(["USD", "JPY", "KWD", "EUR", "CLP"]))
def test_printing_and_parsing_give_the_same_amount(minor, currency):
    money = Money(minor=minor, currency=currency)
    assert Money.parse(str(money), currency) == money
    assert -money.decimal.as_tuple().exponent == minor_unit_exponent(currency)


def test_money_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Money(minor=1, currency="USD").minor = 2


@pytest.mark.parametrize("amount", ["abc", "Infinity", "NaN", "1e3", "", " 1", "1.", ".5", "1" * 21, "1,50", "\u0661"])
def test_only_plain_decimals_are_amounts(amount: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(amount, "USD")
