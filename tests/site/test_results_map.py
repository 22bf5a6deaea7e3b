"""The results on the map: what is gathered, where marks lead, and that nothing is lost."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from creditstore.catalogue.models import Project
from creditstore.catalogue.search import MapPoint
from creditstore_site.map_clusters import COLUMNS, clusters, placed
from creditstore_site.views.results_map import DEEPEST, asked_place, results_map, short
from creditstore_site.world_map import WORLD, Spot, window_around
from support.visitor import Visitor, words

CATALOGUE = "/en/store/"
_PLACES = st.lists(st.tuples(st.floats(-56, 83), st.floats(-180, 180)), max_size=60)


def point(latitude: float, longitude: float, ref: str = "1", available: int = 0) -> MapPoint:
    return MapPoint(
        ref=ref, title=f"Project {ref}", type="Wind", latitude=latitude, longitude=longitude, available=available
    )


def points(places: list[tuple[float, float]]) -> list[MapPoint]:
    return [point(latitude, longitude, str(number)) for number, (latitude, longitude) in enumerate(places)]


@given(_PLACES, st.integers(0, DEEPEST), st.floats(0, 4000), st.floats(0, 1700))
def test_every_point_in_the_window_is_in_one_mark(
    places: list[tuple[float, float]], level: int, x: float, y: float
) -> None:
    window = window_around(Spot(x, y), zoom=2**level, shape=1.6)
    spots = placed(points(places))
    marks = clusters(spots, window=window)
    shown = sorted(one.ref for mark in marks for one in mark.points)
    assert shown == sorted(one.ref for spot, one in spots if window.holds(spot))


def test_neighbours_across_a_border_of_cells_are_one_mark() -> None:
    cell = WORLD.width / COLUMNS
    spots = [(Spot(5 * cell - 1, 500.0), point(0, 0, "1")), (Spot(5 * cell + 1, 500.0), point(0, 0, "2"))]
    assert [mark.count for mark in clusters(spots, window=WORLD)] == [2]


def test_a_single_project_leads_to_its_page_and_several_to_a_larger_map() -> None:
    params = QueryDict("view=map&type=Wind&cursor=abc")
    shown = results_map(
        points=[point(12, 77, "1"), point(12.1, 77.1, "2"), point(-20, -50, "3")],
        params=params,
        project_url="/p/{ref}/",
    )
    several, single = shown.marks
    assert (several.count, single.count, single.url) == (2, 1, "/p/3/")
    assert several.url.startswith("?view=map&type=Wind&map=12.0")
    assert "cursor" not in several.url
    assert shown.known == shown.here == 3


def test_the_map_without_a_place_holds_all_results_as_large_as_it_can() -> None:
    near = results_map(points=[point(12, 77, "1"), point(13, 78, "2")], params=QueryDict(""), project_url="{ref}")
    far = results_map(points=[point(-38, 176, "1"), point(20, -100, "2")], params=QueryDict(""), project_url="{ref}")
    assert (near.level, near.here) == (5, 2)
    assert (far.level, far.here) == (0, 2)


def test_projects_at_one_place_are_listed_at_the_deepest_level() -> None:
    same = [point(12, 77, str(number), available=number) for number in range(30)]
    shown = results_map(points=same, params=QueryDict(f"map=12,77,{DEEPEST}"), project_url="{ref}")
    assert shown.marks[0].url == "#map-list"
    assert [one.ref for one in shown.projects[:2]] == ["29", "28"]
    assert len(shown.projects) == 30


@pytest.mark.parametrize(
    "text",
    ["", "1", "95,0,1", "1,200,1", "1,2,9", "a,b,c", "1,2,3,4", "\u0663,\u0664,\u0665", "1e5,2,3", "-,-,1", "\0"],
)
def test_a_part_of_the_map_that_cannot_be_read_is_none(text: str) -> None:
    assert asked_place(text) is None


@pytest.mark.parametrize(("count", "text"), [(7, "7"), (999, "999"), (1000, "1.0k"), (1290, "1.2k"), (12_345, "12k")])
def test_numbers_fit_into_marks(count: int, text: str) -> None:
    assert short(count) == text


@pytest.mark.django_db
def test_the_page_says_how_many_places_are_known(visitor: Visitor) -> None:
    answer = visitor.get(CATALOGUE, {"view": "map"})
    known = Project.objects.exclude(latitude=None).count()
    assert answer.status_code == 200
    assert answer.context["map"].known == known
    assert f"{known:,} of {answer.context['page'].total:,} projects have a known place" in words(answer)
    body = answer.content.decode()
    assert body.count('class="mark ') == len(answer.context["map"].marks) > 0
    assert "style=" not in body


@pytest.mark.django_db
def test_the_numbers_of_the_picture_have_points_in_every_language(visitor: Visitor) -> None:
    body = visitor.get(CATALOGUE.replace("/en/", "/ar-xb/"), {"view": "map"}).content.decode()
    for number in body.split('cx="')[1:]:
        assert float(number.partition('"')[0]) >= 0
