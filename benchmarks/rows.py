"""The lines of each table, as COPY takes them."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import models

from accounts.models import Coalition, CoalitionMember, Member, Office, User
from activity.models import Entry, Notice
from benchmarks import bulk, world
from benchmarks.world import Row
from counterparts import finding, places
from counterparts.models import Counterpart
from engagements.models import (
    AdviceRequest,
    AttentionFlag,
    Engagement,
    EngagementGroupPermission,
    EngagementUserPermission,
    Participant,
    Stop,
)

BODIES = ("Ministry", "Province", "Council", "Port", "Institute")
Rows = Iterator[Sequence[object]]
MET = Engagement.counterparts.through
LARGE: list[type[models.Model]] = [
    *(
        Office,
        User,
        Member,
        Group,
        Coalition,
        CoalitionMember,
        Counterpart,
        Engagement,
        MET,
        Stop,
        Participant,
    ),
    *(AdviceRequest, AttentionFlag, EngagementUserPermission, EngagementGroupPermission, Entry, Notice),
]


def _array(values: Sequence[str]) -> str:
    return "{" + ",".join(values) + "}"


def _offices() -> int:
    def rows() -> Rows:
        for pk in range(1, world.ALL_OFFICES + 1):
            desk = pk <= world.DESKS
            level = "federal" if desk else ("city", "county", "city", "state")[pk % 4]
            yield (
                pk,
                f"O-{pk:08d}",
                f"Office {pk} of international affairs",
                f"Office {pk}",
                level,
                "ft"[desk],
                pk,
            )

    bulk.copy(
        Group,
        ["id", "name"],
        ((pk, f"group {pk}") for pk in range(1, world.ALL_OFFICES + world.COALITIONS + 1)),
    )
    return bulk.copy(
        Office, ["id", "reference", "name", "short_name", "level", "is_desk", "group_id"], rows()
    )


def _coalitions() -> int:
    drawn = random.Random(200)
    ids = range(1, world.COALITIONS + 1)
    bulk.copy(
        Coalition,
        ["id", "reference", "name", "lead_office_id", "group_id"],
        (
            (pk, f"G-{pk:08d}", f"Coalition {pk}", world.FIRST_OFFICE + pk, world.ALL_OFFICES + pk)
            for pk in ids
        ),
    )
    pairs = (
        (pk, office)
        for pk in ids
        for office in sorted(
            drawn.sample(range(world.FIRST_OFFICE, world.ALL_OFFICES - 1), world.MEMBERS_OF_COALITION)
        )
    )
    return bulk.copy(CoalitionMember, ["coalition_id", "office_id"], pairs)


def _people() -> int:
    def seats() -> Iterator[tuple[int, str]]:
        for desk in range(1, world.DESKS + 1):
            yield desk, "desk_lead"
            yield from ((desk, "liaison") for _ in range(world.PER_DESK - 1))
        for office in range(world.FIRST_OFFICE, world.ALL_OFFICES + 1):
            yield office, "lead"
            yield office, "staff"

    held = list(enumerate(seats(), 1))
    bulk.copy(
        User, ["id", "email", "name"], ((pk, f"person{pk}@bench.example", f"Person {pk}") for pk, _ in held)
    )
    columns = ["id", "user_id", "office_id", "role", "starts_on"]
    return bulk.copy(Member, columns, ((pk, pk, office, role, "2020-01-01") for pk, (office, role) in held))


def _counterparts() -> int:
    drawn = random.Random(50_000)

    def rows() -> Rows:
        for pk in range(1, world.COUNTERPARTS + 1):
            name = f"{drawn.choice(world.WORDS)} {drawn.choice(BODIES)} of Region {pk}"
            country = drawn.choice(world.COUNTRIES)
            yield (
                pk,
                f"C-{pk:08d}",
                "subnational",
                name,
                name.lower(),
                finding.line([name], places.country_name(country)),
                country,
                1 + world.DESKS,
                world.FIRST_STAFF,
            )

    columns = [
        "id",
        "reference",
        "kind",
        "name",
        "folded",
        "searched",
        "country",
        "added_for_id",
        "added_by_id",
    ]
    return bulk.copy(Counterpart, columns, rows())


def _engagements() -> int:
    drawn = random.Random(1)
    columns = [
        *(
            "id",
            "reference",
            "office_id",
            "contact_id",
            "status",
            "visibility",
            "kind",
            "title",
            "purpose",
            "topics",
        ),
        *("starts_on", "ends_on", "filed_at", "filed_version", "readers", "federal_reads"),
    ]
    purpose = "What we want to reach, in two or three sentences that a liaison can act on. " * 3

    def fields(row: Row) -> Sequence[object]:
        keys, federal = world.readers_of(row)
        title = f"{drawn.choice(world.WORDS)} {drawn.choice(world.ACTS)} {row.id}"
        ends = row.starts + timedelta(days=drawn.choice((0, 0, 1, 2, 4))) if row.starts else r"\N"
        filed = f"{row.starts - timedelta(days=14)} 12:00+00" if row.filed and row.starts else r"\N"
        return (
            *(row.id, f"E-{row.id:08d}", row.office, world.staff_of(row.office), row.status, row.visibility),
            *(
                drawn.choice(world.KINDS),
                title,
                purpose,
                _array(drawn.sample(world.TOPICS, drawn.choice((1, 1, 2, 3)))),
            ),
            *(row.starts or r"\N", ends, filed, int(row.filed), _array(keys), "ft"[federal]),
        )

    return bulk.copy(Engagement, columns, map(fields, world.engagements()))


def _around(
    model: type[models.Model], columns: Sequence[str], of: Callable[[Row, random.Random], Rows]
) -> int:
    drawn = random.Random(model.__name__)
    return bulk.copy(model, columns, (line for row in world.engagements() for line in of(row, drawn)))


def _met() -> int:
    def of(row: Row, drawn: random.Random) -> Rows:
        for body in {
            1 + int(world.COUNTERPARTS * drawn.random() ** 2) for _ in range(drawn.choice((1, 1, 1, 2)))
        }:
            yield row.id, body

    return _around(MET, ["engagement_id", "counterpart_id"], of)


def _stops() -> int:
    def of(row: Row, drawn: random.Random) -> Rows:
        for order in range(drawn.choice((0, 1, 1, 1, 2))):
            yield row.id, order, f"City {drawn.randint(1, 900)}", drawn.choice(world.COUNTRIES)

    return _around(Stop, ["engagement_id", "order", "city", "country"], of)


def _participants() -> int:
    def of(row: Row, drawn: random.Random) -> Rows:
        for side in drawn.choice((("ours",), ("ours", "theirs"), ())):
            yield row.id, side, f"Person {drawn.randint(1, 99_999)}", "Director"

    return _around(Participant, ["engagement_id", "side", "name", "title"], of)


def _requests() -> int:
    """What is to come is open; what is over was answered or has lapsed. The quiet desk has 25 requests, the idle one 1."""

    def line(row: Row, desk: int, status: str, drawn: random.Random) -> Sequence[object]:
        due = (row.starts or world.TODAY) - timedelta(days=drawn.randint(1, 9))
        paused = world.TODAY if status == "question" else r"\N"
        taken = (
            r"\N" if status == "requested" else world.adviser_of(desk, drawn.randint(0, world.PER_DESK - 1))
        )
        restricted = row.visibility == "restricted"
        keys = world.readers_of(row)[0] if restricted else [f"office:{row.office}"]
        reference = f"A-{desk:02d}{row.id:06d}" if row.id < 1_000_000 else f"A-{desk:02d}AAAAAA"
        asked = f"{due - timedelta(days=7)} 12:00+00"
        return reference, row.id, desk, status, asked, due, paused, taken, _array(keys), "ft"[not restricted]

    def of(row: Row, drawn: random.Random) -> Rows:
        coming = row.status == "filed" and row.starts is not None and row.starts > world.TODAY
        for desk in row.desks:
            open_now = coming and drawn.random() < 0.15
            mixture = (
                ("requested", "assigned", "assigned", "question")
                if open_now
                else ("responded", "given", "lapsed")
            )
            yield line(row, desk, drawn.choice(mixture), drawn)
        if coming and row.visibility == "federal" and 2_000 < row.id < 2_400 and next(quiet, None):
            yield line(row, world.DESKS - 1, "assigned", drawn)
        if coming and row.visibility == "federal" and row.id > 3_000 and next(idle, None):
            yield line(row, world.DESKS, "assigned", drawn)

    quiet, idle = iter([True] * 25), iter([True])
    columns = [
        *(
            "reference",
            "engagement_id",
            "desk_id",
            "status",
            "requested_at",
            "due_on",
            "paused_on",
            "assigned_to_id",
        ),
        *("readers", "federal_reads"),
    ]
    return _around(AdviceRequest, columns, of)


def _flags() -> int:
    def of(row: Row, drawn: random.Random) -> Rows:
        if row.filed and drawn.random() < 0.1:
            yield row.id, "hosted_travel", 1, "Hosted travel", "Paid for by: the foreign host."

    return _around(AttentionFlag, ["engagement_id", "rule", "rule_version", "label", "reason"], of)


def _grants() -> int:
    with bulk.cursor() as run:
        run.execute(
            "SELECT p.id FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id "
            "WHERE c.app_label = 'engagements' AND p.codename = 'view_engagement'"
        )
        (view,) = run.fetchone()

    def people(row: Row, drawn: random.Random) -> Rows:
        yield from ((row.id, view, user) for user in row.people)

    def groups(row: Row, drawn: random.Random) -> Rows:
        yield from ((row.id, view, office) for office in row.offices)
        yield from ((row.id, view, world.ALL_OFFICES + coalition) for coalition in row.coalitions)

    made = _around(EngagementUserPermission, ["content_object_id", "permission_id", "user_id"], people)
    return made + _around(
        EngagementGroupPermission, ["content_object_id", "permission_id", "group_id"], groups
    )


def _notices() -> int:
    """Each about an engagement of somebody's own office or desk. Of the last office's two people one has 25, one 1."""
    drawn = random.Random(400_000)
    rows = [(row.id, row.office) for row in world.engagements() if row.filed and row.id % 2 == 0]
    told = [(pk, world.staff_of(office)) for pk, office in drawn.sample(rows, world.NOTICES // 2)]
    told += [
        (pk, world.adviser_of(drawn.randint(1, world.DESKS - 2), 1))
        for pk, _ in drawn.sample(rows, world.NOTICES // 2)
    ]
    last = world.ALL_OFFICES
    told += [(pk, world.lead_of(last)) for pk in range(1, 26)] + [(26, world.lead_of(last - 1))]
    columns = ["id", "kind", "actor_id", "office_id", "subject_type", "subject_id", "subject_reference", "at"]
    bulk.copy(
        Entry,
        columns,
        (
            (
                n,
                "engagements.filed",
                world.FIRST_STAFF,
                world.FIRST_OFFICE,
                "engagements.engagement",
                pk,
                f"E-{pk:08d}",
                "2026-01-01",
            )
            for n, (pk, _) in enumerate(told, 1)
        ),
    )
    read = f"{world.TODAY} 08:00+00"
    lines: Iterator[Sequence[Any]] = (
        (n, user, _uuid(n), read if n <= world.NOTICES and drawn.random() < 0.9 else r"\N", "sent")
        for n, (_, user) in enumerate(told, 1)
    )
    return bulk.copy(Notice, ["entry_id", "recipient_id", "delivery_key", "read_at", "mail"], lines)


def _uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


STEPS: dict[str, Callable[[], int]] = {
    "offices": _offices,
    "coalition memberships": _coalitions,
    "memberships": _people,
    "counterparts": _counterparts,
    "engagements": _engagements,
    "counterparts met": _met,
    "stops": _stops,
    "participants": _participants,
    "requests for advice": _requests,
    "attention flags": _flags,
    "grants": _grants,
    "notices": _notices,
}
