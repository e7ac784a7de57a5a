"""Which plans of different offices cross, and what one office may know of the other's.

Two engagements cross when both are filed and neither is restricted, they are of different offices, they touch (the same
counterpart; one's counterpart is the parent, a child or a sibling of the other's; or the same place abroad and a topic),
and no more days lie between them than the larger window of their kinds. The search is a function of the database
(migrations 0011 and 0018), over an index with one row for each thing that an engagement touches. Decision 0019 says why.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from counterparts import places
from diplomacy.lib import readers
from engagements import clock
from engagements.choices import Cell, Coordination, Kind, Topic, Touch
from engagements.models import Engagement, OverlapSide

DEFAULT_WINDOWS = Path(__file__).with_name("overlap_windows.toml")
USUAL = 14
"""Days, for a kind that the file does not name."""
MOST = (20, 10, 5)
"""Overlaps found for one engagement in each way of touching, each office's nearest first: nobody reads a hundred."""
HOME = "US"
NOWHERE = "ZZ"
"""Of plans that touch no country abroad, such as two to an international organisation: what CLDR calls an unknown region."""


class Pair(NamedTuple):
    first: int
    second: int
    touch: int


@cache
def windows() -> dict[str, int]:
    """Days by kind. ValueError when the file names a kind that there is not, or no number of days."""
    path = Path(settings.OVERLAP_WINDOWS or DEFAULT_WINDOWS)
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    for kind, days in said.items():
        if kind not in Kind.values or not isinstance(days, int) or not 0 <= days <= 366:
            raise ValueError(f"{path}: “{kind} = {days}” is not a kind and its days (0 to 366)")
    return {"": USUAL} | said


def keep_footprints(ids: Sequence[int]) -> None:
    """Work out again what these engagements touch. Those that take no part lose all their rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rls.keep_footprints(%s, %s::jsonb)", [list(ids), json.dumps(windows())])


def found(ids: Sequence[int], most: Sequence[int] = ()) -> list[Pair]:
    """What crosses them and has no row yet, in one order for everybody: so two who file at once never wait in a ring."""
    new = """SELECT f.first_id, f.second_id, f.touch FROM rls.overlaps_found(%s, %s, %s) f
        WHERE NOT EXISTS (SELECT FROM engagements_overlap o WHERE o.first_id = f.first_id AND o.second_id = f.second_id)
        ORDER BY 1, 2"""
    with connection.cursor() as cursor:
        cursor.execute(new, [list(ids), clock.today(), list(most or MOST)])
        return [Pair(*row) for row in cursor.fetchall()]


def standing(overlap_ids: Sequence[int]) -> dict[int, int]:
    """Of these overlaps those that still cross, with the closest way in which they touch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, touch FROM rls.overlaps_standing(%s, %s)", [list(overlap_ids), clock.today()]
        )
        return dict(cursor.fetchall())


def keep_places(overlap_ids: Iterable[int]) -> None:
    """Bring day and countries of these overlaps, which the caller holds, to what both plans say now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rls.keep_overlap_places(%s)", [list(overlap_ids)])


def misplaced(ids: Sequence[int], *, are_all: bool = False) -> list[int]:
    """Open overlaps of these engagements whose day or countries are no longer what the plans say. `are_all`: a part of all
    there are, so that each is looked at with its first plan alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rls.overlaps_misplaced(%s, %s)", [list(ids), are_all])
        return [pk for (pk,) in cursor.fetchall()]


# What one side sees of the other ---------------------------------------------------------------------------------------


def cell(preference: str, *, is_introduced: bool) -> Cell:
    """What the other side may know of an office with this preference, which may have let itself be introduced."""
    if preference == Coordination.BLIND:
        return Cell.NOTHING
    return Cell.NAMED if preference == Coordination.INTRODUCE or is_introduced else Cell.SIGNAL


def seen(level: Cell, own: Engagement, other: Engagement) -> dict[str, Any]:
    """All that is ever stored on `own`'s side of `other`. Of what matched it says what the office planned itself."""
    if level == Cell.NOTHING or other.starts_on is None or other.ends_on is None:
        return {}
    said: dict[str, Any] = {"month": f"{other.starts_on:%Y-%m}", "matched": list(matched(own, other))}
    if level == Cell.SIGNAL:
        return said
    may_read = {readers.EVERYONE, readers.office(own.office_id)} & set(other.readers)
    return said | {
        "office": other.office.name,
        "member": other.contact_id,
        "starts_on": other.starts_on.isoformat(),
        "ends_on": other.ends_on.isoformat(),
        "engagement": other.reference if may_read else "",
    }


def matched(own: Engagement, other: Engagement) -> Iterator[dict[str, Any]]:
    """In words of `own`: its counterparts, its places and its topics, never those of `other`."""
    theirs = {body.pk: body for body in other.counterparts.all()}
    family = {*theirs, *(body.parent_id for body in theirs.values() if body.parent_id)}
    for body in own.counterparts.all():
        if body.pk in theirs:
            yield {"touch": Touch.COUNTERPART, "name": body.name}
        elif family & {body.pk, body.parent_id}:
            yield {"touch": Touch.FAMILY, "name": body.name}
    topics = [topic for topic in own.topics if topic in other.topics]
    shared = [place for place in _places(own) if any(_same_place(place, there) for there in _places(other))]
    if topics:
        words = dict.fromkeys(places.describe(*place[:3]) for place in shared)
        yield from ({"touch": Touch.PLACE, "name": name, "topics": topics} for name in words)


class _Place(NamedTuple):
    city: str
    subdivision: str
    country: str


def _places(engagement: Engagement) -> list[_Place]:
    """Abroad: where it goes, and where those are from whom it meets."""
    said: Iterable[Any] = (*engagement.stops.all(), *engagement.counterparts.all())
    found = (_Place(one.city, one.subdivision, one.country) for one in said if one.country not in {"", HOME})
    return list(dict.fromkeys(found))


def _same_place(one: _Place, other: _Place) -> bool:
    if one.country != other.country:
        return False
    if one.subdivision and other.subdivision:
        return one.subdivision == other.subdivision
    city = one.city.strip().lower()
    return bool(city) and city == other.city.strip().lower()


def words(side_sees: dict[str, Any]) -> list[str]:
    """What matched, as a page says it."""
    return [_line(one) for one in side_sees.get("matched", [])]


def _line(one: dict[str, Any]) -> str:
    name = str(one["name"])
    if one["touch"] == Touch.COUNTERPART:
        return name
    if one["touch"] == Touch.FAMILY:
        return f"A body above, below or beside {name}"
    return f"{name}: {', '.join(str(Topic(topic).label) for topic in one['topics'])}"


def month(side_sees: dict[str, Any]) -> str:
    said = side_sees.get("month", "")
    return f"{date.fromisoformat(f'{said}-01'):%B %Y}" if said else ""


def days(side_sees: dict[str, Any]) -> tuple[date, date] | None:
    """First and last, where the cell gives more than the month."""
    said = [side_sees.get(name) for name in ("starts_on", "ends_on")]
    first, last = (date.fromisoformat(day) if day else None for day in said)
    return (first, last) if first and last else None


class Person(NamedTuple):
    name: str
    email: str


def whom_to_ask(side: OverlapSide) -> Person | None:
    """Of a side fetched `with_whom_to_ask`: who answers for the other plan now, as they are called now."""
    if side.cell != Cell.NAMED:
        return None
    if "member" not in side.sees:  # a process of the version before wrote it, with the name of then
        return Person(side.sees["contact"], side.sees["email"])
    now: Any = side
    return Person(**now.whom_to_ask) if now.whom_to_ask else None


class State(NamedTuple):
    words: str
    tone: str


def state(side: OverlapSide) -> State:
    """Where it stands for this side, from its own row alone."""
    waits = side.was_asked_at and not side.introduced_at and not side.declined_at
    states = (
        (side.set_aside_at, State("Set aside", "quiet")),
        (side.has_ended, State("No longer crosses", "quiet")),
        (waits and side.cell == Cell.SIGNAL, State("Asks to be introduced", "waiting")),
        (side.is_mutual, State("You know each other", "good")),
        (side.cell == Cell.NAMED, State("Says who it is", "open")),
        (side.asked_at, State("You asked to be introduced", "waiting")),
    )
    return next((state for holds, state in states if holds), State("Not named", "plain"))
