"""Who sees an engagement and its advice, state by state, against access.md's table."""

from typing import Any

import pytest

from accounts.models import Member
from activity.models import Entry
from engagements import actions
from engagements.models import Advice, AdviceRequest, DeskNote, Engagement
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db

EVERYBODY = [
    "maria",
    "lee",
    "gov",
    "tom",
    "ana",
    "liaison",
    "desk_lead",
    "briefer",
    "auditor",
    "outsider",
    "operator",
]


def seeing(model: Any, request: pytest.FixtureRequest) -> set[str]:
    from django.contrib.auth import get_user_model

    names = set()
    for name in EVERYBODY:
        person = request.getfixturevalue(name)
        user = get_user_model().objects.get(pk=getattr(person, "user_id", person.pk))
        if model.objects.visible_to(user).exists():
            names.add(name)
    return names


OFFICE = {"maria", "lee", "gov"}
FEDERAL = {"liaison", "desk_lead"}


def test_a_draft_stays_in_its_office(maria: Member, request: pytest.FixtureRequest) -> None:
    make.drafted(maria)
    assert seeing(Engagement, request) == OFFICE


def test_filing_tells_the_federal_desks(maria: Member, request: pytest.FixtureRequest) -> None:
    make.filed(maria)
    assert seeing(Engagement, request) == OFFICE | FEDERAL


def test_sharing_with_an_office_admits_its_people(
    maria: Member, tom: Member, request: pytest.FixtureRequest
) -> None:
    actions.share(make.filed(maria), by=maria, visibility="shared", offices=[tom.office])
    assert seeing(Engagement, request) == OFFICE | FEDERAL | {"tom"}


def test_taking_a_share_back_shuts_the_door(
    maria: Member, tom: Member, request: pytest.FixtureRequest
) -> None:
    engagement = make.filed(maria)
    actions.share(engagement, by=maria, visibility="shared", offices=[tom.office])
    actions.share(engagement, by=maria, visibility="federal")
    assert seeing(Engagement, request) == OFFICE | FEDERAL


def test_a_share_chosen_before_filing_holds_only_from_filing(
    maria: Member, ana: Member, request: pytest.FixtureRequest
) -> None:
    engagement = make.drafted(maria)
    actions.share(engagement, by=maria, visibility="shared", people=[ana.user])
    assert seeing(Engagement, request) == OFFICE
    actions.file(engagement, by=maria)
    assert seeing(Engagement, request) == OFFICE | FEDERAL | {"ana"}


def test_public_is_everyone_with_a_place_in_an_office(maria: Member, request: pytest.FixtureRequest) -> None:
    actions.share(make.filed(maria), by=maria, visibility="public")
    assert seeing(Engagement, request) == OFFICE | FEDERAL | {"tom", "ana", "briefer"}


def test_restricted_leaves_the_named_and_the_routed_desks_lead(
    maria: Member, gov: Member, liaison: Member, request: pytest.FixtureRequest
) -> None:
    engagement = make.requested(maria, liaison).engagement
    actions.share(engagement, by=maria, visibility="restricted", people=[gov.user])
    assert seeing(Engagement, request) == {"maria", "gov", "desk_lead"}
    assert seeing(AdviceRequest, request) == {"maria", "gov", "desk_lead"}


def test_a_guest_named_on_a_restricted_engagement_does_not_read_its_advice(
    maria: Member, tom: Member, liaison: Member, request: pytest.FixtureRequest
) -> None:
    advice = make.advised(maria, liaison)
    actions.share(advice.request.engagement, by=maria, visibility="restricted", people=[tom.user])
    assert seeing(Engagement, request) == {"maria", "tom", "desk_lead"}
    assert seeing(Advice, request) == {"maria", "desk_lead"}
    assert seeing(AdviceRequest, request) == {"maria", "desk_lead"}


def test_lines_about_advice_on_a_restricted_filing_are_for_its_insiders(
    maria: Member, desk_lead: Member
) -> None:
    make.requested(maria, desk_lead)
    draft = make.drafted(maria)
    actions.share(draft, by=maria, visibility="restricted")
    actions.file(draft, by=maria)
    line = Entry.objects.about(draft).get(kind="engagements.advice_requested")
    assert set(line.readers) == {
        f"office:{maria.office_id}:person:{maria.user_id}",
        f"office:{desk_lead.office_id}:desk_lead",
    }
    assert set(draft.advice_requests.get().readers) == set(line.readers)


def test_restricting_shuts_liaisons_out_of_notes_they_wrote(
    maria: Member, liaison: Member, request: pytest.FixtureRequest
) -> None:
    advice_request = make.assigned(maria, liaison)
    actions.note_for_desk(advice_request, by=liaison, text="For us.")
    actions.share(advice_request.engagement, by=maria, visibility="restricted")
    assert seeing(DeskNote, request) == {"desk_lead"}


def test_unreleased_advice_and_desk_notes_stay_in_the_desk(
    maria: Member, liaison: Member, request: pytest.FixtureRequest
) -> None:
    advice_request = make.assigned(maria, liaison)
    actions.draft_advice(advice_request, by=liaison, position="concern", reasoning="Not yet.")
    actions.note_for_desk(advice_request, by=liaison, text="For us.")
    assert seeing(Advice, request) == FEDERAL
    assert seeing(DeskNote, request) == FEDERAL


def test_released_advice_is_for_the_office_and_the_desks_only(
    maria: Member, tom: Member, liaison: Member, request: pytest.FixtureRequest
) -> None:
    advice = make.advised(maria, liaison)
    actions.share(advice.request.engagement, by=maria, visibility="shared", offices=[tom.office])
    assert seeing(Advice, request) == OFFICE | FEDERAL


def test_a_removed_member_sees_nothing_from_the_next_request(maria: Member, lee: Member) -> None:
    from django.contrib.auth import get_user_model

    from accounts import actions as accounts

    make.filed(maria)
    accounts.end_member(maria, by=lee)
    assert not Engagement.objects.visible_to(get_user_model().objects.get(pk=maria.user_id)).exists()


def test_what_other_offices_hear_when_plans_cross_can_be_changed_after_filing(maria: Member) -> None:
    engagement = make.filed(maria)
    actions.share(engagement, by=maria, visibility="federal", coordination="blind")
    engagement.refresh_from_db()
    assert engagement.coordination == "blind"
    actions.share(engagement, by=maria, visibility="federal")
    engagement.refresh_from_db()
    assert engagement.coordination == "blind"
