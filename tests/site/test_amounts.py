"""Numbers as people type them, in whichever way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from creditstore_site.amounts import TonnesField, parse_amount

LANGUAGES = ["en", "de", "fr", "ar", "es", "de-ch"]


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("12.5", "12.5", "12.5"),
        ("12,5", "12.5", "12.5"),
        ("1,240.5", "1240.5", "1240.5"),
        ("1.240,5", "1240.5", "1240.5"),
        ("1 240,5", "1240.5", "1240.5"),
        ("1\u202f240,5", "1240.5", "1240.5"),
        ("1'240.5", "1240.5", "1240.5"),
        ("1.240", "1.240", "1240"),
        ("1,240", "1240", "1.240"),
        ("1,240,500", "1240500", "1240500"),
        ("1.240.500", "1240500", "1240500"),
        ("0", "0", "0"),
        (".5", "0.5", "0.5"),
        ("0,001", "0.001", "0.001"),
    ],
)
def test_both_ways_of_writing_are_read(text: str, english: str, german: str) -> None:
    for language, expected in (("en", english), ("de", german)):
        with translation.override(language):
            assert parse_amount(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "-1", "1e5", "a", "1,2,3", "12.34.567", "1,2.3.4", "½", "٣", "NaN", "1,,5", "1."])
def test_what_is_no_number_is_refused(text: str) -> None:
    with translation.override("en"), pytest.raises(ValueError, match=r"^"):
        parse_amount(text)


@given(st.decimals(min_value=0, max_value=10**9, places=3), st.sampled_from(LANGUAGES))
def test_what_the_form_writes_it_reads_again(tonnes: Decimal, language: str) -> None:
    kilograms = (tonnes * 1000).to_integral_value()
    with translation.override(language):
        field = TonnesField()
        assert field.clean(field.prepare_value(kilograms)) == kilograms


def test_empty_is_not_zero_and_more_than_a_kilogram_is_nobodys_knowledge() -> None:
    field = TonnesField()
    assert field.clean("  ") is None
    assert field.clean("0") == 0
    for bad in ("twelve", "1.2345"):
        with pytest.raises(forms.ValidationError):
            field.clean(bad)
