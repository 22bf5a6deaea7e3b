"""The catalogue's results as a map: marks that are links, and a list of what they stand for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from creditstore.catalogue.search import MapPoint
from creditstore_site.map_clusters import Cluster, clusters, placed
from creditstore_site.world_map import WIDTH, Spot, Window, to_map, to_place, window_around

#: Levels of enlargement: each shows half the width of the one before.
DEEPEST: Final = 8
#: Width divided by height of every part but the whole world.
_SHAPE: Final = 1.6
#: The picture's own width in its units; the styles for marks and their numbers count in these.
VIEW: Final = 1000
#: Projects, or marks, that the list beside the map names.
LISTED: Final = 24
_PLACE = re.compile(r"(-?\d{1,2}(?:\.\d{1,4})?),(-?\d{1,3}(?:\.\d{1,4})?),(\d)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark of the picture: where, how large ("s", "m", "l"), where it leads, and a sentence for it."""

    x: str
    y: str
    size: str
    text: str
    url: str
    label: str
    count: int
    country: str
    latitude: float
    longitude: float

    @property
    def enlarges(self) -> bool:
        """Whether it leads to another part of this map."""
        return self.url.startswith("?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsMap:
    """Everything that the template draws. Numbers of the picture are texts with a point, whatever the language."""

    height: str
    transform: str
    marks: Sequence[Mark]
    more_marks: int
    projects: Sequence[MapPoint]
    known: int
    here: int
    level: int
    moves: Sequence[tuple[str, str, str]]
    fitted: bool


def results_map(*, points: Sequence[MapPoint], params: QueryDict, project_url: str) -> ResultsMap:
    """The map of these points, for the part of the world that ``map=latitude,longitude,level`` asks for.

    Without it, or with one that cannot be read, the smallest part that holds all points. Parameters: ``params``, the
    address's, which all links keep; ``project_url``, the address of a project with ``{ref}`` in it.
    """
    spots = placed(points)
    asked = asked_place(params.get("map", ""))
    level, middle = asked or _fitting([spot for spot, _point in spots])
    window = _window(middle, level)
    marks = clusters(spots, window=window)
    here = sum(mark.count for mark in marks)
    few = here <= LISTED or level == DEEPEST
    shown = [point for mark in marks for point in mark.points] if few else []
    return ResultsMap(
        height=f"{VIEW * window.height / window.width:.0f}",
        transform=window.transform(VIEW),
        marks=[_mark(mark, window, level, params, project_url) for mark in marks],
        more_marks=0 if few else max(0, len(marks) - LISTED),
        projects=sorted(shown, key=lambda point: (-point.available, point.title))[: 4 * LISTED],
        known=len(points),
        here=here,
        level=level,
        moves=_moves(window, level, params),
        fitted=asked is None,
    )


def asked_place(text: str) -> tuple[int, Spot] | None:
    """Level and middle of a part of the map named in an address; ``None`` for anything else."""
    found = _PLACE.fullmatch(text)
    if not found or int(found[3]) > DEEPEST or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        return None
    return int(found[3]), to_map(float(found[1]), float(found[2]))


def _fitting(spots: Sequence[Spot]) -> tuple[int, Spot]:
    """The deepest level, at most a country's, whose window around their middle holds all of them."""
    if not spots:
        return 0, to_map(15, 11)
    west, east = min(spot.x for spot in spots), max(spot.x for spot in spots)
    north, south = min(spot.y for spot in spots), max(spot.y for spot in spots)
    middle = Spot((west + east) / 2, (north + south) / 2)
    for level in (5, 4, 3, 2, 1):
        window = _window(middle, level)
        edge = window.width / 40
        inner = Window(window.x + edge, window.y + edge, window.width - 2 * edge, window.height - 2 * edge)
        if inner.holds(Spot(west, north)) and inner.holds(Spot(east, south)):
            return level, middle
    return 0, middle


def _window(middle: Spot, level: int) -> Window:
    return window_around(middle, zoom=2**level, shape=_SHAPE)


def _mark(cluster: Cluster, window: Window, level: int, params: QueryDict, project_url: str) -> Mark:
    scale = VIEW / window.width
    latitude, longitude = cluster.place
    if cluster.count == 1:
        first = cluster.points[0]
        url, label, text = project_url.replace("{ref}", first.ref), first.title, ""
    else:
        url = address(params, map=place(latitude, longitude, min(level + 2, DEEPEST)))
        label = _("%(count)d projects: enlarge this part of the map") % {"count": cluster.count}
        text = short(cluster.count)
        if level == DEEPEST:
            url, label = "#map-list", _("%(count)d projects: see the list") % {"count": cluster.count}
    return Mark(
        x=f"{(cluster.spot.x - window.x) * scale:.1f}",
        y=f"{(cluster.spot.y - window.y) * scale:.1f}",
        size="dot" if cluster.count == 1 else "s" if cluster.count < 10 else "m" if cluster.count < 100 else "l",
        text=text,
        url=url,
        label=label,
        count=cluster.count,
        country=cluster.country,
        latitude=latitude,
        longitude=longitude,
    )


def short(count: int) -> str:
    """A number that fits into a mark: ``950``, ``1.2k``, ``12k``."""
    if count < 1000:
        return str(count)
    return f"{math.floor(count / 100) / 10:.1f}k" if count < 10_000 else f"{count // 1000}k"


def _moves(window: Window, level: int, params: QueryDict) -> list[tuple[str, str, str]]:
    """Name, address and words of the steps from here; a step that would show the same is left out."""
    middle, across, down = window.centre, window.width / 2, window.height / 2
    steps = [
        ("enlarge", middle, level + 1, _("Enlarge")),
        ("reduce", middle, level - 1, _("Show more around")),
        ("west", Spot(middle.x - across, middle.y), level, _("West")),
        ("north", Spot(middle.x, middle.y - down), level, _("North")),
        ("south", Spot(middle.x, middle.y + down), level, _("South")),
        ("east", Spot(middle.x + across, middle.y), level, _("East")),
    ]
    found = []
    for name, spot, deep, words in steps:
        if not 0 <= deep <= DEEPEST:
            continue
        moved = _window(Spot(min(WIDTH, max(0.0, spot.x)), spot.y), deep)
        if (moved.x, moved.y, moved.width) != (window.x, window.y, window.width):
            found.append((name, address(params, map=place(*to_place(moved.centre), deep)), words))
    if params.get("map"):
        found.append(("fit", address(params, map=""), _("Show all results")))
    return found


def place(latitude: float, longitude: float, level: int) -> str:
    """A part of the map as it stands in an address."""
    return f"{latitude:.2f},{longitude:.2f},{level}"


def address(params: QueryDict, **changed: str) -> str:
    """The address's parameters with some set to a value (or taken away by an empty one), from the first page on."""
    values: Mapping[str, Any] = {"cursor": "", **changed}
    pairs = [(name, each) for name, listed in params.lists() for each in listed if each and name not in values]
    return "?" + urlencode([*pairs, *((name, value) for name, value in values.items() if value)])
