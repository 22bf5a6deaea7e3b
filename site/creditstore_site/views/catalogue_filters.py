"""How the catalogue's filters are shown: in groups, the commonest values first, the chosen ones always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from creditstore.catalogue.search import FacetValue, ProjectQuery, ways_out
from creditstore_site.fragments import remembered

#: Values of one filter on the catalogue page; the others stand on a page of their own, so that this one stays light.
LISTED: Final = 6
#: Ways out of an empty answer that are named.
MOST_WAYS_OUT: Final = 5
#: Groups that stand open from the start, in the order of the page.
_OPEN: Final = ("country", "type")
_FOLDED: Final = ("region", "sdg", "methodology", "scope", "seller", "period", "scale", "activity")
#: Yes or no, with a single value counted.
SWITCHES: Final = ("ldc",)
NAMES: Final = (*_OPEN, *_FOLDED, *SWITCHES)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterGroup:
    """One filter of the page. ``total`` is how many values there are; ``chosen`` how many of them are selected.

    ``all_url``: the page with all values, empty where all are here. ``switch``: the one value of another filter, which
    is on or off and stands among these.
    """

    name: str
    title: str
    values: tuple[FacetValue, ...]
    total: int
    chosen: int
    open: bool
    all_url: str
    switch: FacetValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What narrows the list: the parameter, its value ("" takes the whole parameter away), and words for it."""

    name: str
    value: str
    label: str


@remembered
def titles() -> Mapping[str, str]:
    """What each filter is called."""
    return {
        "country": _("Country"),
        "region": _("Region"),
        "ldc": _("Least developed countries"),
        "type": _("Technology"),
        "scope": _("Sectoral scope"),
        "methodology": _("Methodology"),
        "sdg": _("Development goal"),
        "seller": _("Seller"),
        "period": _("Commitment period"),
        "scale": _("Scale"),
        "activity": _("Kind of activity"),
    }


@remembered
def sorts() -> tuple[tuple[str, str], ...]:
    """The orders, with their words."""
    return (
        ("relevance", _("Best match")),
        ("price", _("Lowest price")),
        ("-price", _("Highest price")),
        ("-vintage", _("Newest vintage")),
        ("vintage", _("Oldest vintage")),
        ("-available", _("Most available")),
        ("title", _("Title")),
    )


def filter_groups(counted: Mapping[str, Sequence[FacetValue]], *, kept: str) -> list[FilterGroup]:
    """The groups that have anything to choose from, open ones first; one that is in use stands open as well.

    Parameters: ``kept``, the question as it stands in addresses.
    """
    found, words = [], titles()
    for name in (*_OPEN, *_FOLDED):
        if values := counted.get(name):
            shown = tuple(value for place, value in enumerate(values) if place < LISTED or value.selected)
            chosen = sum(value.selected for value in values)
            found.append(
                FilterGroup(
                    name=name,
                    title=words[name],
                    values=shown,
                    total=len(values),
                    chosen=chosen,
                    open=name in _OPEN or chosen > 0,
                    all_url=_all_url(name) + kept if len(values) > len(shown) else "",
                    switch=_switch(counted) if name == "country" else None,
                )
            )
    return found


@remembered
def _all_url(name: str) -> str:
    return reverse("store:filter", args=[name])


def _switch(counted: Mapping[str, Sequence[FacetValue]]) -> FacetValue | None:
    return next((value for name in SWITCHES for value in counted.get(name, ()) if value.value == "1"), None)


def chosen_filters(query: ProjectQuery, counted: Mapping[str, Sequence[FacetValue]]) -> list[Chosen]:
    """Everything that narrows the list, so that each can be taken away again."""
    found = [
        Chosen(name=name, value=value.value, label=titles()[name] if name in SWITCHES else value.label)
        for name, values in counted.items()
        for value in values
        if value.selected and name in NAMES
    ]
    if query.q:
        found.insert(0, Chosen(name="q", value="", label=f"“{query.q}”"))
    singles = {
        "vintage_from": _("Vintage from %(value)s"),
        "vintage_to": _("Vintage to %(value)s"),
        "price_max": _("At most %(value)s per tonne"),
        "available_min": _("At least %(value)s t available"),
    }
    for name, words in singles.items():
        if value := getattr(query, name):
            found.append(Chosen(name=name, value="", label=words % {"value": value}))
    return found


def ways_out_of(
    query: ProjectQuery, counted: Mapping[str, Sequence[FacetValue]], *, kept: QueryDict
) -> list[tuple[str, str, int]]:
    """For a question without answers: what to leave out, in words; where that leads; how many projects are there.

    Parameters: ``kept``, the address's parameters, of which those that are not part of the question stay.
    """
    labels: dict[str, list[str]] = {}
    for one in chosen_filters(query, counted):
        labels.setdefault(one.name, []).append(one.label)
    besides = [(name, value) for name in ("view", "compare") for value in kept.getlist(name) if value]
    return [
        (
            f"“{way.value}”" if way.name == "q" else ", ".join(labels.get(way.name, [way.value])),
            "?" + urlencode([*way.query.to_params(), *besides]),
            way.count,
        )
        for way in ways_out(query=query)[:MOST_WAYS_OUT]
    ]
