"""What a list of pages shows: its pages by kind, topic and year, twenty at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce, ExtractYear, TruncDate
from django.http import QueryDict
from wagtail.models import Page

from creditstore_content.pages.topics import Topic

PER_PAGE: Final = 20
#: The names of the filters, in the order in which an address states them.
FILTERS: Final = ("kind", "topic", "year")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, and how many pages it would show beside the other filters."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. ``query`` is the filters as an address states them, without the page's number."""

    entries: Sequence[Page]
    total: int
    kinds: tuple[Choice, ...]
    topics: tuple[Choice, ...]
    years: tuple[Choice, ...]
    filtered: bool
    query: str
    number: int
    pages: int

    @property
    def next_address(self) -> str:
        """The query string of the next page of the same list; empty on the last."""
        return "?" + "&".join(filter(None, (self.query, f"page={self.number + 1}"))) if self.number < self.pages else ""

    @property
    def first_address(self) -> str:
        """The address of the first page of the same list, from here; empty there."""
        return (f"?{self.query}" if self.query else "./") if self.number > 1 else ""

    @property
    def has_choices(self) -> bool:
        """Whether there is anything to filter by."""
        return bool(self.topics) or len(self.kinds) > 1 or len(self.years) > 1


def tidy(parameters: QueryDict) -> str | None:
    """The address without what a form sends for filters that were left open; None if there is nothing to tidy."""
    if all(parameters.getlist(name) != [""] for name in FILTERS):
        return None
    kept = [(name, value) for name, values in parameters.lists() for value in values if value or name not in FILTERS]
    return urlencode(kept)


def list_pages(*, below: Page, parameters: QueryDict, in_tree_order: bool) -> Listing:
    """The public pages directly below ``below`` that meet the filters of the address.

    A value that no page has finds nothing. A page number that is none, or too high, is the nearest there is.
    """
    # PostgreSQL takes no NUL; no value has one.
    chosen = {name: parameters.get(name, "").replace("\x00", "\ufffd") for name in FILTERS}
    whole: QuerySet[Page] = below.get_children().live().public().annotate(day=_day())

    def narrowed(*, without: str = "") -> QuerySet[Page]:
        found = whole
        for name, value in chosen.items():
            if value and name != without:
                found = _NARROW[name](found, value)
        return found

    found = narrowed()
    order = ["path"] if in_tree_order else ["-day", "-first_published_at", "title"]
    paginator = Paginator(found.order_by(*order), PER_PAGE)
    page = paginator.get_page(parameters.get("page"))
    shown: Any = page.object_list
    return Listing(
        entries=list(shown.specific()),
        total=paginator.count,
        kinds=_kinds(narrowed(without="kind"), chosen["kind"]),
        topics=_topics(narrowed(without="topic"), chosen["topic"]),
        years=_years(narrowed(without="year"), chosen["year"]),
        filtered=any(chosen.values()),
        query=urlencode([(name, value) for name, value in chosen.items() if value]),
        number=page.number,
        pages=paginator.num_pages,
    )


def _day() -> Any:
    """A story's own date, else the day on which the page was first published."""
    return Coalesce(F("storypage__date"), TruncDate("first_published_at"))


def _of_kind(found: QuerySet[Page], kind: str) -> QuerySet[Page]:
    return found.filter(content_type__app_label="creditstore_pages", content_type__model=kind)


def _of_topic(found: QuerySet[Page], slug: str) -> QuerySet[Page]:
    return found.filter(pk__in=Page.objects.filter(page_topics__topic__slug=slug).values("pk"))


def _of_year(found: QuerySet[Page], year: str) -> QuerySet[Page]:
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and year != "0000"):
        return found.none()
    return found.filter(day__range=(date(int(year), 1, 1), date(int(year), 12, 31)))


_NARROW: Final[dict[str, Callable[[QuerySet[Page], str], QuerySet[Page]]]] = {
    "kind": _of_kind,
    "topic": _of_topic,
    "year": _of_year,
}


def _kinds(found: QuerySet[Page], selected: str) -> tuple[Choice, ...]:
    rows = found.order_by().values_list("content_type").annotate(Count("pk"))
    choices = []
    for key, count in rows:
        kind = ContentType.objects.get_for_id(key)
        name = getattr(kind.model_class(), "kind_name", kind.name)
        choices.append(Choice(value=kind.model, label=str(name), count=count, selected=kind.model == selected))
    return _with_selected(sorted(choices, key=lambda choice: choice.label), selected)


def _topics(found: QuerySet[Page], selected: str) -> tuple[Choice, ...]:
    rows = (
        Topic.objects.filter(page_topics__page__in=found.order_by().values("pk"))
        .values_list("slug", "name")
        .annotate(Count("page_topics__page", distinct=True))
        .order_by("name")
    )
    choices = [Choice(value=slug, label=name, count=count, selected=slug == selected) for slug, name, count in rows]
    return _with_selected(choices, selected)


def _years(found: QuerySet[Page], selected: str) -> tuple[Choice, ...]:
    rows = found.order_by().values_list(ExtractYear("day")).annotate(Count("pk"))
    years = sorted(((year, count) for year, count in rows if year), reverse=True)
    choices = [
        Choice(value=f"{year:04}", label=f"{year:04}", count=count, selected=f"{year:04}" == selected)
        for year, count in years
    ]
    return _with_selected(choices, selected)


def _with_selected(choices: Sequence[Choice], selected: str) -> tuple[Choice, ...]:
    """What was asked for stays in sight when no page has it, so that it can be taken away."""
    if not selected or any(choice.selected for choice in choices):
        return tuple(choices)
    return (*choices, Choice(value=selected, label=selected[:60], count=0, selected=True))
