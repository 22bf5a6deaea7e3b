"""Money as integers: an amount in the currency's minor unit, with its ISO 4217 code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

#: Currencies whose minor unit is not a hundredth (ISO 4217, list one).
MINOR_UNIT_EXPONENTS: dict[str, int] = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


_CURRENCY = re.compile("[A-Z]{3}")
_AMOUNT = re.compile("-?[0-9]{1,20}(?:[.][0-9]{1,6})?")


def minor_unit_exponent(currency: str) -> int:
    """How many decimals the currency has: 2 unless ISO 4217 says otherwise."""
    return MINOR_UNIT_EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount of money.

    Parameters: ``minor``, whole minor units (cents for USD, yen for JPY); ``currency``, three capital letters.
    Errors: ``ValueError`` for anything else. There is no rounding here: amounts that do not fit are refused.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise ValueError("an amount of money is a whole number of minor units")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is not an ISO 4217 currency code")

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with exactly the currency's number of decimals."""
        return Decimal(self.minor).scaleb(-minor_unit_exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal:f}"

    @classmethod
    def parse(cls, amount: str, currency: str) -> Money:
        """Read a plain decimal string such as ``12.50``: no exponent, at most 20 digits before the point.

        Errors: ``ValueError`` for anything else, and for an amount finer than the minor unit.
        """
        if not _AMOUNT.fullmatch(amount):
            raise ValueError(f"{amount[:40]!r} is not an amount such as 12.50")
        value = Decimal(amount).scaleb(minor_unit_exponent(currency))
        if value != value.to_integral_value():
            raise ValueError(f"{amount!r} is finer than the minor unit of {currency}")
        return cls(minor=int(value), currency=currency)
