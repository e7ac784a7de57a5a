"""Which plans cross: the search of the database against the same rules in plain Python, and its index."""

import random
import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from accounts.models import Member
from counterparts.models import Counterpart
from diplomacy.lib.rls import KEEPER
from engagements import actions, overlap
from engagements.models import Engagement, Overlap, OverlapFootprint
from tests.factories import engagements as make
from tests.factories.accounts import make_member, make_office

pytestmark = pytest.mark.django_db


def planned(by: Member, bodies: list[Counterpart], *stops: tuple[str, str, str], **fields: Any) -> Engagement:
    said: dict[str, Any] = {
        "title": "Talks",
        "kind": "inbound_visit",
        "purpose": "Talk.",
        "topics": ["water"],
    }
    said |= {"starts_on": make.in_days(30), "ends_on": make.in_days(31)}
    places: list[dict[str, Any]] = [
        {"city": city, "subdivision": part, "country": country} for city, part, country in stops
    ]
    return actions.draft(actions.Plan(fields=said | fields, counterparts=bodies, stops=places), by=by)


def filed(by: Member, bodies: list[Counterpart], *stops: tuple[str, str, str], **fields: Any) -> Engagement:
    stops = stops or (("Sacramento", "US-CA", "US"),)
    return actions.file(planned(by, bodies, *stops, **fields), by=by)


def body(by: Member, **fields: Any) -> Counterpart:
    return make.counterpart(by, **({"country": "JP", "subdivision": ""} | fields))


def crossing() -> set[tuple[int, int]]:
    return set(Overlap.objects.filter(ended_at=None).values_list("first", "second"))


def pair(one: Engagement, other: Engagement) -> tuple[int, int]:
    return min(one.pk, other.pk), max(one.pk, other.pk)


def test_two_offices_that_meet_the_same_counterpart_cross(maria: Member, tom: Member) -> None:
    met = body(maria)
    one, other = filed(maria, [met], topics=["water"]), filed(tom, [met], topics=["trade"])
    assert crossing() == {pair(one, other)}


def test_plans_of_one_office_do_not_cross(maria: Member, lee: Member) -> None:
    met = body(maria)
    filed(maria, [met]), filed(lee, [met])
    assert not crossing()


def test_parent_child_and_sibling_cross_and_a_grandparent_does_not(maria: Member, tom: Member) -> None:
    top = body(maria, name="Top")
    middle = body(maria, name="Middle", parent=top)
    low, beside = body(maria, name="Low", parent=middle), body(maria, name="Beside", parent=middle)
    ours = filed(maria, [low])
    others = [filed(tom, [met]) for met in (middle, beside, top)]
    assert crossing() == {pair(ours, others[0]), pair(ours, others[1])}


PLACES = [
    (("Tijuana", "MX-BCN", "MX"), ("Mexicali", "MX-BCN", "MX"), True),
    (("Tijuana", "MX-BCN", "MX"), ("Tijuana", "MX-SON", "MX"), False),
    (("Tijuana", "MX-BCN", "MX"), (" tijuana", "", "MX"), True),
    (("Tijuana", "", "MX"), ("TIJUANA", "", "MX"), True),
    (("Tijuana", "", "MX"), ("Tijuana", "", "GT"), False),
    (("", "", "MX"), ("", "", "MX"), False),
    (("Sacramento", "US-CA", "US"), ("Sacramento", "US-CA", "US"), False),
]


@pytest.mark.parametrize(("here", "there", "do_cross"), PLACES)
def test_a_place_is_a_region_or_where_one_is_not_said_a_city_and_never_at_home(
    here: Any, there: Any, do_cross: bool, maria: Member, tom: Member
) -> None:
    filed(maria, [body(maria)], here), filed(tom, [body(tom)], there)
    assert bool(crossing()) == do_cross


def test_the_same_place_needs_a_topic_too(maria: Member, tom: Member) -> None:
    stop = ("Tijuana", "MX-BCN", "MX")
    filed(maria, [body(maria)], stop, topics=["water"]), filed(tom, [body(tom)], stop, topics=["trade"])
    assert not crossing()


@pytest.mark.parametrize(("kinds", "apart", "do_cross"), [
    (("call", "call"), 3, True),
    (("call", "call"), 4, False),
    (("call", "signing"), 90, True),
    (("signing", "call"), 91, False),
    (("inbound_visit", "event"), 14, True),
])  # fmt: skip
def test_the_larger_window_of_the_two_kinds_counts(
    kinds: tuple[str, str], apart: int, do_cross: bool, maria: Member, tom: Member
) -> None:
    met, first = body(maria), make.in_days(30)
    filed(maria, [met], kind=kinds[0], starts_on=first, ends_on=first)
    day = first + timedelta(days=apart)
    filed(tom, [met], kind=kinds[1], starts_on=day, ends_on=day)
    assert bool(crossing()) == do_cross


def test_drafts_restricted_and_whatever_is_over_take_no_part(maria: Member, tom: Member) -> None:
    met = body(maria)
    planned(maria, [met])
    hidden = planned(maria, [met], ("Tokyo", "", "JP"))
    actions.file(actions.share(hidden, by=maria, visibility="restricted"), by=maria)
    past = {"starts_on": make.in_days(-9), "ends_on": make.in_days(-8)}
    filed(maria, [met], **past)
    filed(tom, [met], **past)
    filed(tom, [met])
    assert not crossing()
    assert not OverlapFootprint.objects.filter(engagement=hidden).exists()


def test_what_is_late_crosses_what_is_still_to_come(maria: Member, tom: Member) -> None:
    met = body(maria)
    past = filed(maria, [met], starts_on=make.in_days(-3), ends_on=make.in_days(-2))
    coming = filed(tom, [met], starts_on=make.in_days(5), ends_on=make.in_days(5))
    assert crossing() == {pair(past, coming)}


def test_an_amendment_finds_and_ends(maria: Member, tom: Member) -> None:
    met, elsewhere = body(maria), body(maria, name="Elsewhere")
    ours, theirs = filed(maria, [elsewhere]), filed(tom, [met])
    ours = actions.amend(
        ours, actions.Plan(counterparts=[met]), by=maria, version=Engagement.objects.get(pk=ours.pk).version
    )
    assert crossing() == {pair(ours, theirs)}
    actions.amend(
        ours,
        actions.Plan(counterparts=[elsewhere]),
        by=maria,
        version=Engagement.objects.get(pk=ours.pk).version,
    )
    assert not crossing()


MOVES = {
    "postpone": lambda row, by: actions.postpone(row, by=by),
    "cancel": lambda row, by: actions.cancel(row, by=by),
    "restrict": lambda row, by: actions.share(row, by=by, visibility="restricted"),
}


@pytest.mark.parametrize("move", MOVES)
def test_whatever_takes_a_plan_out_ends_its_overlaps(move: str, maria: Member, tom: Member) -> None:
    met = body(maria)
    ours, _ = filed(maria, [met]), filed(tom, [met])
    MOVES[move](ours, maria)
    assert not crossing()
    assert not OverlapFootprint.objects.filter(engagement=ours).exists()


def test_a_postponed_plan_with_new_dates_crosses_again_in_the_same_row(maria: Member, tom: Member) -> None:
    met = body(maria)
    ours, theirs = filed(maria, [met]), filed(tom, [met])
    row = Overlap.objects.get()
    held = actions.postpone(ours, by=maria)
    actions.resume(held, by=maria, starts_on=make.in_days(31), ends_on=make.in_days(31))
    assert crossing() == {pair(ours, theirs)}
    assert Overlap.objects.get() == row


def small_world(drawn: random.Random, offices: list[Member]) -> list[Engagement]:
    bodies: list[Counterpart] = []
    for number in range(8):
        parent = drawn.choice([None, *bodies])
        place: dict[str, Any] = drawn.choice([
            {"country": "MX", "subdivision": "MX-BCN", "city": "Tijuana"},
            {"country": "MX", "subdivision": "", "city": "Tijuana"},
            {"country": "JP", "subdivision": "", "city": ""},
        ])  # fmt: skip
        bodies.append(make.counterpart(offices[0], name=f"Body {number}", parent=parent, **place))
    stops = [
        ("Tijuana", "MX-BCN", "MX"),
        ("Tijuana", "", "MX"),
        ("Mexicali", "MX-BCN", "MX"),
        ("Reno", "US-NV", "US"),
    ]
    made = []
    for _ in range(20):
        starts = make.in_days(drawn.randint(-5, 60))
        fields = {
            "kind": drawn.choice(["call", "inbound_visit", "signing"]),
            "topics": drawn.sample(["water", "trade", "energy"], drawn.randint(1, 2)),
            "starts_on": starts,
            "ends_on": starts + timedelta(days=drawn.randint(0, 3)),
            "coordination": drawn.choice(["introduce", "signal", "blind"]),
        }
        by = drawn.choice(offices)
        made.append(filed(by, drawn.sample(bodies, drawn.randint(1, 2)), drawn.choice(stops), **fields))
    return made


def truth(one: Engagement, other: Engagement) -> bool:
    """The rule in plain Python, straight from its sentence."""
    days = max(overlap.windows()[one.kind], overlap.windows()[other.kind])
    gap = max((other.starts_on - one.ends_on).days, (one.starts_on - other.ends_on).days)  # type: ignore[operator]
    is_coming = max(one.ends_on, other.ends_on) >= make.in_days(0)  # type: ignore[type-var, operator]
    if one.office_id == other.office_id or gap > days or not is_coming:
        return False
    return any(overlap.matched(one, other))


@pytest.mark.parametrize("seed", range(2))
def test_search_nightly_run_and_plain_python_agree(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "MOST", (99, 99, 99))
    drawn = random.Random(seed)  # noqa: S311
    offices = [make_member(make_office()) for _ in range(4)]
    made = [Engagement.objects.get(pk=row.pk) for row in small_world(drawn, offices)]
    wanted = {pair(one, other) for one in made for other in made if one.pk < other.pk and truth(one, other)}
    assert len(wanted) > 15
    assert crossing() == wanted
    Overlap.objects.all().delete()
    actions.recompute_all_overlaps()
    assert crossing() == wanted
    gone = drawn.sample(made, 6)
    Engagement.objects.filter(pk__in=[row.pk for row in gone]).update(
        starts_on="2020-01-01", ends_on="2020-01-02"
    )
    actions.recompute_all_overlaps()
    left = [row for row in made if row not in gone]
    assert crossing() == {found for found in wanted if {row.pk for row in left} >= set(found)}


def test_only_the_nearest_are_found_and_those_that_are_blind_are_counted_apart(
    maria: Member, tom: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    met, days = body(maria), range(12)
    near = [
        filed(maria, [met], starts_on=make.in_days(30 + day), ends_on=make.in_days(30 + day)) for day in days
    ]
    for day in days:
        at = make.in_days(30 + day)
        filed(maria, [met], starts_on=at, ends_on=at, coordination="blind")
    ours = filed(tom, [met], starts_on=make.in_days(30), ends_on=make.in_days(30))
    Overlap.objects.all().delete()
    found = {
        one.first if one.first != ours.pk else one.second for one in overlap.found([ours.pk], most=(3, 3, 3))
    }
    assert len(found) == 6
    assert {row.pk for row in near[:3]} <= found


@pytest.mark.parametrize("preference", ["introduce", "blind"])
def test_one_office_with_many_plans_does_not_stand_between_two_others(
    preference: str, maria: Member, tom: Member, ana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlap, "MOST", (2, 2, 2))
    met = body(maria)
    theirs = filed(ana, [met], starts_on=make.in_days(33), ends_on=make.in_days(33))
    for _ in range(4):
        filed(maria, [met], starts_on=make.in_days(31), ends_on=make.in_days(31), coordination=preference)
    ours = filed(tom, [met], starts_on=make.in_days(30), ends_on=make.in_days(30))
    assert pair(ours, theirs) in crossing()


def test_a_counterpart_that_gets_another_parent_is_looked_at_again(maria: Member, tom: Member) -> None:
    one, other = body(maria, name="One"), body(maria, name="Other")
    ours, theirs = filed(maria, [one]), filed(tom, [other])
    assert not crossing()
    Counterpart.objects.filter(pk=other.pk).update(parent=one)
    assert actions.recompute_overlaps(one) == 2
    assert crossing() == {pair(ours, theirs)}


def test_windows_can_be_said_otherwise_and_a_slip_is_named(settings: Any, tmp_path: Any) -> None:
    path = tmp_path / "windows.toml"
    path.write_text("call = 40\n")
    settings.OVERLAP_WINDOWS = str(path)
    overlap.windows.cache_clear()
    assert overlap.windows() == {"": 14, "call": 40}
    path.write_text("cal = 40\n")
    overlap.windows.cache_clear()
    with pytest.raises(ValueError, match="cal = 40"):
        overlap.windows()
    settings.OVERLAP_WINDOWS = ""
    overlap.windows.cache_clear()


BODY = "SELECT prosrc FROM pg_proc WHERE oid = 'rls.overlaps_found(bigint[], date, integer[])'::regprocedure"
FILL = """INSERT INTO engagements_overlapfootprint
    (engagement_id, office_id, key, seeks, touch, dates, reach, starts_on, is_blind)
SELECT {}, n % 50, n, ARRAY[n], 3, daterange(d, d + 1), daterange(d - 14, d + 15), d, false
FROM generate_series(1, 5000) n, LATERAL (SELECT current_date + (n % 300)::int AS d) days"""


@pytest.mark.django_db(transaction=True)
def test_the_search_reads_an_index_over_key_and_dates_from_the_nearest_on(
    maria: Member, owner_connection: psycopg.Connection[Any]
) -> None:
    engagement = filed(maria, [body(maria)])

    def run(statement: str) -> list[str]:
        cursor = owner_connection.execute(statement.encode())
        return [line for (line,) in cursor] if cursor.description else []

    run(f"SET ROLE {KEEPER}")
    run(FILL.format(engagement.pk))
    run("RESET ROLE")
    run("ANALYZE engagements_overlapfootprint")
    source = run(BODY)[0].split(";", 1)[1]  # after it has asked who calls
    said = {"changed": f"ARRAY[{engagement.pk}]", "today": "current_date", "most": "(ARRAY[20, 10, 5])"}
    for name, value in said.items():
        source = re.sub(rf"\b{name}\b", value, source)
    run(f"SET ROLE {KEEPER}")
    plan = "\n".join(run(f"EXPLAIN {source}"))
    # Of a table with one plan PostgreSQL takes either index for either question: both are in the order of days.
    assert plan.count("Index Scan using footprint_") == 2, plan
    assert plan.count("Order By: (starts_on <-> f.starts_on)") == 2, plan
    assert "Seq Scan on engagements_overlapfootprint g" not in plan
