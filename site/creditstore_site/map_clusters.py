"""Many places on a map as a few: what lies close together becomes one mark with a number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from creditstore.catalogue.search import MapPoint
from creditstore_site.world_map import Spot, Window, to_map, to_place

#: Cells across the window. On the narrowest phone a cell is then as wide as a finger needs (24 px).
COLUMNS: Final = 13


@dataclass(frozen=True, slots=True)
class Cluster:
    """Projects whose places are too close together to be told apart; ``spot`` is their middle."""

    spot: Spot
    points: tuple[MapPoint, ...]

    @property
    def count(self) -> int:
        """How many projects."""
        return len(self.points)

    @property
    def country(self) -> str:
        """The code of the country that most of them are in; empty where none is known."""
        found = Counter(code for point in self.points for code in point.countries)
        return min(found, key=lambda code: (-found[code], code), default="")

    @property
    def place(self) -> tuple[float, float]:
        """Latitude and longitude of the middle."""
        return to_place(self.spot)


#: Where projects stand hardly ever changes, and the projection is most of a map's work.
_spot = lru_cache(maxsize=2**17)(to_map)


def placed(points: Sequence[MapPoint]) -> list[tuple[Spot, MapPoint]]:
    """Each point with where it lies on the map."""
    return [(_spot(point.latitude, point.longitude), point) for point in points]


def clusters(points: Sequence[tuple[Spot, MapPoint]], *, window: Window) -> list[Cluster]:
    """The marks of a window, largest first. Every point inside the window is in exactly one.

    Points are gathered in the cells of a grid; marks that would still touch across a border of cells are then joined.
    """
    cell = window.width / COLUMNS
    cells: dict[tuple[int, int], list[tuple[Spot, MapPoint]]] = defaultdict(list)
    for each in points:
        spot = each[0]
        if window.holds(spot):
            cells[int((spot.x - window.x) / cell), int((spot.y - window.y) / cell)].append(each)
    # Largest first, so that small ones join large ones and the outcome does not hang on the order of the points.
    waiting = sorted(cells.items(), key=lambda item: (-len(item[1]), item[0]))
    groups: list[tuple[Spot, list[tuple[Spot, MapPoint]]]] = []
    for _place, members in waiting:
        middle = _middle(members)
        near = next((group for group in groups if _distance(group[0], middle) < 0.85 * cell), None)
        if near is None:
            groups.append((middle, members))
        else:
            near[1].extend(members)
    found = [Cluster(spot=_middle(members), points=tuple(point for _spot, point in members)) for _at, members in groups]
    return sorted(found, key=lambda cluster: (-cluster.count, cluster.spot.x, cluster.spot.y))


def _middle(members: Sequence[tuple[Spot, MapPoint]]) -> Spot:
    return Spot(
        sum(spot.x for spot, _point in members) / len(members), sum(spot.y for spot, _point in members) / len(members)
    )


def _distance(one: Spot, other: Spot) -> float:
    return max(abs(one.x - other.x), abs(one.y - other.y))
