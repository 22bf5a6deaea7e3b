"""Make the outlines of the world map, ``img/world-map.svg``, from Natural Earth's country boundaries.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/world_map.py package/countries-50m.json

The input is TopoJSON: lines shared by two countries are stored once, so that coasts and boundaries can be told apart
and simplified without gaps. The output is small and is committed; the store never runs this.
Where a boundary is not settled, the lines follow the rules in this file.
"""

from __future__ import annotations

import heapq
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "site"))

from creditstore_site.world_map import HEIGHT, MIDDLE, WIDTH, to_map  # noqa: E402

OUTPUT = ROOT / "site/creditstore_site/static/creditstore/img/world-map.svg"
#: Points that span less than this with their neighbours are left out, and islands smaller than the other; square units.
FLAT, SPECK = 3.0, 14.0
ANTARCTICA = "010"

# What the map says of boundaries that are not settled, following the maps of the United Nations.
#: Lines that are dotted: of these areas, of these pairs of countries, and of a pair inside a box (west, south, ...).
DOTTED_AREAS = {"732", "275", "Kosovo", "Siachen Glacier"}
DOTTED_PAIRS = [frozenset({"729", "728"})]
DOTTED_BOXES = [
    (frozenset({"356", "586"}), (73.0, 32.3, 78.5, 37.5)),
    (frozenset({"156", "356"}), (76.0, 32.3, 80.5, 37.5)),
    (frozenset({"156", "586"}), (73.0, 34.0, 78.5, 37.5)),
]
#: Lines that are not drawn at all.
NO_LINE_AREAS = {"Somaliland", "N. Cyprus"}
NO_LINE_BOXES = [(frozenset({"643", "804"}), (32.0, 45.0, 36.9, 46.6))]

Point = tuple[float, float]
Line = list[Point]


def main(source: Path) -> None:
    """Write the picture."""
    topology = json.loads(source.read_text(encoding="utf-8"))
    places = [list(_decoded(arc, topology["transform"])) for arc in topology["arcs"]]
    lines = [simplified(_projected(arc)) for arc in places]
    countries = topology["objects"]["countries"]["geometries"]
    users: dict[int, set[str]] = defaultdict(set)
    largest: set[int] = set()
    for country in countries:
        polygons = _polygons(country)
        for index in chain.from_iterable(chain.from_iterable(polygons)):
            users[_plain(index)].add(_name(country))
        biggest = max(polygons, key=lambda polygon: abs(area(_ring(polygon[0], lines))))
        largest |= {_plain(index) for index in biggest[0]}
    frozen = {index for index, names in users.items() if ANTARCTICA in names}
    land = [
        _ring(ring, lines)
        for polygon in chain.from_iterable(map(_polygons, topology["objects"]["land"]["geometries"]))
        for ring in polygon
        if not frozen & set(map(_plain, ring))
        and (abs(area(_ring(ring, lines))) >= SPECK or largest & set(map(_plain, ring)))
    ]
    solid: list[Line] = []
    dotted: list[Line] = []
    for index, names in users.items():
        if len(names) > 1:
            _draw(lines[index], places[index], frozenset(names), solid, dotted)
    OUTPUT.write_text(_picture(land, solid, dotted), encoding="utf-8")


def simplified(line: Line) -> Line:
    """The line without the points that matter least (Visvalingam and Whyatt 1993); ends stay, rings keep a shape."""
    least = 4 if line[0] == line[-1] else 2
    before = {index: index - 1 for index in range(1, len(line))}
    after = {index: index + 1 for index in range(len(line) - 1)}
    spans = {index: abs(area([line[index - 1], line[index], line[index + 1]])) for index in range(1, len(line) - 1)}
    queue = [(span, index) for index, span in spans.items()]
    heapq.heapify(queue)
    while queue and len(spans) + 2 > least:
        span, index = heapq.heappop(queue)
        if spans.get(index) != span:
            continue
        if span >= FLAT:
            break
        del spans[index]
        after[before[index]], before[after[index]] = after[index], before[index]
        for other in (before[index], after[index]):
            if other in spans:
                spans[other] = max(span, abs(area([line[before[other]], line[other], line[after[other]]])))
                heapq.heappush(queue, (spans[other], other))
    return [line[0], *(line[index] for index in sorted(spans)), line[-1]]


def area(ring: Sequence[Point]) -> float:
    """What a ring encloses, in square units; the sign is its direction."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def _decoded(arc: Iterable[Sequence[int]], transform: Any) -> Iterator[Point]:
    """Longitude and latitude of each point of a quantized, delta-encoded arc."""
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        yield (
            x * transform["scale"][0] + transform["translate"][0],
            y * transform["scale"][1] + transform["translate"][1],
        )


def _projected(places: Line) -> Line:
    """The arc on the map; two islands that the map's edge would cut stay whole, beyond the edge."""
    line: Line = []
    for longitude, latitude in places:
        spot = to_map(latitude, longitude)
        x = spot.x
        if line and abs(x - line[0][0]) > WIDTH / 2:
            around = to_map(latitude, MIDDLE + 179.999999).x - to_map(latitude, MIDDLE - 180).x
            x += around if x < line[0][0] else -around
        line.append((x, spot.y))
    return line


def _polygons(geometry: Any) -> list[list[list[int]]]:
    arcs = geometry["arcs"]
    return [arcs] if geometry["type"] == "Polygon" else list(arcs)


def _plain(index: int) -> int:
    """The arc's number; the complement means "backwards"."""
    return ~index if index < 0 else index


def _name(country: Any) -> str:
    return str(country.get("id") or country["properties"]["name"])


def _ring(indexes: Iterable[int], lines: Sequence[Line]) -> Line:
    ring: Line = []
    for index in indexes:
        line = lines[index] if index >= 0 else lines[~index][::-1]
        ring += line[1:] if ring else line
    return ring


def _draw(line: Line, places: Line, names: frozenset[str], solid: list[Line], dotted: list[Line]) -> None:
    """Add a boundary to where it belongs. A box takes the whole line if the line's middle lies in it."""
    longitude, latitude = places[len(places) // 2]

    def in_box(rules: Iterable[tuple[frozenset[str], tuple[float, float, float, float]]]) -> bool:
        return any(
            pair <= names and west <= longitude <= east and south <= latitude <= north
            for pair, (west, south, east, north) in rules
        )

    if names & NO_LINE_AREAS or in_box(NO_LINE_BOXES):
        return
    unsettled = names & DOTTED_AREAS or any(pair <= names for pair in DOTTED_PAIRS) or in_box(DOTTED_BOXES)
    (dotted if unsettled else solid).append(line)


def _picture(land: list[Line], solid: list[Line], dotted: list[Line]) -> str:
    # No colours: whoever shows a part of this by <use> gives it theirs. Thin lines stay thin in every enlargement.
    line = 'fill="none" stroke-linejoin="round" vector-effect="non-scaling-stroke"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">\n'
        "<!-- Made by tools/world_map.py from Natural Earth 4.1 (public domain), 1:50m, simplified;"
        " see world-map.md beside this file. -->\n"
        f'<path id="land" fill-rule="evenodd" d="{"".join(_path(ring, closed=True) for ring in land)}"/>\n'
        f'<path id="borders" {line} d="{"".join(_path(one) for one in solid)}"/>\n'
        f'<path id="unsettled" {line} stroke-dasharray="1 3" d="{"".join(_path(one) for one in dotted)}"/>\n'
        "</svg>\n"
    )


def _path(line: Line, *, closed: bool = False) -> str:
    """Whole units, each step from the one before."""
    points = [(round(x), round(y)) for x, y in line]
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(points) if (x1, y1) != (x2, y2)]
    if closed:
        steps = steps[:-1]
    if not steps:
        # A country too small for whole units is still a dot.
        steps = [(1, 0), (0, 1)] if closed else []
    if not steps:
        return ""
    text = " ".join(f"{dx}{dy if dy < 0 else f' {dy}'}" for dx, dy in steps).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{text}{'z' if closed else ''}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
