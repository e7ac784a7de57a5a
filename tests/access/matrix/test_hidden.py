"""What one may not see changes nothing that one sees: not a list, a count, a suggestion, a search or a tag.

Each act below is one that some people must not notice. Every page that shows many things, and every search, answers
them after it byte for byte as before.
"""

import os
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from briefings import actions as briefing_actions
from engagements import actions
from tests.access.matrix import known, oracle
from tests.access.matrix.asking import Asker, address
from tests.access.matrix.routes import ROUTES
from tests.access.matrix.world import SECTIONS, World, audience
from tests.factories import engagements as make

IS_FULL = os.environ.get("MATRIX") == "full"
PART = 1 if IS_FULL else 40
NEEDLE = "zq999999"
"""The title of what is hidden: searched for by name."""
SEARCHES = (
    f"/api/v1/engagements/?q={NEEDLE}",
    f"/engagements/shared/?q={NEEDLE}",
    f"/engagements/?q={NEEDLE}",
    f"/briefings/lookup/engagements/?q={NEEDLE}",
    f"/briefings/lookup/?q={NEEDLE}",
    "/api/v1/engagements/?country=MX",
    "/api/v1/engagements/?topic=water&status=filed",
    "/api/v1/advice-requests/?mine=false",
    "/api/v1/advice-requests/?open=true&mine=false",
    "/api/v1/commitments/?open=true",
    "/api/v1/overlaps/?set_aside=true",
    "/api/v1/overlaps/?ended=true",
    "/api/v1/overlaps/counts/",
    "/api/v1/coordination/?country=MX",
    "/api/v1/coordination/?waits=true",
    *(f"/api/v1/coordination/counts/?by={by}" for by in ("country_week", "country", "week", "day")),
    *(f"/coordination/{where}?scope=all" for where in ("", "calendar/", "map/")),
    "/coordination/?country=MX&waits=yes",
    "/overlaps/?tab=aside",
    "/overlaps/?tab=ended",
    f"/referrals/lookup/engagements/?q={NEEDLE}",
    "/referrals/?state=open",
    "/referrals/sent/?state=sent",
    "/api/v1/referrals/?box=received",
    "/api/v1/deliveries/?unopened=true",
    "/api/v1/notices/?unread=true",
    "/advice/?tab=closed",
)


class Act(NamedTuple):
    """What is done, and who may notice."""

    name: str
    do: Callable[[World], object]
    noticed_by: Callable[[oracle.Person], bool]
    shown: tuple[str, Callable[[World], str]]
    """One of them, and where they see it."""


def in_california(person: oracle.Person) -> bool:
    return "california" in person.offices


def at_the_desk(person: oracle.Person) -> bool:
    return person.serves("desk_mexico", oracle.ADVISING)


def among_briefers(person: oracle.Person) -> bool:
    return person.serves("desk_mexico", frozenset({"briefer"}))


def draft(world: World) -> Any:
    """With a counterpart who is on the register: everybody would see a new one there."""
    fields = {
        "title": NEEDLE,
        "kind": "call",
        "purpose": "Talk.",
        "topics": ["water"],
        "starts_on": make.in_days(30),
    }
    fields |= {"ends_on": make.in_days(31)}
    stops = [{"city": "Tijuana", "country": "MX", "subdivision": "MX-BCN"}]
    plan = actions.Plan(fields=fields, counterparts=[world.records["counterpart"][0].row], stops=stops)
    return actions.draft(plan, by=world.by("lee"))


def restrict(world: World) -> object:
    """From a draft on, so that nobody is told of what they lose."""
    row = actions.share(draft(world), by=world.by("lee"), visibility="restricted")
    actions.add_commitment(actions.file(row, by=world.by("lee")), by=world.by("lee"), text=NEEDLE)
    return actions.note_for_office(row, by=world.by("lee"), text=NEEDLE)


def file_blind(world: World) -> object:
    """To the counterpart that everybody meets: it crosses plans of all the other offices, who must not notice."""
    fields: dict[str, Any] = {
        "title": NEEDLE,
        "kind": "call",
        "purpose": "Talk.",
        "topics": ["water"],
        "coordination": "blind",
    }
    fields |= {"starts_on": make.in_days(1), "ends_on": make.in_days(2)}
    stops = [{"city": "Tijuana", "country": "MX", "subdivision": "MX-BCN"}]
    plan = actions.Plan(fields=fields, counterparts=[world.records["counterpart"][0].row], stops=stops)
    row = actions.file(actions.draft(plan, by=world.by("tom")), by=world.by("tom"))
    assert row.overlap_sides.exists()
    return row


def note(world: World) -> object:
    return actions.note_for_office(world.held("public").row, by=world.by("maria"), text=NEEDLE)


def advise_unseen(world: World) -> object:
    request = world.held("given public at desk_mexico").row
    actions.note_for_desk(request, by=world.by("desk_lead"), text=NEEDLE)
    held = world.held("asks at desk_mexico").row
    actions.take(held, by=world.by("desk_lead"))
    return actions.draft_advice(
        held, by=world.by("desk_lead"), position="concern", reasoning=NEEDLE, version=0
    )


def brief(world: World) -> object:
    section = {"heading": NEEDLE, "body": NEEDLE, "label": "RED"}
    audience = [{"kind": "person", "user": world.cast["gov"].user}]
    said = briefing_actions.Writing(fields={"title": NEEDLE}, sections=[section], audience=audience)
    row = briefing_actions.draft(said, by=world.by("briefer"))
    return briefing_actions.release(
        briefing_actions.submit(row, by=world.by("briefer")), by=world.by("second_briefer")
    )


def refer(world: World) -> object:
    """About the counterpart that everybody meets, from an engagement that one person reads."""
    matter = actions.Matter(
        receiver=world.houses.offices["desk_mexico"],
        subject=NEEDLE,
        text=NEEDLE,
        counterparts=[world.records["counterpart"][0].row],
        engagement=world.held("restricted").row,
    )
    return actions.take_up_referral(actions.refer(matter, by=world.by("lee")), by=world.by("liaison"))


def advise_restricted(world: World) -> object:
    request = world.held("restricted at desk_mexico").row
    actions.take(request, by=world.by("desk_lead"))
    return actions.give_advice(request, by=world.by("desk_lead"), position="support", reasoning=NEEDLE)


def about(route: str, name: str) -> Callable[[World], str]:
    return lambda world: address(route, world.held(name).params)


def listed_at(path: str) -> Callable[[World], str]:
    return lambda world: path


ASKS = oracle.Request(
    "", oracle.Engagement("", "california", desks=frozenset({"desk_mexico"})), "desk_mexico", ""
)
ACTS = (
    Act("a draft", draft, in_california, ("maria", listed_at("/engagements/drafts/"))),
    Act(
        "a restricted filing",
        restrict,
        lambda person: person.name == "lee" or person.serves("desk_mexico", frozenset({"desk_lead"})),
        ("lee", listed_at("/api/v1/engagements/")),
    ),
    Act(
        "a blind filing that crosses",
        file_blind,
        lambda person: "texas" in person.offices or any(seat.role in oracle.ADVISING for seat in person.held),
        ("tom", listed_at("/overlaps/")),
    ),
    Act("an office note", note, in_california, ("gov", about("engagements:detail", "public"))),
    Act(
        "work inside a desk",
        advise_unseen,
        lambda person: oracle.reads_request(person, ASKS),
        ("liaison", about("engagements:request", "given public at desk_mexico")),
    ),
    Act(
        "a referral to a desk",
        refer,
        lambda person: in_california(person) or at_the_desk(person),
        ("desk_lead", listed_at("/referrals/")),
    ),
    Act(
        "a briefing",
        brief,
        lambda person: among_briefers(person) or person.name == "gov",
        ("gov", listed_at("/briefings/mine/")),
    ),
    Act(
        "advice on what is restricted",
        advise_restricted,
        lambda person: person.name in {"lee", "rita", "desk_lead"},
        ("rita", about("engagements:detail", "restricted")),
    ),
)
MANY = sorted(name for name, route in ROUTES.items() if not route.subject and "GET" in route.methods)


LOGS = {("auditor", path) for path in ("/activity/", "/api/v1/log/", "/")}
"""An auditor sees who did what kind of thing, and when."""


def places(world: World) -> Iterator[str]:
    yield from (address(name, {}) for name in MANY)
    yield from SEARCHES
    counterpart = world.records["counterpart"][0].params["reference"]
    yield reverse("counterparts:detail", args=[counterpart])
    yield reverse("engagements:with_counterpart", args=[counterpart])
    yield reverse("engagements:referrals_with", args=[counterpart])
    yield reverse("api_acquaintances-detail", args=[counterpart])


@pytest.fixture(scope="module", autouse=True)
def stopped_clock() -> Iterator[None]:
    """“2 minutes ago” is not something that one noticed."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture(scope="module")
def before(world: World, askers: dict[str, Asker]) -> dict[tuple[str, str], object]:
    return {}


@pytest.mark.parametrize("act", ACTS, ids=[act.name for act in ACTS])
def test_what_is_hidden_changes_nothing_that_one_sees(
    act: Act, world: World, askers: dict[str, Asker], before: dict[tuple[str, str], object]
) -> None:
    unaware = [name for name, met in world.cast.items() if met.person.held and not act.noticed_by(met.person)]
    asked = [
        (name, path)
        for name in unaware
        for path in places(world)
        if (name, path) not in LOGS
        if zlib.crc32(f"{act.name} {name} {path}".encode()) % PART == 0
    ]
    assert asked
    for name, path in asked:
        before.setdefault((name, path), askers[name].ask("GET", path).told)
    with transaction.atomic():
        act.do(world)
        after = {place: askers[place[0]].ask("GET", place[1]).told for place in asked}
        transaction.set_rollback(True)
    noticed = [f"{name} at {path}" for name, path in asked if after[name, path] != before[name, path]]
    assert not noticed, f"{act.name} was noticed by {noticed}"


@pytest.mark.parametrize("act", ACTS, ids=[act.name for act in ACTS])
def test_whoever_it_is_for_does_notice(act: Act, world: World, askers: dict[str, Asker]) -> None:
    """Or the test above would pass because nothing was done."""
    who, place = act.shown
    path = place(world)
    before = askers[who].ask("GET", path).told
    with transaction.atomic():
        act.do(world)
        after = askers[who].ask("GET", path).told
        transaction.set_rollback(True)
    assert act.noticed_by(world.cast[who].person)
    assert before != after


LISTS = {
    "every side": "/api/v1/overlaps/",
    "every pair": "/api/v1/coordination/",
    "engagement": "/api/v1/engagements/",
    "request": "/api/v1/advice-requests/?mine=false",
    "referral": "/api/v1/referrals/",
    "commitment": "/api/v1/commitments/",
    "briefing": "/api/v1/briefings/",
    "copy": "/api/v1/deliveries/",
}


@pytest.mark.parametrize("subject", LISTS)
def test_a_list_holds_exactly_what_its_reader_may_see(
    subject: str, world: World, askers: dict[str, Asker]
) -> None:
    """Nothing hidden, and nothing missing."""
    for name, met in world.cast.items():
        if met.person.held:
            mine = {
                held.params["reference"]
                for held in world.records[subject]
                if oracle.reads(met.person, held.facts)
            }
            assert listed(askers[name], LISTS[subject]) == mine, name


def listed(asker: Asker, path: str) -> set[str]:
    found: set[str] = set()
    while path:
        page = asker.json(path)
        found |= {row["reference"] for row in page["results"]}
        path = (page["next"] or "").removeprefix("http://testserver")
    return found


def test_copies_went_to_whom_audience_and_label_admit(world: World) -> None:
    _, rules = audience(world)
    for held in world.records["briefing"]:
        assert isinstance(held.facts, oracle.Briefing)
        got = {
            copy.facts.recipient
            for copy in world.records["copy"]
            if isinstance(copy.facts, oracle.Copy) and copy.facts.briefing == held.facts
        }
        if held.facts.status in {"draft", "submitted"}:
            assert not got
            continue
        for name, met in world.cast.items():
            if met.person.held == met.person.seats and met.person.held:
                is_for = any(known.admits(met.person, rules, section) for section in SECTIONS)
                assert (name in got) == is_for, (held.name, name)
