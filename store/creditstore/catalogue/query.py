"""What a reader asks of the catalogue: parameters of a page or of ``GET /projects``, read once and strictly."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from creditstore.core.countries import is_country
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.text import clean_text
from creditstore_plugins import Money

SORTS: Final = ("relevance", "price", "-price", "vintage", "-vintage", "-available", "title")
#: Values of one filter that are joined by "or".
MAX_VALUES: Final = 50
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_DIGITS = re.compile(r"[0-9]{1,16}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,50}")
_SCOPE = re.compile(r"[1-9][0-9]?")
_GOALS = frozenset(map(str, range(1, 18)))
_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectQuery:
    """The parameters of ``GET /projects``. Several values of one filter mean "or", several filters "and".

    ``period``, ``vintage_from``, ``vintage_to``, ``price_max``, ``seller`` and ``available_min`` speak of what is for
    sale: one live offer of the project must meet all of them together. A vintage is a monitoring period: it must lie
    inside the years asked for. ``currency`` is the one that prices are compared in: that of ``price_max``, else the
    store's own. ``sdg`` are numbers of goals, entered with a source or inferred from the type; ``ldc`` asks for hosts
    that are least developed countries. Equal questions are equal values: lists are sorted, without repeats.

    Code that builds a question gives only what it asks: ``ProjectQuery(type=("Wind",), ldc=True)``.
    """

    q: str = ""
    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    ldc: bool = False
    scope: tuple[str, ...] = ()
    methodology: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    sdg: tuple[int, ...] = ()
    scale: tuple[str, ...] = ()
    activity: tuple[str, ...] = ()
    period: tuple[int, ...] = ()
    vintage_from: int | None = None
    vintage_to: int | None = None
    price_max: Money | None = None
    currency: str = ""
    seller: tuple[str, ...] = ()
    available_min: int | None = None
    sort: str = "relevance"

    def __post_init__(self) -> None:
        """Bring equal questions into one form."""
        for name in _LISTS:
            if (values := getattr(self, name)) != ():
                object.__setattr__(self, name, tuple(sorted(set(values))))
        currency = self.price_max.currency if self.price_max else self.currency or settings.CREDITSTORE_CURRENCY
        object.__setattr__(self, "currency", currency)
        object.__setattr__(self, "q", _clean(self.q))

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> ProjectQuery:
        """Read a ``QueryDict`` or a mapping to texts or lists of texts. Empty values and other keys count for nothing.

        Errors: ``StoreError`` (invalid) with one entry per parameter that cannot be read.
        """
        reader = _Reader(params)
        currency = reader.currency()
        query = cls(
            # A question is free text: whatever it is, it can be looked for.
            q=reader.texts("q")[0] if reader.texts("q") else "",
            country=reader.many("country", str.upper, is_country, _("This is not a country code such as BR.")),
            region=reader.many("region", str, lambda value: len(value) <= 80, _("This is not a region.")),
            ldc=reader.yes("ldc"),
            scope=reader.many("scope", str, _SCOPE.fullmatch, _("This is not a sectoral scope such as 1.")),
            methodology=reader.many(
                "methodology",
                str.upper,
                lambda value: len(value) <= 20,
                _("This is not a methodology such as ACM0002."),
            ),
            type=reader.many("type", str, lambda value: len(value) <= 60, _("This is not a type of project.")),
            sdg=tuple(map(int, reader.many("sdg", str, _GOALS.__contains__, _("Choose goals from 1 to 17.")))),
            scale=reader.many("scale", str, ("large", "small").__contains__, _("Choose large or small.")),
            activity=reader.many("activity", str, ("PA", "PoA").__contains__, _("Choose PA or PoA.")),
            period=tuple(
                map(int, reader.many("period", str, ("1", "2").__contains__, _("Choose commitment period 1 or 2.")))
            ),
            vintage_from=reader.number("vintage_from", lowest=1990, highest=2100),
            vintage_to=reader.number("vintage_to", lowest=1990, highest=2100),
            price_max=reader.money("price_max", currency),
            currency=currency,
            seller=reader.many("seller", str, _SLUG.fullmatch, _("This is not a seller.")),
            available_min=reader.number("available_min", lowest=1, highest=10**15),
            sort=reader.one("sort", SORTS.__contains__, _("This order is not known.")) or "relevance",
        )
        if query.vintage_from and query.vintage_to and query.vintage_to < query.vintage_from:
            reader.errors.append(FieldError("vintage_to", gettext("The last year lies before the first one.")))
        if reader.errors:
            raise StoreError(code="invalid", message=gettext("Some filters cannot be read."), errors=reader.errors)
        return query

    def without(self, name: str, value: str | int | None = None) -> ProjectQuery:
        """The same question with one filter left empty, or with one of its values taken away."""
        default = next(field.default for field in fields(self) if field.name == name)
        if value is not None and isinstance(default, tuple):
            default = tuple(one for one in getattr(self, name) if str(one) != str(value))
        changes: dict[str, Any] = {name: default}
        return replace(self, **changes)

    def to_params(self) -> list[tuple[str, str]]:
        """The question as parameters, without defaults; ``from_params`` makes an equal question of them."""
        pairs: list[tuple[str, str]] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "currency" and value == settings.CREDITSTORE_CURRENCY:
                continue
            if isinstance(value, tuple):
                pairs += [(field.name, str(one)) for one in value]
            elif value != field.default:
                pairs.append((field.name, "1" if value is True else str(value)))
        return pairs

    def as_query_string(self) -> str:
        """``to_params`` as it stands in an address: the same for equal questions, empty for one that asks nothing."""
        return urlencode(self.to_params())

    @property
    def asks_for_offers(self) -> bool:
        """Whether only projects with something to buy can be an answer."""
        return bool(
            self.period or self.vintage_from or self.vintage_to or self.price_max or self.seller or self.available_min
        )

    @property
    def asks_nothing(self) -> bool:
        """Whether every project is an answer, in whatever order."""
        return all(getattr(self, name) == default for name, default in _ASKED)


#: Fields with several values, and what each field that narrows the answers is when it does not.
_LISTS: Final = tuple(field.name for field in fields(ProjectQuery) if field.default == ())
_ASKED: Final = tuple(
    (field.name, field.default) for field in fields(ProjectQuery) if field.name not in ("sort", "currency")
)


def _clean(text: str) -> str:
    # Halves of surrogate pairs are no characters: no database would take them.
    return clean_text(text.encode("utf-8", "replace").decode())


class _Reader:
    """Takes parameters apart and gathers what is wrong with them. Words for that are made only where they are told."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params
        self.errors: list[FieldError] = []

    def texts(self, name: str) -> list[str]:
        """All values of a parameter, cleaned; empty ones left out."""
        if hasattr(self._params, "getlist"):
            values = self._params.getlist(name)
        else:
            found = self._params.get(name)
            values = list(found) if isinstance(found, list | tuple) else [] if found is None else [found]
        if not values:
            return []
        texts = (_clean(str(value)) for value in values)
        return list(dict.fromkeys(text for text in texts if text))

    def many(
        self, name: str, normal: Callable[[str], str], is_valid: Callable[[str], object], message: str | Promise
    ) -> tuple[str, ...]:
        values = tuple(dict.fromkeys(map(normal, self.texts(name))))
        if len(values) > MAX_VALUES:
            self.errors.append(FieldError(name, gettext("Give at most %(count)d values.") % {"count": MAX_VALUES}))
            return ()
        if not all(map(is_valid, values)):
            self.errors.append(FieldError(name, str(message)))
            return ()
        return values

    def one(self, name: str, is_valid: Callable[[str], object], message: str | Promise) -> str:
        values = self.texts(name)
        if len(values) > 1:
            self.errors.append(FieldError(name, gettext("Give one value.")))
            return ""
        if values and not is_valid(values[0]):
            self.errors.append(FieldError(name, str(message)))
            return ""
        return values[0] if values else ""

    def number(self, name: str, *, lowest: int, highest: int) -> int | None:
        if not self.texts(name):
            return None
        message = gettext("Give a whole number from %(lowest)d to %(highest)d.") % {
            "lowest": lowest,
            "highest": highest,
        }
        value = self.one(
            name, lambda text: _DIGITS.fullmatch(text) is not None and lowest <= int(text) <= highest, message
        )
        return int(value) if value else None

    def yes(self, name: str) -> bool:
        return self.one(name, (_YES | _NO).__contains__, _("Choose 1 or 0.")) in _YES

    def currency(self) -> str:
        default: str = settings.CREDITSTORE_CURRENCY
        return self.one("currency", _CURRENCY.fullmatch, _("This is not a currency code such as USD.")) or default

    def money(self, name: str, currency: str) -> Money | None:
        message = _("Give a price such as 2.50.")
        value = self.one(name, _AMOUNT.fullmatch, message)
        if not value:
            return None
        try:
            return Money.parse(value, currency)
        except ValueError:
            self.errors.append(FieldError(name, str(message)))
            return None
