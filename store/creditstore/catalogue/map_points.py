"""Projects as points of a map."""

from __future__ import annotations

from creditstore.catalogue.live_offers import LiveOffers
from creditstore.catalogue.matching import answering
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question
from creditstore.catalogue.results import MapPoint
from creditstore.catalogue.sets import places_in
from creditstore.catalogue.statements import rows_of

_STATEMENT = (
    "SELECT found.project_id, found.ref, found.title, found.technology, found.latitude::float, found.longitude::float,"
    " found.place FROM creditstore_catalogue_searchrow AS found"
    " WHERE found.project_id = ANY(%s::bigint[]) AND found.latitude IS NOT NULL ORDER BY found.ref"
)


def points_on_map(*, query: ProjectQuery, question: Question, live: LiveOffers) -> list[MapPoint]:
    """Every project that answers the question and whose place is known, by reference, in one statement."""
    index = live.index
    projects = [index.projects[place] for place in places_in(answering(query, question, live=live))]
    on_sale = live.meeting(query).on_sale(query.currency)
    points = []
    for project, ref, title, technology, latitude, longitude, place in rows_of(_STATEMENT, [projects]):
        sale = on_sale.get(index.places[project])
        points.append(
            MapPoint(
                ref=ref,
                title=title,
                type="".join(index.facts(technology)["type"]),
                latitude=latitude,
                longitude=longitude,
                available=sale.available if sale else 0,
                countries=tuple(index.facts(place)["country"]),
            )
        )
    return points
