"""Writing the search tables from the facts: one function, called by the import and whenever staff change facts."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from creditstore.catalogue.goals import inferred_goals
from creditstore.catalogue.lexemes import tsvector
from creditstore.catalogue.models import DIMENSIONS, Benefit, Project, SearchRow, SearchValue, row_columns
from creditstore.catalogue.words import folded_words

_PARTIES: Final = Path(__file__).parent / "facts" / "parties.csv"


def refresh_search(*, refs: Collection[str] | None = None) -> None:
    """Bring the search up to date with the facts of these projects, or of all of them; takes part in the transaction.

    Projects that are gone leave the search. Concurrent calls wait for one another until the first has committed.
    Searches go on undisturbed and see all of it or nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        new_stamp()
        stale, projects = SearchRow.objects.all(), Project.objects.order_by("pk")
        if refs is not None:
            # By the project as well: its row may still have the reference that it had before.
            stale = stale.filter(Q(ref__in=list(refs)) | Q(project__ref__in=list(refs)))
            projects = projects.filter(ref__in=list(refs))
        words_before = None if refs is None else list(stale.order_by("pk").values_list("pk", "lexemes"))
        stale.delete()
        values = _Values()
        goals = _entered_goals(projects.values("pk") if refs is not None else None)
        # All rows before the first is written: while it copies, the connection can do nothing else.
        rows = [_row(project, goals=goals.get(project.pk, ()), values=values) for project in projects]
        columns = ", ".join(f'"{column}"' for column in row_columns())
        with cursor.copy(f"COPY creditstore_catalogue_searchrow ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        words_now = SearchRow.objects.filter(pk__in=projects.values("pk")).order_by("pk").values_list("pk", "lexemes")
        # Of a project that was deleted the row went before; its words are still to go.
        if words_before is None or len(words_before) < len(set(refs or ())) or words_before != list(words_now):
            _collect_words(cursor)
        if refs is None:
            _forget_unused_values(cursor)
            # What the planner knows of a freshly filled table is nothing, until somebody tells it.
            cursor.execute("ANALYZE creditstore_catalogue_searchrow")


def new_stamp() -> None:
    """Tell every process to read the small tables afresh; waits for whoever did so last to commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO creditstore_catalogue_searchstamp (id, stamp) VALUES (1, gen_random_uuid())"
            " ON CONFLICT (id) DO UPDATE SET stamp = gen_random_uuid()"
        )


def _entered_goals(projects: Any | None) -> dict[int, set[int]]:
    benefits = Benefit.objects.exclude(goal=None)
    if projects is not None:
        benefits = benefits.filter(project__in=projects)
    found: dict[int, set[int]] = {}
    for project, goal in benefits.order_by().values_list("project_id", "goal"):
        found.setdefault(project, set()).add(goal or 0)
    return found


class _Values:
    """Numbers of the values of dimensions: those that the table has, and new ones for what it has not."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {
            (dimension, _key(facts)): number
            for number, dimension, facts in SearchValue.objects.values_list("pk", "dimension", "facts")
        }

    def number(self, dimension: str, facts: Mapping[str, Any]) -> int:
        place = (dimension, _key(facts))
        if place not in self._numbers:
            self._numbers[place] = SearchValue.objects.create(dimension=dimension, facts=facts).pk
        return self._numbers[place]


def _key(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, sort_keys=True)


def dimension_facts(project: Project, *, goals: Collection[int] = ()) -> dict[str, dict[str, Any]]:
    """The facts of a project that filters look at, by dimension. ``goals``: those entered with a source."""
    inferred = inferred_goals(project_type=project.project_type, project_subtype=project.project_subtype)
    return {
        "place": {
            "country": project.country_codes,
            "region": [project.region] if project.region else [],
            "ldc": ["1"] if project.least_developed else [],
        },
        "technology": {
            "type": [project.project_type] if project.project_type else [],
            "subtype": project.project_subtype,
            "sdg": sorted({*goals, *inferred}),
        },
        "method": {"methodology": project.methodologies, "scope": project.scopes},
        "shape": {
            "scale": [project.scale] if project.scale else [],
            "activity": [project.activity_type],
        },
    }


def _row(project: Project, *, goals: Collection[int], values: _Values) -> tuple[Any, ...]:
    facts = dimension_facts(project, goals=goals)
    regions = [name for code in project.country_codes for name in regions_of().get(code, ())]
    lexemes = tsvector(
        ref=project.ref,
        title=project.title,
        country_codes=project.country_codes,
        methodologies=project.methodologies,
        project_type=project.project_type,
        project_subtype=project.project_subtype,
        other_texts=[project.subnational_region, project.region, *regions],
    )
    numbers = [values.number(dimension, facts[dimension]) for dimension in DIMENSIONS]
    return (
        project.pk,
        project.ref,
        project.title,
        f" {' '.join(folded_words(project.title))} ",
        lexemes,
        *numbers,
        project.registered_on,
        project.installed_capacity_mw,
        project.latitude,
        project.longitude,
    )


@lru_cache(maxsize=1)
def regions_of() -> Mapping[str, tuple[str, str]]:
    """Continent and region of each country, from the shipped table of Parties."""

    def rows() -> Iterator[tuple[str, tuple[str, str]]]:
        with _PARTIES.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["iso2"], (row["region"], row["un_subregion"])

    return dict(rows())


def _collect_words(cursor: Any) -> None:
    cursor.execute("DELETE FROM creditstore_catalogue_searchword")
    # Marks such as ``country:br`` are no words.
    cursor.execute(
        "INSERT INTO creditstore_catalogue_searchword (word, projects) SELECT word, ndoc"
        " FROM ts_stat('SELECT lexemes FROM creditstore_catalogue_searchrow') WHERE strpos(word, ':') = 0"
    )


def _forget_unused_values(cursor: Any) -> None:
    used = " UNION ".join(f"SELECT {dimension} FROM creditstore_catalogue_searchrow" for dimension in DIMENSIONS)
    cursor.execute(f"DELETE FROM creditstore_catalogue_searchvalue WHERE id NOT IN ({used})")
