"""Numbers as people type them: in the language's way, and in the other where it cannot be mistaken."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext as _

#: Spaces of all widths and apostrophes group digits in some languages, and mean nothing else anywhere.
_GROUPING = re.compile("[\\s'\u2019]")
_PLAIN = re.compile(r"[0-9]*\.?[0-9]+")


def parse_amount(text: str) -> Decimal:
    """``1,240.5``, ``1.240,5``, ``1 240,5``: the last of two kinds of marks is the decimal one.

    One mark alone before exactly three digits is what the reader's language takes it for; elsewhere it is decimal.
    Errors: ``ValueError`` for anything that is no number of 0 or more.
    """
    digits = _GROUPING.sub("", text)
    marks = [mark for mark in ".," if mark in digits]
    if len(marks) == 2:
        grouping = min(marks, key=digits.rindex)
        digits = _ungrouped(digits, grouping)
    elif marks:
        (mark,) = marks
        # No grouped number begins with 0.
        groups_here = mark == get_format("THOUSAND_SEPARATOR") and not digits.startswith("0")
        if digits.count(mark) > 1 or (groups_here and len(digits.rpartition(mark)[2]) == 3):
            digits = _ungrouped(digits, mark)
    digits = digits.replace(",", ".")
    if not _PLAIN.fullmatch(digits):
        raise ValueError(text)
    return Decimal(digits)


def _ungrouped(digits: str, mark: str) -> str:
    whole = re.split(r"[.,]", digits.replace(mark, "g"))[0].split("g")
    if not 1 <= len(whole[0]) <= 3 or any(len(group) != 3 for group in whole[1:]):
        raise ValueError(digits)
    return digits.replace(mark, "")


def tonnes_words(kilograms: Decimal) -> str:
    """``1,240.5`` for 1,240,500 kg, in the reader's language, with no zeros behind."""
    return number_format(f"{(kilograms / 1000).normalize():f}", force_grouping=True)


class TonnesField(forms.CharField):
    """An amount of tonnes, as kilograms: whole ones, for a thousandth of a tonne is as far as anybody knows."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(
            max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Kilograms as tonnes, as the reader writes them; what was typed stays as it is."""
        return tonnes_words(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        """Kilograms; ``None`` for nothing, which is not 0."""
        text = super().clean(value)
        if not text:
            return None
        try:
            kilograms = parse_amount(text) * 1000
        except ValueError:
            raise ValidationError(_("Enter tonnes as a number, like 12.5, or leave it empty."), code="number") from None
        if kilograms != kilograms.to_integral_value():
            raise ValidationError(_("Use at most three decimals."), code="number")
        return kilograms.to_integral_value()
