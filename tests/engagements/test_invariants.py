"""Empower and equip, never co-opt: nothing a federal user does changes, delays or hides an engagement."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from accounts.models import Member
from activity.models import Entry
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from engagements import actions, rules
from engagements.models import Advice, AdviceRequest, Engagement
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db


def as_it_stands(engagement: Engagement) -> dict[str, Any]:
    fresh = Engagement.objects.get(pk=engagement.pk)
    return model_to_dict(fresh) | {"status": fresh.status, "version": fresh.version, "readers": fresh.readers}


@pytest.mark.parametrize("move", sorted(rules.MOVES))
@pytest.mark.parametrize("role", ["liaison", "desk_lead", "briefer"])
def test_no_move_of_an_engagement_is_open_to_a_federal_role(
    move: str, role: str, maria: Member, request: pytest.FixtureRequest
) -> None:
    federal = request.getfixturevalue(role)
    engagement = make.drafted(maria)
    for status in rules.MOVES[move].before:
        engagement.status = status
        assert not rules.may(move, engagement, federal)
        with pytest.raises(Forbidden):
            rules.require(move, engagement, federal)


def test_a_federal_role_in_the_owning_office_would_still_not_write(maria: Member, liaison: Member) -> None:
    engagement = make.drafted(maria)
    liaison.office_id = engagement.office_id
    with pytest.raises(Forbidden):
        rules.require("file", engagement, liaison)


def everything_a_desk_can_do(request: AdviceRequest, liaison: Member) -> None:
    actions.take(request, by=liaison)
    actions.note_for_desk(request, by=liaison, text="Check with the boundary commission.")
    actions.ask_question(request, by=liaison, text="Who signs?")


def test_advising_touches_nothing_of_the_engagement(maria: Member, liaison: Member) -> None:
    request = make.requested(maria, liaison)
    before = as_it_stands(request.engagement)
    everything_a_desk_can_do(request, liaison)
    actions.answer_question(request.questions.get(), by=maria, text="Nobody signs anything.")
    actions.give_advice(request, by=liaison, position="concern", reasoning="Please do not go.")
    assert as_it_stands(request.engagement) == before


def test_a_waiting_question_does_not_keep_the_office_from_going_ahead(maria: Member, liaison: Member) -> None:
    request = make.requested(maria, liaison)
    everything_a_desk_can_do(request, liaison)
    engagement = request.engagement
    Engagement.objects.filter(pk=engagement.pk).update(starts_on=make.in_days(-1), ends_on=make.in_days(-1))
    assert actions.hold(engagement, by=maria).status == "held"


def test_late_advice_lapses_and_the_engagement_proceeds(maria: Member, liaison: Member) -> None:
    request = make.requested(maria, liaison)
    before = as_it_stands(request.engagement)
    AdviceRequest.objects.filter(pk=request.pk).update(due_on=make.in_days(-3))
    assert actions.lapse_overdue() == 1
    request.refresh_from_db()
    assert request.status == "lapsed"
    assert as_it_stands(request.engagement) == before
    line = Entry.objects.about(request.engagement).get(kind="engagements.advice_lapsed")
    assert line.actor is None
    assert actions.lapse_overdue() == 0


def test_the_clock_stands_still_while_a_question_waits_on_the_office(maria: Member, liaison: Member) -> None:
    request = make.assigned(maria, liaison)
    actions.ask_question(request, by=liaison, text="Who signs?")
    AdviceRequest.objects.filter(pk=request.pk).update(due_on=make.in_days(-3))
    assert actions.lapse_overdue() == 0


def test_advice_may_still_come_after_it_lapsed_and_says_that_it_is_late(
    maria: Member, liaison: Member
) -> None:
    request = make.requested(maria, liaison)
    AdviceRequest.objects.filter(pk=request.pk).update(due_on=make.in_days(-3))
    actions.lapse_overdue()
    actions.give_advice(request, by=liaison, position="support", reasoning="Sorry, late.")
    assert Entry.objects.get(kind="engagements.advice_given").data["late"] is True


def test_filing_late_or_after_the_fact_is_accepted_and_counted(maria: Member) -> None:
    engagement = make.filed(maria, starts_on=make.in_days(-9), ends_on=make.in_days(-8))
    assert engagement.is_filed_late
    assert not engagement.advice_requests.exists()


def test_released_advice_is_never_overwritten(maria: Member, liaison: Member) -> None:
    first = make.advised(maria, liaison)
    second = actions.give_advice(
        first.request, by=liaison, position="concern", reasoning="Things have changed."
    )
    first.refresh_from_db()
    assert (first.number, first.position, second.number) == (1, "considerations", 2)


@pytest.mark.parametrize("kind", ["followed", "adapted", "proceeded"])
def test_the_office_answers_as_it_likes(maria: Member, liaison: Member, kind: str) -> None:
    advice = make.advised(maria, liaison)
    actions.respond(advice, by=maria, kind=kind)
    advice.request.refresh_from_db()
    assert advice.request.status == "responded"


def test_the_desk_cannot_answer_its_own_advice(maria: Member, liaison: Member) -> None:
    advice = make.advised(maria, liaison)
    with pytest.raises(Forbidden):
        actions.respond(advice, by=liaison, kind="followed")


def test_another_office_cannot_file_what_is_not_its_own(maria: Member, tom: Member) -> None:
    with pytest.raises(Forbidden):
        actions.file(make.drafted(maria), by=tom)


def test_a_move_the_status_forbids_is_a_conflict(maria: Member) -> None:
    engagement = make.filed(maria)
    with pytest.raises(Conflict):
        actions.file(engagement, by=maria)


def test_cancelling_withdraws_open_requests(maria: Member, liaison: Member) -> None:
    request = make.assigned(maria, liaison)
    actions.cancel(request.engagement, by=maria, reason="The host fell ill.")
    request.refresh_from_db()
    assert request.status == "withdrawn"


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "filed"},
        {"federal_reads": True},
        {"starts_on": "2027-05-02", "ends_on": "2027-05-01"},
    ],
)
def test_the_database_refuses_a_draft_that_breaks_a_rule(maria: Member, broken: dict[str, Any]) -> None:
    engagement = make.drafted(maria)
    with pytest.raises(IntegrityError), transaction.atomic():
        Engagement.objects.filter(pk=engagement.pk).update(**broken)


def test_the_database_keeps_restricted_engagements_from_federal_readers(maria: Member) -> None:
    engagement = make.filed(maria)
    with pytest.raises(IntegrityError), transaction.atomic():
        Engagement.objects.filter(pk=engagement.pk).update(visibility="restricted")


def test_one_unreleased_advice_a_request(maria: Member, liaison: Member) -> None:
    request = make.assigned(maria, liaison)
    make_draft: Callable[..., Advice] = actions.draft_advice
    make_draft(request, by=liaison, position="support", reasoning="a")
    make_draft(request, by=liaison, position="concern", reasoning="b")
    assert [advice.position for advice in request.advice.all()] == ["concern"]


@pytest.mark.parametrize("day", [date.min, date(226, 5, 1), date.max])
def test_a_year_nobody_meant_is_refused_at_the_field(maria: Member, day: date) -> None:
    with pytest.raises(Invalid) as refused:
        make.drafted(maria, starts_on=day, ends_on=day)
    assert set(refused.value.fields) == {"starts_on", "ends_on"}
