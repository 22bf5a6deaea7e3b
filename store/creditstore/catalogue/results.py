"""What a search answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from creditstore.catalogue.query import ProjectQuery
from creditstore.core.paging import Page
from creditstore_plugins import Money


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of a text, and whether it is what was looked for. Plain text: whoever shows it escapes it."""

    text: str
    matched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectHit:
    """One project in a list. Price, units and vintage years are those of its live offers that meet the question.

    ``price_from`` is the price of one unit in the cheapest of them, ``vintage_from`` and ``vintage_to`` the years of
    their monitoring periods, ``earned_from`` the first year in which any of their units can have been earned
    (``objections.vintage_year``); all ``None``, and ``available`` 0, when there is nothing to buy.
    A ``price_invented`` is marked wherever it is shown. ``title_parts`` joined are the title. ``goals`` are those that
    an editor entered with a source and those inferred from the type.
    """

    ref: str
    title: str
    title_parts: tuple[TextPart, ...]
    countries: tuple[str, ...]
    country_names: tuple[str, ...]
    least_developed: bool
    type: str
    subtype: str
    goals: tuple[int, ...]
    scopes: tuple[str, ...]
    methodologies: tuple[str, ...]
    scale: str
    activity: str
    installed_capacity_mw: Decimal | None
    latitude: Decimal | None
    longitude: Decimal | None
    registered_on: date | None
    price_from: Money | None
    price_invented: bool
    available: int
    vintage_from: int | None
    vintage_to: int | None
    earned_from: int | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that stands nowhere in the catalogue, and the one that was looked for in its place."""

    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class SearchPage(Page[ProjectHit]):
    """A page of hits, with what was taken for typing errors in the question."""

    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """One value of a filter: ``value`` is what the parameter takes, ``label`` what the reader sees."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPoint:
    """A project on a map, in degrees; ``available`` units of its live offers that meet the question."""

    ref: str
    title: str
    type: str
    latitude: float
    longitude: float
    available: int
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """How a question could go on.

    ``value`` is what the filter of that kind takes: a project's ``ref``, a country's code, a type, a methodology's
    number; for a ``word`` it is the whole question with the word in it. ``rest``: the words that stay in the question
    beside a filter. ``count``: how many projects all of that gives.
    """

    kind: Literal["project", "country", "type", "methodology", "word"]
    label: str
    value: str
    count: int
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """What to take away from a question without answers: the filter ``name``, or the word ``value`` where it is ``q``.

    ``value`` is what was asked for, as parameters have it; ``query`` the rest of it, ``count`` the answers to that.
    """

    name: str
    value: str
    query: ProjectQuery
    count: int
