"""Projects as points of a map."""

from __future__ import annotations

from creditstore.catalogue.index import Index
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question
from creditstore.catalogue.results import MapPoint
from creditstore.catalogue.statements import Sql, allowed, has_words, in_dimensions, joined, offered, rows_of, where


def points_on_map(*, query: ProjectQuery, question: Question, index: Index) -> list[MapPoint]:
    """Every project that answers the question and whose place is known, by reference, in one statement."""
    conditions = [
        has_words(question),
        *in_dimensions(allowed(query, index=index), table="found"),
        Sql("found.latitude IS NOT NULL"),
    ]
    join = "JOIN" if query.asks_for_offers else "LEFT JOIN"
    statement = joined(
        "",
        [
            Sql("WITH offered AS MATERIALIZED ("),
            offered(query, "available"),
            Sql(
                ") SELECT found.ref, found.title, found.technology, found.latitude::float, found.longitude::float,"
                " coalesce(offered.available, 0), found.place FROM creditstore_catalogue_searchrow AS found"
                f" {join} offered USING (project_id)"
            ),
            where(conditions),
            Sql(" ORDER BY found.ref"),
        ],
    )
    return [
        MapPoint(
            ref=ref,
            title=title,
            type="".join(index.facts(technology)["type"]),
            latitude=latitude,
            longitude=longitude,
            available=available,
            countries=tuple(index.facts(place)["country"]),
        )
        for ref, title, technology, latitude, longitude, available, place in rows_of(statement)
    ]
