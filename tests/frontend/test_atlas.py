"""The map of the world: whole, light, and drawn as the United States sees boundaries."""

import re
from itertools import pairwise

import pytest

from counterparts import places
from diplomacy import assets
from diplomacy.lib import atlas

COARSE = assets.WORLD / "countries-110m.json"
PICTURE = assets.ASSETS / atlas.FOLDER / atlas.PICTURE
SHAPES = dict(re.findall(r'<path id="(\w\w)" d="([^"]+)"', PICTURE.read_text()))


def rings(code: str) -> list[list[tuple[int, int]]]:
    """The points of each ring, walked along the path as a browser does."""
    found = []
    for part in SHAPES[code].split("z")[:-1]:
        start, steps = part[1:].split("l")
        points = [tuple(map(int, start.split()))]
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        for right, down in zip(numbers[::2], numbers[1::2], strict=True):
            points.append((points[-1][0] + right, points[-1][1] + down))
        found.append([(x, y) for x, y in points])
    return found


def at(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = atlas.project(longitude, latitude)
    return x + atlas.WIDTH / 2, atlas.project(atlas.MIDDLE, atlas.TOP)[1] - y


def holds(code: str, longitude: float, latitude: float) -> bool:
    x, y = at(longitude, latitude)
    crossed = 0
    for ring in rings(code):
        for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]):
            if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                crossed += 1
    return crossed % 2 == 1


@pytest.mark.parametrize(
    ("code", "longitude", "latitude"),
    [
        *(("MX", -102, 23), ("JP", 138, 36), ("BR", -50, -10), ("RU", 100, 62), ("TW", 121, 23.8)),
        *(("UA", 34.3, 45.3), ("UA", 31, 49), ("MA", -13, 25), ("XK", 20.9, 42.6), ("SO", 46, 9.5)),
    ],
)
def test_a_place_lies_in_its_country_and_in_no_other(code: str, longitude: float, latitude: float) -> None:
    assert [other for other in SHAPES if holds(other, longitude, latitude)] == [code]


def test_parts_of_one_country_have_no_border_between_them() -> None:
    """Crimea hangs on Ukraine by a line that both share, Western Sahara on Morocco."""
    topology = atlas.Topology(COARSE)
    for code, lines in (("UA", 1), ("MA", 1), ("CY", 1), ("SO", 1)):
        assert len(list(topology.outlines(topology.countries()[code]))) == lines, code


def test_nothing_is_drawn_across_the_picture() -> None:
    for code in SHAPES:
        for ring in rings(code):
            for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]):
                assert abs(ax - bx) < 100 and abs(ay - by) < 100, code
                assert 0 <= ax <= atlas.WIDTH and 0 <= ay <= atlas.HEIGHT, code


def test_nearly_every_country_has_a_place_for_its_number() -> None:
    known = {code for code, _ in places.countries()}
    without = known - set(atlas.places())
    assert without <= {
        "AQ",
        "EH",
        "BQ",
        "BV",
        "CC",
        "CX",
        "GF",
        "GI",
        "GP",
        "MQ",
        "RE",
        "SJ",
        "TK",
        "TV",
        "YT",
    }
    assert {"SG", "MT", "BH", "HK"} < {code for code, place in atlas.places().items() if place.is_dot}


def test_a_number_stands_within_the_picture() -> None:
    for code, place in atlas.places().items():
        assert 0 <= place.x <= atlas.WIDTH and 0 <= place.y <= atlas.HEIGHT, code


def test_the_picture_is_light_and_runs_nothing() -> None:
    text = PICTURE.read_text()
    assert len(text) < 64 * 1024
    assert not re.search(r"<script|style=|\son\w+=|href", text)
