"""What templates need to draw on the world map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from creditstore_site.world_map import Spot, Window, to_map, window_around, window_over

register = template.Library()

#: A point is shown within a fifth of the world's width: its country and its neighbours.
_ZOOM = 5
_SHAPE = 1.6
#: The width of a picture with several points in its own units; css/map.css counts in these.
VIEW = 1000


@dataclass(frozen=True, slots=True)
class MapPointView:
    """One point and the part of the map around it; ``radius`` of its dot in map units, ``place`` in words."""

    window: Window
    spot: Spot
    radius: float
    place: str


@register.simple_tag
def map_point(latitude: Decimal | float, longitude: Decimal | float) -> MapPointView:
    """The view of one place, given in degrees."""
    spot = to_map(float(latitude), float(longitude))
    window = window_around(spot, zoom=_ZOOM, shape=_SHAPE)
    return MapPointView(window=window, spot=spot, radius=window.width / 64, place=coordinates(latitude, longitude))


@dataclass(frozen=True, slots=True)
class MapMark:
    """One numbered point, in units of the picture, as texts with a point whatever the language."""

    x: str
    y: str
    title: str


@dataclass(frozen=True, slots=True)
class MapPointsView:
    """Several points and the part of the map that holds them; the picture is ``width`` units wide on any screen."""

    width: int
    height: str
    transform: str
    marks: Sequence[MapMark]


@register.simple_tag
def map_points(points: Sequence[Mapping[str, Any]]) -> MapPointsView:
    """The view of several places, each with ``latitude`` and ``longitude`` in degrees and a ``title``."""
    spots = [to_map(float(point["latitude"]), float(point["longitude"])) for point in points]
    window = window_over(spots, zoom=_ZOOM, shape=_SHAPE)
    scale = VIEW / window.width
    return MapPointsView(
        width=VIEW,
        height=f"{window.height * scale:.0f}",
        transform=window.transform(VIEW),
        marks=[
            MapMark(f"{(spot.x - window.x) * scale:.1f}", f"{(spot.y - window.y) * scale:.1f}", point["title"])
            for spot, point in zip(spots, points, strict=True)
        ],
    )


@register.simple_tag
def coordinates(latitude: Decimal | float, longitude: Decimal | float) -> str:
    """``12.97° N, 77.59° E``: a place in words, to a hundredth of a degree."""
    north = _("%(degrees)s° N") if latitude >= 0 else _("%(degrees)s° S")
    east = _("%(degrees)s° E") if longitude >= 0 else _("%(degrees)s° W")
    words = [
        text % {"degrees": number_format(abs(round(Decimal(value), 2)), decimal_pos=2)}
        for text, value in ((north, latitude), (east, longitude))
    ]
    return ", ".join(words)
