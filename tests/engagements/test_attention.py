"""Flags inform: what desks and public lists say of where one goes and whom one meets."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Member
from counterparts import actions as counterparts
from counterparts.models import Hit, ListEdition
from engagements import actions
from engagements.models import Engagement
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.factories import lists

pytestmark = pytest.mark.django_db


def flags(engagement: Engagement) -> dict[str, str]:
    return {flag.rule: flag.reason for flag in engagement.flags.all()}


def test_guidance_of_the_country_is_a_flag_with_its_reason_and_courtesy_is_none(
    maria: Member, liaison: Member
) -> None:
    make.guidance(liaison)
    make.guidance(liaison, kind="courtesy", title="Bring a small gift")
    make.guidance(liaison, country="JP", title="Elsewhere")
    said = flags(make.filed(maria))
    assert said["country_guidance"] == "Guidance is in force: Tell the consulate before a visit (Mexico)."


def test_a_possible_listing_is_a_flag_that_says_it_is_no_finding(maria: Member) -> None:
    lists.listing("Baja California Government", in_=lists.edition(), kind="body")
    plan = make.drafted(maria)
    counterparts.screen_due()
    said = flags(actions.file(plan, by=maria))
    assert said["possible_listing"].startswith(
        "A possible match, not a finding: Government of Baja California (SDN, list of March 2, 2026)"
    )


def test_who_comes_for_their_side_is_compared_with_the_lists_as_whom_one_meets(
    maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    held = make.assigned(maria, liaison)
    person = make.counterpart(maria, name="Julia Ejemplo", kind="person", subdivision="")
    plan = actions.Plan(participants=[{"side": "theirs", "name": "Julia E.", "counterpart": person}])
    actions.amend(held.engagement, plan, by=maria, version=held.engagement.version)
    assert flags(held.engagement) == {}
    lists.listing("Julia Ejemplo", in_=lists.edition(), kind="person")
    counterparts.screen_due()
    assert actions.refresh_flags() == 1
    assert "Julia Ejemplo (SDN" in flags(held.engagement)["possible_listing"]
    page = client_for(liaison).get(held.get_absolute_url()).content.decode()
    assert "A possible match is not a finding." in page
    plan = actions.Plan(participants=[])
    now = Engagement.objects.get(pk=held.engagement_id)
    actions.amend(now, plan, by=maria, version=now.version)
    assert flags(now) == {}


def test_what_a_list_or_a_desk_says_later_is_raised_on_plans_to_come_and_goes_again(
    maria: Member, liaison: Member
) -> None:
    filed, over = make.filed(maria), make.held(maria)
    entry = lists.listing("Government of Baja California", in_=lists.edition(), kind="body")
    guidance = make.guidance(liaison, starts_on=make.in_days(0))
    counterparts.screen_due()
    assert actions.refresh_flags() == 1
    assert set(flags(filed)) == {"country_guidance", "possible_listing"}
    assert flags(over) == {}
    entry.names.update(is_live=False)
    lists.edition()
    counterparts.screen_due()
    counterparts.end_guidance(guidance, by=liaison, ends_on=make.in_days(0))
    actions.refresh_flags()
    assert set(flags(filed)) == {"country_guidance"}


def test_a_match_that_comes_back_is_raised_again(maria: Member, lee: Member) -> None:
    filed, name = make.filed(maria), "Government of Baja California"
    lists.listing(name, in_=lists.edition(), kind="body")
    counterparts.screen_due()
    long_ago = timezone.now() - timedelta(days=9)
    Hit.objects.update(found_at=long_ago)
    ListEdition.objects.update(ended_at=long_ago)
    (body,) = filed.counterparts.all()
    for version, called in enumerate(("Rivers and Lakes", name), 1):
        counterparts.change(body, by=lee, version=version, name=called)
        counterparts.screen_due()
        actions.refresh_flags()
        assert ("possible_listing" in flags(filed)) == (called == name)


def test_no_flag_changes_what_its_office_may_do(maria: Member, liaison: Member) -> None:
    make.guidance(liaison, kind="caution")
    plan = make.filed(maria)
    assert plan.status == "filed"
    assert actions.postpone(plan, by=maria).status == "postponed"
