"""The world map's geometry: where a place on Earth lies on ``img/world-map.svg``, and what part of it to show.

The projection is Equal Earth (Šavrič, Patterson and Jenny 2018): areas keep their proportions. Its middle is the
meridian 11° E, so that the map is cut in the Bering Strait and through no country. Map units are those of the picture:
``x`` from 0 to ``WIDTH``, ``y`` downwards from 0 to ``HEIGHT``; Antarctica is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_ROOT3: Final = math.sqrt(3)
#: Degrees: the meridian in the middle, and the parallels at the upper and the lower edge.
MIDDLE: Final = 11.0
NORTH: Final = 84.0
SOUTH: Final = -57.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of the map, in map units."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the map: its upper left corner and its size, in map units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def view_box(self) -> str:
        """The value of an SVG's ``viewBox``."""
        return f"{self.x:.1f} {self.y:.1f} {self.width:.1f} {self.height:.1f}"

    @property
    def centre(self) -> Spot:
        """The point in its middle."""
        return Spot(self.x + self.width / 2, self.y + self.height / 2)

    def transform(self, wide: float) -> str:
        """The value of an SVG's ``transform`` that shows this part in a picture of so many units' width."""
        return f"scale({wide / self.width:.5f}) translate({-self.x:.2f} {-self.y:.2f})"

    def holds(self, spot: Spot) -> bool:
        """Whether the point lies inside; of two windows side by side, exactly one holds a point on their border."""
        return self.x <= spot.x < self.x + self.width and self.y <= spot.y < self.y + self.height


def equal_earth(latitude: float, longitude: float) -> tuple[float, float]:
    """The projection itself, in radii of the Earth, around the meridian 0: eastwards, northwards. Takes degrees."""
    theta = math.asin(_ROOT3 / 2 * math.sin(math.radians(latitude)))
    x = 2 * _ROOT3 * math.radians(longitude) * math.cos(theta) / (3 * _slope(theta))
    return x, _northing(theta)


def equal_earth_inverse(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude in degrees of a point of the projection; one outside it gives the nearest latitude."""
    theta = max(-math.pi / 3, min(math.pi / 3, y / _A1))
    for _step in range(20):
        change = (_northing(theta) - y) / _slope(theta)
        theta = max(-math.pi / 3, min(math.pi / 3, theta - change))
        if abs(change) < 1e-12:
            break
    latitude = math.degrees(math.asin(max(-1.0, min(1.0, 2 * math.sin(theta) / _ROOT3))))
    return latitude, math.degrees(3 * x * _slope(theta) / (2 * _ROOT3 * math.cos(theta)))


def _northing(theta: float) -> float:
    return theta * (_A1 + theta**2 * (_A2 + theta**4 * (_A3 + _A4 * theta**2)))


def _slope(theta: float) -> float:
    """The derivative of ``_northing``."""
    return _A1 + 3 * _A2 * theta**2 + theta**6 * (7 * _A3 + 9 * _A4 * theta**2)


WIDTH: Final = 4000
_SCALE: Final = WIDTH / (2 * equal_earth(0, 180)[0])
_TOP: Final = equal_earth(NORTH, 0)[1]
HEIGHT: Final = math.ceil((_TOP - equal_earth(SOUTH, 0)[1]) * _SCALE)
#: How much larger than its points a window over them is.
_MARGIN: Final = 1.25
WORLD: Final = Window(0, 0, WIDTH, HEIGHT)


def to_map(latitude: float, longitude: float) -> Spot:
    """Where a place lies on the map. Parameters: degrees, north and east positive; longitudes repeat every 360.

    Places beyond the upper and lower edge are moved to it.
    """
    around = (longitude - MIDDLE + 180) % 360 - 180
    x, y = equal_earth(max(SOUTH, min(NORTH, latitude)), around)
    return Spot(WIDTH / 2 + x * _SCALE, (_TOP - y) * _SCALE)


def to_place(spot: Spot) -> tuple[float, float]:
    """Latitude and longitude in degrees (longitude from -180 to 180) of a point of the map."""
    latitude, around = equal_earth_inverse((spot.x - WIDTH / 2) / _SCALE, _TOP - spot.y / _SCALE)
    around = max(-180.0, min(180.0, around))
    return latitude, (around + MIDDLE + 180) % 360 - 180


def window_around(spot: Spot, *, zoom: float, shape: float = WIDTH / HEIGHT) -> Window:
    """The part of the map around a point, moved so far that it shows nothing beyond the map's edges.

    Parameters: ``zoom``, 1 for the whole width, 4 for a quarter of it; ``shape``, width divided by height.
    """
    width = WIDTH / max(1.0, zoom)
    height = min(width / shape, HEIGHT)
    x = max(0.0, min(WIDTH - width, spot.x - width / 2))
    y = max(0.0, min(HEIGHT - height, spot.y - height / 2))
    return Window(x, y, width, height)


def window_over(spots: Sequence[Spot], *, zoom: float, shape: float) -> Window:
    """The smallest part of the map that holds all of these points (one at least) with a margin around them.

    Parameters: ``zoom``, the most that a part may be enlarged; ``shape``, width divided by height.
    """
    west, east = min(spot.x for spot in spots), max(spot.x for spot in spots)
    north, south = min(spot.y for spot in spots), max(spot.y for spot in spots)
    needed = max(east - west, (south - north) * shape) * _MARGIN
    middle = Spot((west + east) / 2, (north + south) / 2)
    return window_around(middle, zoom=min(zoom, WIDTH / max(needed, 1.0)), shape=shape)
