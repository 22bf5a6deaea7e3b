"""Pieces of the catalogue page. Each question has its own words and counts: they are put into holes of templates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext

from creditstore.catalogue.search import Correction, FacetValue, ProjectHit, ProjectQuery, SearchPage
from creditstore.core.written import grouped, grouping
from creditstore_site.fragments import filled, remembered
from creditstore_site.project_card import project_card
from creditstore_site.templatetags.store_tags import query_without
from creditstore_site.views.catalogue_filters import Chosen, FilterGroup

register = template.Library()

_LONGEST_LABEL: Final = 48
_LONGEST_CHOSEN: Final = 60


@register.simple_tag
def catalogue_form(query: ProjectQuery) -> SafeString:
    """The search field."""
    return filled("store/catalogue_form.html", {"q": query.q})


@register.simple_tag
def catalogue_filters(
    query: ProjectQuery,
    page: SearchPage,
    groups: Sequence[FilterGroup],
    counted: Mapping[str, Sequence[FacetValue]],
    chosen: Sequence[Chosen],
) -> SafeString:
    """All filters with their counts. Parameters: ``chosen``, what narrows the list."""
    years = tuple((name, tuple(counted.get(name, ()))) for name in ("vintage_from", "vintage_to"))
    make = _filters if chosen else _filters_of_all
    return make(query, page.total, tuple(groups), years, chosen=bool(chosen))


def _filters(
    query: ProjectQuery,
    total: int,
    groups: tuple[FilterGroup, ...],
    years: tuple[tuple[str, tuple[FacetValue, ...]], ...],
    *,
    chosen: bool,
) -> SafeString:
    grouped = grouping()
    show = ngettext("Show %(total)s project", "Show %(total)s projects", total) % {"total": grouped(total)}
    offers = {
        "currency": query.currency,
        "price_max": str(query.price_max.decimal) if query.price_max else "",
        "available_min": "" if query.available_min is None else str(query.available_min),
        **{name: _options(values, grouped) for name, values in years},
    }
    filters = [filled("store/catalogue_offer_filters.html", offers), *(_group(group, grouped) for group in groups)]
    holes = {"filters": mark_safe("".join(filters)), "show": show}  # noqa: S308  (all of it templates)
    return filled("store/catalogue_filters.html", holes, chosen=chosen)


#: Most readers see the filters of the whole catalogue; those of a question are seldom the same twice.
_filters_of_all = remembered(_filters)


def _group(group: FilterGroup, grouped: Callable[[int], str]) -> str:
    holes = {
        "values": _ticks(group, grouped),
        "switch": grouped(group.switch.count) if group.switch else "",
        "all_url": group.all_url,
        "total": grouped(group.total),
    }
    return filled(
        "store/catalogue_filter_group.html",
        holes,
        name=group.name,
        title=group.title,
        open=group.open,
        chosen=group.chosen,
        switched=group.switch is not None and group.switch.selected,
    )


def _ticks(group: FilterGroup, grouped: Callable[[int], str]) -> SafeString:
    ticks = [
        f"{_tick(group.name, value.value, value.label, value.selected)}{grouped(value.count)}</span></label></li>"
        for value in group.values
    ]
    return mark_safe("".join(ticks))  # noqa: S308  (escaped in _tick)


@lru_cache(maxsize=8192)
def _tick(name: str, value: str, label: str, selected: bool) -> str:
    shortened = label if len(label) <= _LONGEST_LABEL else Truncator(label).chars(_LONGEST_LABEL)
    return (
        f'<li><label class="filter"><input type="checkbox" form="find" name="{name}" value="{escape(value)}"'
        f'{" checked" if selected else ""}> <span>{escape(shortened)}</span> <span class="filter__count">'
    )


def _options(values: Iterable[FacetValue], grouped: Callable[[int], str]) -> SafeString:
    """Years to choose from."""
    options = [
        f'<option value="{value.value}"{" selected" if value.selected else ""}>{value.label}'
        f" ({grouped(value.count)})</option>"
        for value in values
    ]
    return mark_safe("".join(options))  # noqa: S308  (years, that were read as numbers)


@register.simple_tag
def catalogue_bar(
    query: ProjectQuery,
    page: SearchPage,
    *,
    view: str,
    list_url: str,
    map_url: str,
    sorts: tuple[tuple[str, str], ...],
    chosen: Sequence[Chosen],
) -> SafeString:
    """What stands above the results."""
    projects = ngettext("%(total)s project", "%(total)s projects", page.total) % {"total": grouped(page.total)}
    holes = {"projects": projects, "list_url": list_url, "map_url": map_url}
    return filled("store/catalogue_bar.html", holes, view=view, sort=query.sort, sorts=sorts, chosen=len(chosen))


@register.simple_tag
def catalogue_corrected(corrections: Iterable[Correction]) -> SafeString:
    """What was taken for typing errors."""
    told = [filled("store/catalogue_corrected.html", {"typed": one.typed, "meant": one.meant}) for one in corrections]
    return mark_safe("".join(told))  # noqa: S308  (all of it templates)


@register.simple_tag(takes_context=True)
def catalogue_chosen(context: dict[str, Any], chosen: Iterable[Chosen], page_url: str) -> SafeString:
    """What narrows the list, each with a link that takes it away."""
    links = [
        filled(
            "store/catalogue_chosen_one.html",
            {
                "url": query_without(context, one.name, one.value or None),
                "label": Truncator(one.label).chars(_LONGEST_CHOSEN),
            },
        )
        for one in chosen
    ]
    holes = {"filters": mark_safe("".join(links)), "page_url": page_url}  # noqa: S308  (all of it templates)
    return filled("store/catalogue_chosen.html", holes)


@register.simple_tag
def catalogue_list(page: SearchPage, picked: Collection[str], chosen: Sequence[Chosen]) -> SafeString:
    """The projects. Parameters: ``picked``, references that are ticked; ``chosen``, what narrows the list."""
    make = _list if chosen or picked else _list_of_all
    return make(tuple(page.items), frozenset(picked))


def _list(hits: tuple[ProjectHit, ...], picked: frozenset[str]) -> SafeString:
    language = get_language()
    cards = [
        f"<li>{project_card.in_language(language, hit, heading='h2', tick=True, picked=hit.ref in picked)}</li>"
        for hit in hits
    ]
    return mark_safe(f'<ul class="results">{"".join(cards)}</ul>')  # noqa: S308  (cards are markup)


_list_of_all = remembered(_list)


@register.simple_tag
def catalogue_foot(page: SearchPage, next_url: str, first_url: str) -> SafeString:
    """What stands below the list."""
    holes = {
        "shown": str(len(page.items)),
        "projects": grouped(page.total),
        "next_url": next_url,
        "first_url": first_url,
    }
    return filled("store/catalogue_foot.html", holes)
