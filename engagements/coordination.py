"""Where and when open overlaps cross, counted for coordinators: by country and week, by day, on the map.

An overlap belongs to the day on which both plans have begun (the later first day) and to the week of that day. What is
counted are rows that the caller may read; nothing here looks anything up.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.dateformat import format as in_words

from counterparts import places
from diplomacy.lib import atlas
from engagements import overlap

WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
EARLIEST, LATEST = 1900, 2200
"""Years that a plan can have."""
WEEKS, ROWS = 8, 25
"""Columns and rows of the table that a screen holds."""
SHADES = 4
LARGE, SMALL = 26, 11
"""Height of letters on the map of a phone and of a screen, in its own units: about ten pixels of either."""
LETTER, BESIDE = 0.55, 0.65
"""Of the height of letters: the width of one, and how far beside and above a small country its number begins."""
NEAR_THE_EDGE = 930
ON_A_PHONE = 12
"""More numbers would hide the countries."""
ABROAD_NOWHERE = "No country abroad"
A_DAY, A_WEEK, A_YEAR = timedelta(days=1), timedelta(weeks=1), timedelta(days=366)


def country_name(code: str) -> str:
    return ABROAD_NOWHERE if code == overlap.NOWHERE else places.country_name(code)


# Weeks ------------------------------------------------------------------------------------------------------------------


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def sunday(first: date) -> date:
    return first + timedelta(days=6)


def week_name(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def read_week(said: str) -> date | None:
    """Its Monday; None when there is no such week."""
    found = WEEK.fullmatch(said.strip().upper())
    try:
        first = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None
    return first if first and EARLIEST <= first.year <= LATEST else None


class Week(NamedTuple):
    first: date

    @property
    def name(self) -> str:
        return week_name(self.first)

    @property
    def label(self) -> str:
        return in_words(self.first, "M j")


class Line(NamedTuple):
    country: str
    name: str
    before: int
    counts: list[tuple[Week, int]]

    @property
    def total(self) -> int:
        return self.before + sum(count for _, count in self.counts)


class Grid(NamedTuple):
    weeks: list[Week]
    lines: list[Line]
    left_out: int
    """Countries beyond those that the table holds."""
    has_before: bool


def grid(counted: Iterable[tuple[date, str, int]], start: date, only: Sequence[str] = ()) -> Grid:
    """The table of `WEEKS` from `start` on, the fullest countries first. What is counted before `start` began earlier.

    `only`: of plans that cross in several countries, those that were asked for.
    """
    weeks = [Week(start + number * A_WEEK) for number in range(WEEKS)]
    found: dict[str, dict[date, int]] = {}
    for week, country, count in counted:
        if not only or country in only:
            found.setdefault(country, {})[week] = count
    lines = sorted(
        (_line(country, said, weeks) for country, said in found.items()),
        key=lambda line: (-line.total, line.name),
    )
    return Grid(weeks, lines[:ROWS], len(lines[ROWS:]), any(line.before for line in lines))


def _line(country: str, said: Mapping[date, int], weeks: Sequence[Week]) -> Line:
    before = sum(count for week, count in said.items() if week < weeks[0].first)
    counts = [(week, said.get(week.first, 0)) for week in weeks]
    return Line(country, country_name(country), before, counts)


# A month ----------------------------------------------------------------------------------------------------------------


def read_month(said: str) -> date | None:
    """Its first day; None when there is no such month."""
    found = MONTH.fullmatch(said.strip())
    if not found or not 1 <= int(found[2]) <= 12 or not EARLIEST <= int(found[1]) <= LATEST:
        return None
    return date(int(found[1]), int(found[2]), 1)


def last_of(first: date) -> date:
    return next_month(first) - A_DAY


def next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_before(first: date) -> date:
    return (first - A_DAY).replace(day=1)


class Day(NamedTuple):
    date: date
    total: int
    rows: list[Any]

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


class Row(NamedTuple):
    """A week of a month. Days of the months beside it are None."""

    week: Week
    days: list[Day | None]
    total: int


def month(first: date, counted: Iterable[tuple[date, int]], rows: Iterable[Any]) -> list[Row]:
    """`rows`: the few that each day says; `counted`: how many there are on it."""
    counts, said = dict(counted), dict[date, list[Any]]()
    for row in rows:
        said.setdefault(row.crosses_on, []).append(row)
    return [_row(week, first, counts, said) for week in _weeks_of(first)]


def _weeks_of(first: date) -> Iterator[date]:
    week = monday(first)
    while week < next_month(first):
        yield week
        week += A_WEEK


def _row(week: date, first: date, counts: Mapping[date, int], said: Mapping[date, list[Any]]) -> Row:
    days = [week + number * A_DAY for number in range(7)]
    told = [
        Day(day, counts.get(day, 0), said.get(day, [])) if day.month == first.month else None for day in days
    ]
    return Row(Week(week), told, sum(day.total for day in told if day))


# The map ----------------------------------------------------------------------------------------------------------------


class Shade(NamedTuple):
    """From so many to so many."""

    number: int
    least: int
    most: int


class Country(NamedTuple):
    code: str
    name: str
    total: int
    shade: int
    place: atlas.Place | None
    """None: too small for the map, or not drawn by itself. It stands in the table."""

    @property
    def leans(self) -> int:
        """Its number stands on it (0), or beside and above it, with a line to it: on the right (1), or on the left (-1) where
        the map ends."""
        if self.place is None or not self.place.is_small:
            return 0
        return -1 if self.place.x > NEAR_THE_EDGE else 1

    def number(self, height: int) -> tuple[float, float, float]:
        """Where its number begins and ends, and how low it stands, in letters of this height."""
        assert self.place
        width = len(f"{self.total:,}") * height * LETTER
        middle = self.place.x + self.leans * (BESIDE * height + width / 2)
        return middle - width / 2, middle + width / 2, self.place.y - abs(self.leans) * BESIDE * height


class World(NamedTuple):
    countries: list[Country]
    shades: list[Shade]
    large: list[Country]
    """Whose numbers a small map has room for."""
    small: list[Country]
    """Whose numbers a large map has room for besides."""


def world(counted: Iterable[tuple[str, int]], only: Sequence[str] = ()) -> World:
    counts = [(code, count) for code, count in counted if not only or code in only]
    steps = shades(max((count for _, count in counts), default=0))
    drawn = atlas.places()
    countries = [
        Country(code, country_name(code), count, _shade_of(count, steps), drawn.get(code))
        for code, count in counts
    ]
    large = legible(countries, LARGE)[:ON_A_PHONE]
    return World(countries, steps, large, [one for one in legible(countries, SMALL) if one not in large])


def legible(countries: Iterable[Country], height: int) -> list[Country]:
    """Those whose numbers, in letters of this height, cover no other's: the first come first."""
    chosen: list[Country] = []
    for one in countries:
        if one.place and not any(_covers(one, other, height) for other in chosen):
            chosen.append(one)
    return chosen


def _covers(one: Country, other: Country, height: int) -> bool:
    left, right, level = one.number(height)
    start, end, other_level = other.number(height)
    gap = height * LETTER / 2
    is_beside = right + gap <= start or end + gap <= left
    return not is_beside and abs(level - other_level) < height


def shades(most: int) -> list[Shade]:
    """At most four, each up to a same multiple of the one before: a few countries have most of what there is."""
    ends = sorted({max(1, round(most ** (step / SHADES))) for step in range(1, SHADES + 1)}) if most else []
    if 0 < most <= SHADES:
        ends = list(range(1, most + 1))
    starts = [1, *(end + 1 for end in ends)]
    return [
        Shade(number, least, end) for number, (least, end) in enumerate(zip(starts, ends, strict=False), 1)
    ]


def _shade_of(count: int, steps: Sequence[Shade]) -> int:
    return next(step.number for step in steps if count <= step.most)
