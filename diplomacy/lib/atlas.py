"""The map of the world: drawn once, when assets are brought, from Natural Earth's outlines; pages lay colours over it.

Countries are symbols of one picture, by their ISO 3166-1 code, so that a page names those that it colours and the
outlines stay in the browser's cache. Boundaries follow the United States' view and say nothing of anybody's claims
(decision 0022).
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pycountry
from django.conf import settings

WIDTH, HEIGHT = 1000, 432
"""Of the picture; one unit is about a pixel of a page on a screen."""
TOP = 84.0
"""Degrees north at the upper edge. Antarctica is left out: nobody's office travels there."""
FOLDER, PICTURE, PLACES = "world", "world.svg", "places.json"
ANTARCTICA = "AQ"
UNNAMED = {"Kosovo": "XK", "N. Cyprus": "CY", "Somaliland": "SO"}
"""Drawn by Natural Earth without a code. The United States recognises Kosovo, and neither of the others."""
JOINED = {"EH": "MA"}
"""Recognised by the United States as part of Morocco since December 2020."""
CRIMEA = (32.0, 44.0, 37.0, 46.5)
"""West, south, east, north of what Natural Earth draws with Russia, and the United States sees as Ukraine."""
MIDDLE = 11.5
"""Degrees east in the middle of the picture: its edges then pass between Asia and America and cut no land."""
DOT, SMALL = 4, 120
"""Units from the middle of a dot to its edge, and square units of a country that a number would hide."""

Point = tuple[int, int]
Ring = list[Point]


class Place(NamedTuple):
    """Where a country's number stands."""

    x: int
    y: int
    is_small: bool
    """So small that the number stands beside it."""
    is_dot: bool = False
    """Too small to be seen at this scale."""


class Topology:
    """A TopoJSON file: lines that neighbours share, each once, and countries as rings of them."""

    def __init__(self, path: Path) -> None:
        said = json.loads(path.read_text(encoding="utf-8"))
        self.geometries: list[dict[str, Any]] = said["objects"]["countries"]["geometries"]
        self._scale, self._shift = said["transform"]["scale"], said["transform"]["translate"]
        self._lines = [list(self._points(line)) for line in said["arcs"]]

    def _points(self, line: Iterable[Sequence[int]]) -> Iterator[tuple[float, float]]:
        """Each is said as its way from the one before."""
        x = y = 0
        for right, up in line:
            x, y = x + right, y + up
            yield x * self._scale[0] + self._shift[0], y * self._scale[1] + self._shift[1]

    def line(self, number: int) -> list[tuple[float, float]]:
        """A negative number is a line walked backwards."""
        return self._lines[number] if number >= 0 else self._lines[~number][::-1]

    def countries(self) -> dict[str, list[list[int]]]:
        """The lines of each country's rings, by code."""
        found: dict[str, list[list[int]]] = {}
        for geometry in self.geometries:
            code = _code(geometry)
            for ring in _rings(geometry):
                owner = "UA" if code == "RU" and self._is_crimea(ring) else JOINED.get(code, code)
                if owner and owner != ANTARCTICA:
                    found.setdefault(owner, []).append(ring)
        return found

    def _is_crimea(self, ring: Iterable[int]) -> bool:
        west, south, east, north = CRIMEA
        return all(west < x < east and south < y < north for number in ring for x, y in self.line(number))

    def outlines(self, rings: list[list[int]]) -> Iterator[Ring]:
        """The rings as they are drawn. A line that two parts of one country share is no border: it is left out."""
        held = {number for ring in rings for number in ring}
        rest = [number for ring in rings for number in ring if ~number not in held]
        starts = {self.line(number)[0]: number for number in rest}
        while starts:
            _, first = starts.popitem()
            points = list(self.line(first))
            while points[-1] in starts:
                points += self.line(starts.pop(points[-1]))[1:]
            yield _drawn(points)


def _code(geometry: dict[str, Any]) -> str:
    found = pycountry.countries.get(numeric=geometry.get("id", ""))
    return found.alpha_2 if found else UNNAMED.get(geometry["properties"]["name"], "")


def _rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for part in parts:
        yield from part


# Equal Earth (Šavrič, Patterson and Jenny, 2018): areas are true to each other, so that a large pale country says no more
# than a small one.
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
HALF = math.sqrt(3) / 2


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Units of the picture, from its middle meridian and the equator."""
    angle = math.asin(HALF * math.sin(math.radians(latitude)))
    square = angle * angle
    sixth = square**3
    across = math.radians((longitude - MIDDLE + 180) % 360 - 180) * math.cos(angle)
    across /= HALF * (A1 + 3 * A2 * square + sixth * (7 * A3 + 9 * A4 * square))
    scale = WIDTH / (2 * math.pi / (HALF * A1))
    return across * scale, angle * (A1 + A2 * square + sixth * (A3 + A4 * square)) * scale


def _drawn(points: Iterable[tuple[float, float]]) -> Ring:
    """On whole units; what falls on the unit before it is left out."""
    ring: Ring = []
    edge = project(MIDDLE, TOP)[1]
    for longitude, latitude in points:
        x, y = project(longitude, latitude)
        point = round(x + WIDTH / 2), round(edge - y)
        if not ring or ring[-1] != point:
            ring.append(point)
    return ring


def _area(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def _middle(ring: Ring) -> Point:
    twice = 6 * _area(ring)
    sides = list(zip(ring, ring[1:] + ring[:1], strict=True))
    return (
        round(sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in sides) / twice),
        round(sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in sides) / twice),
    )


def _path(rings: Iterable[Ring]) -> str:
    return "".join(_part(ring) for ring in rings)


def _part(ring: Ring) -> str:
    """Steps from point to point: half as long as the points themselves."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring)]
    if steps and ring[0] == ring[-1]:
        steps.pop()  # the closing says it
    said = " ".join(f"{right} {down}" for right, down in steps).replace(" -", "-")
    return f"M{ring[0][0]} {ring[0][1]}l{said}z"


# The asset step ---------------------------------------------------------------------------------------------------------


def draw(coarse: Path, fine: Path) -> tuple[str, dict[str, Place]]:
    """The picture, and where each country's number stands. What the coarse file leaves out is a dot, placed by the fine one."""
    shapes, places = {}, {}
    for code, rings in _seen(Topology(coarse)):
        shapes[code] = _path(rings)
        largest = max(rings, key=lambda ring: abs(_area(ring)))
        places[code] = Place(*_middle(largest), is_small=abs(_area(largest)) < SMALL)
    topology = Topology(fine)
    for code, lines in topology.countries().items():
        if code not in shapes:
            places[code] = Place(*_centre(topology, lines), is_small=True, is_dot=True)
    return _picture(shapes, places), places


def _seen(topology: Topology) -> Iterator[tuple[str, list[Ring]]]:
    for code, lines in sorted(topology.countries().items()):
        rings = [ring for ring in topology.outlines(lines) if abs(_area(ring)) >= 1]
        if rings:
            yield code, rings


def _centre(topology: Topology, lines: list[list[int]]) -> Point:
    """Of the part with the longest shore: most of these are islands."""
    longest = max(lines, key=lambda ring: sum(len(topology.line(number)) for number in ring))
    ring = _drawn(point for number in longest for point in topology.line(number))
    return round(sum(x for x, _ in ring) / len(ring)), round(sum(y for _, y in ring) / len(ring))


def _picture(shapes: dict[str, str], places: dict[str, Place]) -> str:
    land = "".join(f'<path id="{code}" d="{path}"/>' for code, path in shapes.items())
    dots = "".join(
        f'<circle id="{code}" cx="{place.x}" cy="{place.y}" r="{DOT}"/>'
        for code, place in sorted(places.items())
        if place.is_dot
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"><g id="land">{land}</g>'
        f"<defs>{dots}</defs></svg>\n"
    )


def bring(coarse: Path, fine: Path, folder: Path) -> None:
    picture, places = draw(coarse, fine)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PICTURE).write_text(picture, encoding="utf-8")
    (folder / PLACES).write_text(json.dumps(places), encoding="utf-8")


# Pages ------------------------------------------------------------------------------------------------------------------


@cache
def places() -> dict[str, Place]:
    """By code; a country that is too small even for the fine file is not there, and stands in the table alone."""
    path = Path(settings.BASE_DIR) / "assets" / FOLDER / PLACES
    return {code: Place(*said) for code, said in json.loads(path.read_text(encoding="utf-8")).items()}
