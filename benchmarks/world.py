"""What the million rows look like: sizes, skew and mixtures, drawn from one seed so that every build is the same."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from diplomacy.lib import readers

ENGAGEMENTS = 1_000_000
OFFICES = 20_000
DESKS = 12
COALITIONS = 200
COUNTERPARTS = 50_000
NOTICES = 400_000
MEMBERS_OF_COALITION = 20
TODAY = date.today()  # noqa: DTZ011 (days only, and the same for all rows)

STATUSES = {"draft": 6, "filed": 22, "held": 8, "reported": 55, "postponed": 2, "cancelled": 7}
VISIBILITIES = {"federal": 88, "shared": 7, "public": 4, "restricted": 1}
KINDS = (
    "outbound_visit",
    "inbound_visit",
    "virtual_meeting",
    "call",
    "event",
    "technical_exchange",
    "dialogue_session",
)
TOPICS = (
    "trade",
    "environment",
    "health",
    "energy",
    "water",
    "education",
    "culture",
    "technology",
    "agriculture",
)
COUNTRIES = ("MX", "CA", "JP", "DE", "KR", "CN", "GB", "FR", "IN", "AU", "TW", "BR", "PL", "VN", "KE")
WORDS = (
    "Trade",
    "Water",
    "Harbor",
    "School",
    "Energy",
    "Bridge",
    "Forest",
    "Health",
    "Border",
    "Film",
    "Transit",
    "Farm",
)
ACTS = ("mission", "visit", "dialogue", "exchange", "forum", "call", "working group", "anniversary")


def deck(mixture: dict[str, int]) -> list[str]:
    return [name for name, share in mixture.items() for _ in range(share)]


class Row(NamedTuple):
    """What the rows around an engagement need to know of it."""

    id: int
    office: int
    status: str
    visibility: str
    starts: date | None
    filed: bool
    people: tuple[int, ...]
    offices: tuple[int, ...]
    coalitions: tuple[int, ...]
    desks: tuple[int, ...]


# Ids: desks come first, then offices; each office has a lead and a member of staff, each desk a lead and nine liaisons.
FIRST_OFFICE = DESKS + 1
ALL_OFFICES = DESKS + OFFICES
PER_DESK = 10
FIRST_STAFF = DESKS * PER_DESK + 1


def lead_of(office: int) -> int:
    return FIRST_STAFF + (office - FIRST_OFFICE) * 2


def staff_of(office: int) -> int:
    return lead_of(office) + 1


def adviser_of(desk: int, number: int = 1) -> int:
    """Number 0 is the desk's lead."""
    return (desk - 1) * PER_DESK + number + 1


def engagements() -> Iterator[Row]:
    drawn = random.Random(20_000)
    statuses, visibilities = deck(STATUSES), deck(VISIBILITIES)
    last_two = ALL_OFFICES - 1
    for number in range(1, ENGAGEMENTS + 1):
        # Squaring leaves the largest office with some 7,000 rows and the middle one with 35; two are kept small.
        office = FIRST_OFFICE + int((OFFICES - 2) * drawn.random() ** 2)
        if number <= 26:
            office = last_two if number <= 25 else ALL_OFFICES
        status, visibility = drawn.choice(statuses), drawn.choice(visibilities)
        yield _row(number, office, status, visibility, drawn)


def _row(number: int, office: int, status: str, visibility: str, drawn: random.Random) -> Row:
    filed = status != "draft" and not (status == "cancelled" and drawn.random() < 0.2)
    starts = _start(status, drawn)
    people, offices, coalitions = _named(office, visibility, drawn)
    desks = _desks(drawn) if filed and drawn.random() < 0.8 else ()
    return Row(number, office, status, visibility, starts, filed, people, offices, coalitions, desks)


def _start(status: str, drawn: random.Random) -> date | None:
    if status == "draft" and drawn.random() < 0.3:
        return None
    if status in {"draft", "filed", "postponed"}:
        return TODAY + timedelta(days=int(drawn.triangular(-20, 365, 20)))
    return TODAY - timedelta(days=int(drawn.triangular(1, 1800, 200)))


def _named(
    office: int, visibility: str, drawn: random.Random
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Shared with one or two offices, or with one of ten widely used coalitions and 190 others; restricted to two people."""
    if visibility == "restricted":
        return (lead_of(office), staff_of(office)), (), ()
    if visibility != "shared":
        return (), (), ()
    if drawn.random() < 0.4:
        return (), (), (1 + int(COALITIONS * drawn.random() ** 3),)
    others = {drawn.randint(FIRST_OFFICE, ALL_OFFICES) for _ in range(drawn.randint(1, 2))} - {office}
    return (), tuple(sorted(others or {FIRST_OFFICE + office % OFFICES})), ()


def _desks(drawn: random.Random) -> tuple[int, ...]:
    """Of the last two desks one is kept quiet and one idle."""
    first = 1 + int((DESKS - 2) * drawn.random() ** 1.5)
    second = 1 + int((DESKS - 2) * drawn.random())
    return (first, second) if second != first and drawn.random() < 0.15 else (first,)


def readers_of(row: Row) -> tuple[list[str], bool]:
    """As engagements.rules computes them; benchmarks.verify compares the two on a sample."""
    own = readers.office(row.office)
    if not row.filed:
        return [own], False
    if row.visibility == "restricted":
        leads = {readers.office(desk, "desk_lead") for desk in row.desks}
        return sorted({readers.person(user) for user in row.people} | leads), False
    named = {readers.EVERYONE} if row.visibility == "public" else set()
    named |= {readers.office(pk) for pk in row.offices} | {readers.coalition(pk) for pk in row.coalitions}
    return sorted({own} | named), True
