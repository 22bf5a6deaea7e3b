"""How values of the store are written on pages: money, countries, years, links."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from creditstore.catalogue import labels
from creditstore.catalogue.search import ProjectHit
from creditstore.core.countries import country_name
from creditstore.core.written import amount_words, money_words, years_words
from creditstore_plugins import Money
from creditstore_site.fragments import fragment
from creditstore_site.project_card import project_card

register = template.Library()


@register.filter
def amount(money: Money) -> str:
    """``1,240.50``: the amount without its currency, as the reader's language writes it."""
    return amount_words(money)


@register.filter
def money(value: Money) -> str:
    """``1,240.50 USD``."""
    return money_words(value)


@register.filter
def country(code: str) -> str:
    """A country's name in the reader's language."""
    return country_name(code, get_language() or "en")


@register.filter
def project_type(code: str) -> str:
    """A project type in words."""
    return labels.project_type(code)


@register.filter
def activity_kind(code: str) -> str:
    """Project activity or programme, in words."""
    return labels.activity(code)


@register.filter
def scale_words(code: str) -> str:
    """Large or small scale, in words; empty where it is not known."""
    return labels.scale(code) if code else ""


@register.filter
def crediting_type(code: str) -> str:
    """The kind of crediting period, in words."""
    return labels.crediting_type(code)


@register.filter
def most(offer: Any) -> int:
    """The most units that one order can take of an offer or a basket's line."""
    available: int = offer.available
    return available if offer.maximum is None else min(available, offer.maximum)


@register.filter
def commitment_period(number: int) -> str:
    """A commitment period in words."""
    return labels.period(number)


@register.filter
def plain_number(value: Decimal) -> str:
    """``15.4`` for 15.400."""
    digits = f"{value:f}"
    return number_format(digits.rstrip("0").rstrip(".") if "." in digits else digits)


@register.filter
def split_list(text: str) -> str:
    """``a, b`` for what a source writes as ``a;b``."""
    return ", ".join(part.strip() for part in text.split(";") if part.strip())


@register.filter
def names_of(named: Iterable[Any]) -> str:
    """``Kenya, Uganda``: the names of what has one."""
    return ", ".join(one.name for one in named)


@register.filter
def as_day(text: str | None) -> date | None:
    """A day from the facts of a certificate."""
    return date.fromisoformat(text) if text else None


@register.filter
def as_time(text: str) -> datetime:
    """A moment from the facts of a certificate, UTC."""
    return datetime.fromisoformat(text)


@register.filter
def short_day(day: date | None) -> str:
    """``1 Jan 2013``; empty where it is not known. Times count by their day in UTC."""
    return _written(day.date() if isinstance(day, datetime) else day, "j M Y", get_language()) if day else ""


@lru_cache(maxsize=4096)
def _written(day: date, form: str, language: str | None) -> str:
    """Long tables write the same days over and over, and writing one takes longer than the rest of its row."""
    return date_format(day, form)


@register.simple_tag
def day_range(start: date | None, end: date | None) -> str:
    """``1 January 2013 to 31 December 2014``; one of the two where the other is not known."""
    days = [_written(day, "j F Y", get_language()) for day in (start, end) if day]
    if len(days) == 2:
        return _("%(start)s to %(end)s") % {"start": days[0], "end": days[1]}
    return days[0] if days else _("not known")


@register.simple_tag
def year_range(start: date | int | None, end: date | int | None) -> str:
    """``2013 to 2014``, or one year; dates count by their year."""
    return years_words(start, end) or _("not known")


# {% fragment "components/icon.html" name="cross" %}: as {% include ... with name="cross" only %}, and remembered.
register.simple_tag(fragment, name="fragment")


@register.simple_tag(name="project_card")
def card_of(hit: ProjectHit, *, heading: str = "h2", tick: bool = False, picked: Collection[str] = ()) -> str:
    """A project in a list. ``picked``: references that are ticked."""
    return project_card(hit, heading=heading, tick=tick, picked=hit.ref in picked)


@register.simple_tag(takes_context=True)
def query_without(context: dict[str, Any], name: str, value: str | None = None) -> str:
    """The address' parameters without one filter (or one value of it) and without the page marker."""
    pairs = [
        (key, each)
        for key, values in context["request"].GET.lists()
        for each in values
        if each and key != "cursor" and not (key == name and value in (None, each))
    ]
    return "?" + urlencode(pairs)


@register.simple_tag(takes_context=True)
def query_with(context: dict[str, Any], name: str, value: str) -> str:
    """The address' parameters with one set to a value."""
    pairs = [(key, each) for key, values in context["request"].GET.lists() for each in values if each and key != name]
    return "?" + urlencode([*pairs, (name, value)])
