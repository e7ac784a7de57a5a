"""What the two offices do about plans that cross, and what becomes of it."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Member
from activity import timeline
from activity.models import Entry, Notice
from diplomacy.lib.errors import Conflict, Forbidden
from engagements import actions, rules
from engagements.models import CoordinatorQuestion, Coverage, Engagement, OverlapMessage, OverlapSide
from tests.factories import engagements as make
from tests.factories import overlaps as cross
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db


def told(person: Member) -> list[str]:
    return [
        notice.entry.kind
        for notice in Notice.objects.filter(
            recipient=person.user, entry__subject_type="engagements.overlapside"
        )
        .select_related("entry")
        .order_by("pk")
    ]


def lines(side: OverlapSide, person: Member) -> list[Entry]:
    return timeline.of(side, person.user)


def test_both_are_told_once_when_the_second_files(maria: Member, tom: Member) -> None:
    cross.crossing(maria, tom)
    assert told(maria) == told(tom) == ["engagements.overlap_found"]
    assert {line.actor for line in Entry.objects.filter(kind="engagements.overlap_found")} == {None}


def test_an_introduction_needs_the_consent_of_both(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom)
    actions.ask_introduction(here.our_side, by=maria)
    here = here.again()
    assert (here.our_side.cell, here.their_side.cell) == ("signal", "signal")
    assert told(tom)[-1] == "engagements.overlap_was_asked"
    actions.introduce(here.their_side, by=tom)
    here = here.again()
    assert (here.our_side.cell, here.their_side.cell) == ("named", "named")
    assert here.our_side.sees["office"] == tom.office.name
    assert here.their_side.sees["office"] == maria.office.name
    assert told(maria)[-1] == told(tom)[-1] == "engagements.overlap_named"


def test_whoever_asked_learns_nothing_of_a_no(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom)
    actions.ask_introduction(here.our_side, by=maria)
    before = OverlapSide.objects.filter(pk=here.our_side.pk).values().get()
    notices, seen = told(maria), [line.pk for line in lines(here.our_side, maria)]
    actions.decline_introduction(here.again().their_side, by=tom)
    assert OverlapSide.objects.filter(pk=here.our_side.pk).values().get() == before
    assert (told(maria), [line.pk for line in lines(here.our_side, maria)]) == (notices, seen)


def test_asking_again_or_answering_twice_is_refused(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom)
    actions.ask_introduction(here.our_side, by=maria)
    with pytest.raises(Conflict):
        actions.ask_introduction(here.our_side, by=maria)
    actions.introduce(here.their_side, by=tom)
    with pytest.raises(Conflict):
        actions.introduce(here.their_side, by=tom)
    with pytest.raises(Conflict):
        actions.decline_introduction(here.their_side, by=tom)


def test_a_plan_that_tells_no_other_office_does_not_ask_one(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom, ours="blind", theirs="signal")
    with pytest.raises(Conflict):
        actions.ask_introduction(here.our_side, by=maria)
    with pytest.raises(Conflict):
        actions.introduce(here.our_side, by=maria)


def test_a_withdrawn_consent_takes_back_name_and_thread_on_both_sides(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom)
    actions.ask_introduction(here.our_side, by=maria)
    actions.introduce(here.their_side, by=tom)
    here = here.again()
    actions.write_to_other(here.their_side, by=tom, text="Hello.")
    assert OverlapMessage.objects.visible_to(maria.user).exists()
    actions.withdraw_introduction(here.their_side, by=tom)
    here = here.again()
    for side in (here.our_side, here.their_side):
        assert (side.cell, side.is_mutual, set(side.sees)) == ("signal", False, {"month", "matched"})
    for person in (maria, tom):
        assert not OverlapMessage.objects.visible_to(person.user).exists()
    with pytest.raises(Conflict):
        actions.write_to_other(here.our_side, by=maria, text="Are you there?")
    actions.ask_introduction(here.our_side, by=maria)
    actions.introduce(here.again().their_side, by=tom)
    assert OverlapMessage.objects.visible_to(maria.user).get().text == "Hello."


def test_who_was_introduced_is_told_when_it_no_longer_is_and_not_by_whom(
    maria: Member, lee: Member, tom: Member
) -> None:
    here = cross.crossing(maria, tom)
    actions.ask_introduction(here.our_side, by=maria)
    actions.introduce(here.their_side, by=tom)
    before = told(tom)
    actions.withdraw_introduction(here.their_side, by=tom)
    for person in (maria, lee):
        assert told(person)[-1] == "engagements.overlap_unnamed"
    assert told(tom) == before
    line = lines(here.our_side, maria)[0]
    assert (line.kind, line.actor, line.office, line.data) == ("engagements.overlap_unnamed", None, None, {})
    assert "engagements.overlap_unnamed" not in [line.kind for line in lines(here.their_side, tom)]


def test_of_an_introduction_that_ends_because_the_plan_turned_blind_nobody_hears(
    maria: Member, tom: Member
) -> None:
    here = cross.crossing(maria, tom, ours="signal", theirs="introduce")
    actions.introduce(here.our_side, by=maria)
    before = told(tom)
    actions.share(here.ours, by=maria, visibility="federal", coordination="blind")
    with pytest.raises(Conflict):
        actions.withdraw_introduction(here.again().our_side, by=maria)
    assert told(tom) == before
    assert here.again().their_side.readers == []


def test_a_plan_that_no_longer_introduces_its_office_is_told_like_an_introduction_taken_back(
    maria: Member, tom: Member
) -> None:
    here = cross.crossing(maria, tom, "introduce", "introduce")
    before = told(maria)
    actions.share(here.ours, by=maria, visibility="federal", coordination="signal")
    assert here.again().their_side.cell == "signal"
    assert told(tom)[-1] == "engagements.overlap_unnamed"
    assert told(maria) == before
    here = here.again()
    actions.share(here.theirs, by=tom, visibility="federal", coordination="blind")
    assert told(maria) == before, "of a plan that turned blind nobody hears"


def test_a_thread_is_read_by_both_offices_and_by_nobody_else(
    maria: Member, tom: Member, ana: Member, liaison: Member, desk_lead: Member
) -> None:
    here = cross.crossing(maria, tom, "introduce", "introduce")
    actions.write_to_other(here.our_side, by=maria, text="Shall we speak?")
    rows = OverlapMessage.objects
    assert [rows.visible_to(one.user).exists() for one in (maria, tom)] == [True, True]
    assert not any(rows.visible_to(one.user).exists() for one in (ana, liaison, desk_lead))
    assert told(tom)[-1] == "engagements.overlap_answered"
    assert all(line.actor is None for line in lines(here.their_side, tom))


UNKNOWN = [("introduce", "signal"), ("signal", "introduce"), ("signal", "signal"), ("blind", "introduce")]


@pytest.mark.parametrize("pair", UNKNOWN)
def test_no_thread_before_each_knows_the_other(pair: tuple[str, str], maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom, *pair)
    for side, by in ((here.our_side, maria), (here.their_side, tom)):
        with pytest.raises(Conflict):
            actions.write_to_other(side, by=by, text="Hello?")


def test_setting_aside_is_for_one_side_alone(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom)
    before = OverlapSide.objects.filter(pk=here.their_side.pk).values().get()
    actions.set_aside(here.our_side, by=maria, reason="Not the same people.")
    assert OverlapSide.objects.filter(pk=here.their_side.pk).values().get() == before
    assert not OverlapSide.objects.visible_to(maria.user).open().exists()
    actions.take_up(here.our_side, by=maria)
    assert OverlapSide.objects.visible_to(maria.user).open().exists()


@pytest.mark.parametrize("move", rules.SIDE_MOVES)
def test_only_staff_and_leads_of_the_office_move_its_side(
    move: str, maria: Member, tom: Member, gov: Member, desk_lead: Member
) -> None:
    here = cross.crossing(maria, tom)
    for by in (tom, gov, desk_lead, make_member(maria.office, "reader")):
        with pytest.raises(Forbidden):
            rules.require_side(move, here.our_side, by)


def test_a_question_lands_with_the_covering_desk_and_its_answer_with_who_asked(
    maria: Member, tom: Member, liaison: Member, other_liaison: Member
) -> None:
    Coverage.objects.create(desk=liaison.office, country="JP")
    here = cross.crossing(maria, tom)
    question = actions.ask_coordinator(here.our_side, by=maria, text="Is it about the river?")
    asked = Notice.objects.filter(entry__kind="engagements.coordinator_asked")
    assert [notice.recipient for notice in asked] == [liaison.user]
    with pytest.raises(Conflict):
        actions.ask_coordinator(here.our_side, by=maria, text="And?")
    with pytest.raises(Forbidden):
        actions.answer_office(question, by=tom, text="Me.")
    actions.answer_office(question, by=liaison, text="It is not.")
    with pytest.raises(Conflict):
        actions.answer_office(question, by=liaison, text="It is.")
    assert told(maria)[-1] == "engagements.coordinator_said"
    rows = CoordinatorQuestion.objects
    assert [rows.visible_to(one.user).exists() for one in (maria, liaison, other_liaison, tom)] == [
        True,
        True,
        True,
        False,
    ]
    assert "engagements.coordinator_said" not in told(tom)


def test_nothing_of_this_touches_an_engagement(maria: Member, tom: Member, liaison: Member) -> None:
    Coverage.objects.create(desk=liaison.office, country="JP")
    here = cross.crossing(maria, tom)

    def rows() -> list[dict[str, Any]]:
        return list(type(here.ours).objects.order_by("pk").values())

    before = rows()
    question = actions.ask_coordinator(here.our_side, by=maria, text="Well?")
    actions.answer_office(question, by=liaison, text="Wait, please.")
    actions.ask_introduction(here.our_side, by=maria)
    actions.introduce(here.again().their_side, by=tom)
    actions.set_aside(here.again().our_side, by=maria, reason="Done.")
    assert rows() == before


# The end -------------------------------------------------------------------------------------------------------------

End = Callable[[Engagement, Member], object]
ENDS: dict[str, End] = {
    "postponed": lambda row, by: actions.postpone(row, by=by),
    "cancelled": lambda row, by: actions.cancel(row, by=by),
    "restricted": lambda row, by: actions.share(row, by=by, visibility="restricted"),
}


@pytest.mark.parametrize("how", ENDS)
def test_without_a_thread_the_end_leaves_no_trace_and_does_not_say_why(
    how: str, maria: Member, tom: Member, liaison: Member
) -> None:
    here = cross.crossing(maria, tom, "introduce", "introduce")
    notices = told(maria)
    ENDS[how](here.theirs, tom)
    for person in (maria, tom, liaison):
        assert not OverlapSide.objects.visible_to(person.user).exists()
        assert not type(here.overlap).objects.visible_to(person.user).exists()
    side = here.again().our_side
    assert (side.cell, side.sees, side.readers) == ("nothing", {}, [])
    assert told(maria) == notices


def test_with_a_thread_each_reason_leaves_the_other_side_the_same(maria: Member, tom: Member) -> None:
    left = []
    for number, end in enumerate(ENDS.values()):
        met = make.counterpart(maria, name=f"Body {number}", subdivision="", city="", country="JP")
        stop = [{"city": f"City {number}", "country": "JP"}]
        plans = []
        for by in (maria, tom):
            fields = cross.plan(met, coordination="introduce").fields
            row = actions.draft(actions.Plan(fields=fields, counterparts=[met], stops=stop), by=by)
            plans.append(actions.file(row, by=by))
        here = cross.of(*plans)
        actions.write_to_other(here.our_side, by=maria, text="Hello.")
        seen = here.again().our_side.sees
        end(here.theirs, tom)
        side = here.again().our_side
        assert side.sees == seen
        assert OverlapMessage.objects.visible_to(maria.user).filter(overlap=here.overlap).exists()
        left.append((side.cell, side.is_mutual, side.has_ended, side.readers, set(side.sees)))
        assert [line.kind for line in lines(side, maria)] == [
            "engagements.overlap_wrote",
            "engagements.overlap_found",
        ]
    assert len({str(one) for one in left}) == 1


def test_of_a_restricted_plan_its_own_office_keeps_no_more_than_those_named(
    maria: Member, lee: Member, tom: Member, liaison: Member
) -> None:
    here = cross.crossing(tom, maria, "introduce", "introduce")
    actions.write_to_other(here.their_side, by=maria, text="Hello.")
    actions.share(here.theirs, by=maria, visibility="restricted")
    assert OverlapSide.objects.visible_to(maria.user).exists()
    assert not OverlapSide.objects.visible_to(lee.user).exists()
    assert not OverlapMessage.objects.visible_to(lee.user).exists()
    assert not type(here.overlap).objects.visible_to(liaison.user).exists()


def test_what_is_kept_after_the_end_goes_when_the_other_turns_blind(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom, "introduce", "introduce")
    actions.write_to_other(here.our_side, by=maria, text="Hello.")
    postponed = actions.postpone(here.theirs, by=tom)
    actions.share(postponed, by=tom, visibility="federal", coordination="blind")
    assert not OverlapSide.objects.visible_to(maria.user).exists()
    assert not OverlapMessage.objects.visible_to(maria.user).exists()


def test_a_preference_changed_later_changes_both_sides_at_once(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom, "signal", "introduce")
    assert here.our_side.sees["member"] == tom.pk
    actions.share(here.theirs, by=tom, visibility="federal", coordination="signal")
    assert set(here.again().our_side.sees) == {"month", "matched"}
    heard = ["engagements.overlap_found", "engagements.overlap_unnamed"]
    assert told(maria) == heard
    actions.share(here.again().theirs, by=tom, visibility="federal", coordination="blind")
    assert here.again().our_side.sees == {}
    assert told(maria) == heard


def test_a_link_is_kept_only_where_the_other_is_named_and_may_be_read(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom, "signal", "introduce")
    assert here.our_side.sees["engagement"] == ""
    actions.share(here.theirs, by=tom, visibility="public")
    assert here.again().our_side.sees["engagement"] == here.theirs.reference
    actions.share(here.again().theirs, by=tom, visibility="public", coordination="signal")
    assert "engagement" not in here.again().our_side.sees
