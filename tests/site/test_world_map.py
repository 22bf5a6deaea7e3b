"""The world map: the projection against published values, and the picture itself."""

from __future__ import annotations

import gzip
import math
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from creditstore_site.world_map import (
    HEIGHT,
    WIDTH,
    WORLD,
    Spot,
    Window,
    equal_earth,
    equal_earth_inverse,
    to_map,
    to_place,
    window_around,
)

IMG = Path(__file__).resolve().parents[2] / "site/creditstore_site/static/creditstore/img"


@pytest.mark.parametrize(
    ("latitude", "longitude", "metres"),
    [
        # The outermost points as PROJ's own tests of `eqearth` give them, on the sphere as large as WGS 84.
        (0.0, 180.0, (17243959.06, 0.0)),
        (90.0, 0.0, (0.0, 8392927.60)),
        (90.0, 180.0, (10216474.79, 8392927.60)),
        (-90.0, -180.0, (-10216474.79, -8392927.60)),
    ],
)
def test_the_projection_agrees_with_published_values(
    latitude: float, longitude: float, metres: tuple[float, float]
) -> None:
    x, y = equal_earth(latitude, longitude)
    assert (x * 6371007.1809, y * 6371007.1809) == pytest.approx(metres, abs=0.02)


@given(st.floats(-85, 83), st.floats(-170, 170))
def test_equal_areas_stay_equal(latitude: float, longitude: float) -> None:
    """The determinant of the derivative is the sphere's own, cos(latitude), everywhere."""
    step = 1e-4
    (x1, y1), (x2, y2) = equal_earth(latitude, longitude), equal_earth(latitude + step, longitude)
    x3, y3 = equal_earth(latitude, longitude + step)
    size = abs((x3 - x1) * (y2 - y1) - (x2 - x1) * (y3 - y1)) / math.radians(step) ** 2
    assert size == pytest.approx(math.cos(math.radians(latitude + step / 2)), rel=2e-3)


@given(st.floats(-89.9, 89.9), st.floats(-180, 180))
def test_the_inverse_leads_back(latitude: float, longitude: float) -> None:
    assert equal_earth_inverse(*equal_earth(latitude, longitude)) == pytest.approx((latitude, longitude), abs=1e-6)


@given(st.floats(-56.9, 83.9), st.floats(-180, 180))
def test_every_place_lies_on_the_map_and_is_found_again(latitude: float, longitude: float) -> None:
    spot = to_map(latitude, longitude)
    assert 0 <= spot.x <= WIDTH
    assert 0 <= spot.y <= HEIGHT
    back, around = to_place(spot)
    assert back == pytest.approx(latitude, abs=1e-6)
    assert math.cos(math.radians(around - longitude)) == pytest.approx(1, abs=1e-9)


@given(st.floats(-500, 5000), st.floats(-500, 3000), st.floats(0.5, 64), st.floats(0.5, 3))
def test_a_window_stays_on_the_map(x: float, y: float, zoom: float, shape: float) -> None:
    window = window_around(Spot(x, y), zoom=zoom, shape=shape)
    assert -1e-6 <= window.x <= window.x + window.width <= WIDTH + 1e-6
    assert -1e-6 <= window.y <= window.y + window.height <= HEIGHT + 1e-6


def test_the_whole_map_is_the_window_without_enlargement() -> None:
    window = window_around(Spot(0, 0), zoom=1)
    assert [window.x, window.y, window.width, window.height] == pytest.approx([0, 0, WORLD.width, WORLD.height])


def test_a_border_belongs_to_one_window() -> None:
    left, right = Window(0, 0, 10, 10), Window(10, 0, 10, 10)
    assert [window.holds(Spot(10, 3)) for window in (left, right)] == [False, True]


def _rings() -> list[list[tuple[float, float]]]:
    svg = (IMG / "world-map.svg").read_text(encoding="utf-8")
    land = re.search(r'id="land"[^>]* d="([^"]+)"', svg)
    assert land is not None
    rings = []
    for path in land[1].split("M")[1:]:
        start, _, steps = path.rstrip("z").partition("l")
        numbers = [int(number) for number in re.findall(r"-?\d+", f"{start} {steps}")]
        x = y = 0
        ring = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((float(x), float(y)))
        rings.append(ring)
    return rings


def _on_land(latitude: float, longitude: float) -> bool:
    spot = to_map(latitude, longitude)
    inside = False
    for ring in _rings():
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y1 > spot.y) != (y2 > spot.y) and spot.x < (x2 - x1) * (spot.y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


@pytest.mark.parametrize(
    ("latitude", "longitude", "land"),
    [
        (12.97, 77.59, True),  # Bengaluru
        (-23.55, -46.63, True),  # São Paulo
        (-1.29, 36.82, True),  # Nairobi
        (66.5, 179.0, True),  # Chukotka, beyond the antimeridian's other side
        (66.5, -172.0, True),
        (-20.28, 57.55, True),  # Mauritius, a small island
        (0.0, -30.0, False),
        (15.0, 65.0, False),  # Arabian Sea
        (42.0, 50.5, False),  # Caspian Sea
        (-45.0, 100.0, False),
    ],
)
def test_the_picture_and_the_projection_belong_together(latitude: float, longitude: float, land: bool) -> None:
    assert _on_land(latitude, longitude) is land


def test_the_picture_is_light_and_names_its_source() -> None:
    picture = (IMG / "world-map.svg").read_bytes()
    assert len(gzip.compress(picture)) < 30_000
    assert b"Natural Earth" in picture
    assert "public domain" in (IMG / "world-map.md").read_text(encoding="utf-8")


def test_a_point_says_in_words_where_it_is() -> None:
    with override("en"):
        html = render_to_string(
            "components/map_point.html", {"latitude": -23.55, "longitude": 77.5946, "title": "A & B"}
        )
    assert "Map: A &amp; B at 23.55° S, 77.59° E" in html
    assert html.count("23.55° S, 77.59° E") == 2
    assert "endorsement" in html


def test_nothing_is_shown_of_an_unknown_place() -> None:
    assert render_to_string("components/map_point.html", {"latitude": None, "longitude": 1.0}).strip() == ""
