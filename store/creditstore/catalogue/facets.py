"""How many projects each value of each filter would leave: one query over all filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db.models import CharField, Count, F, Func, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language

from creditstore.catalogue import labels
from creditstore.catalogue.matching import matching_projects, offers_for_sale, text_condition
from creditstore.catalogue.models import Methodology, Project, SectoralScope
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.results import FacetValue
from creditstore.core.countries import country_name

#: The filters counted, with the column that each looks at; an array's elements count one by one.
_ARRAYS: Final = {"country": "country_codes", "scope": "scopes", "methodology": "methodologies"}
_COLUMNS: Final = {"type": "project_type", "scale": "scale", "activity": "activity_type"}
NAMES: Final = ("country", "type", "scope", "methodology", "period", "scale", "activity")


def facets(*, query: ProjectQuery) -> dict[str, list[FacetValue]]:
    """Counts for the filters in ``NAMES``, most projects first; selected values are listed even if nothing is left.

    A filter ignores its own selection, so that its counts say what choosing another value would give. ``period`` counts
    projects that have something of that period for sale.
    """
    words = text_condition(query)
    counted: QuerySet[Any, Any] | None = None
    for name in NAMES:
        rows = _rows(name, matching_projects(query.without(name), words=words), query.without(name))
        counted = rows if counted is None else counted.union(rows, all=True)
    counts: dict[str, dict[str, int]] = {name: {} for name in NAMES}
    for name, value, count in counted or ():
        if value:
            counts[name][value] = count
    label_of = _labels()
    answer = {}
    for name in NAMES:
        selected = [str(value) for value in getattr(query, name)]
        for value in selected:
            counts[name].setdefault(value, 0)
        values = [
            FacetValue(value=value, label=label_of[name](value), count=count, selected=value in selected)
            for value, count in counts[name].items()
        ]
        answer[name] = sorted(values, key=lambda one: (-one.count, one.label, one.value))
    return answer


def _rows(name: str, projects: QuerySet[Project], query: ProjectQuery) -> QuerySet[Any, Any]:
    """Name, value and count, of one filter."""
    if name == "period":
        return (
            offers_for_sale(query)
            .filter(issuance__project__in=projects.values("pk"))
            .annotate(facet=Value(name), value=Cast("issuance__commitment_period", CharField()))
            .values("facet", "value")
            .annotate(n=Count("issuance__project", distinct=True))
            .values_list("facet", "value", "n")
        )
    value: Func = (
        Func(F(_ARRAYS[name]), function="unnest", output_field=CharField())
        if name in _ARRAYS
        else Cast(_COLUMNS[name], CharField())
    )
    return (
        projects.annotate(facet=Value(name), value=value)
        .values("facet", "value")
        .annotate(n=Count("pk"))
        .values_list("facet", "value", "n")
    )


def _labels() -> dict[str, Callable[[str], str]]:
    language = get_language() or "en"
    scopes = dict(SectoralScope.objects.values_list("code", "name"))
    titles = dict(Methodology.objects.exclude(title="").values_list("number", "title"))
    return {
        "country": lambda code: country_name(code, language),
        "type": labels.project_type,
        "scope": lambda code: f"{code} {scopes.get(code, '')}".strip(),
        "methodology": lambda number: f"{number} {titles.get(number, '')}".strip(),
        "period": lambda number: labels.period(int(number)),
        "scale": labels.scale,
        "activity": labels.activity,
    }
