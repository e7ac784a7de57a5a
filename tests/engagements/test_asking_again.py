"""A request that lapsed is asked again when the office says so: there is time now, and the record keeps that there was none."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member, Office
from activity.models import Entry, Notice
from diplomacy.lib.errors import Conflict, Forbidden
from engagements import actions, clock
from engagements.models import AdviceRequest, Engagement
from tests.conftest import ClientFor
from tests.engagements.test_races import at_once
from tests.factories import engagements as make
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db
KIND = "engagements.advice_asked_again"


def lapse(request: AdviceRequest) -> AdviceRequest:
    AdviceRequest.objects.filter(pk=request.pk).update(due_on=make.in_days(-3))
    actions.lapse_overdue()
    return again(request)


def again(request: AdviceRequest) -> AdviceRequest:
    found: AdviceRequest = AdviceRequest.objects.select_related("engagement", "desk").get(pk=request.pk)
    return found


@pytest.fixture
def lapsed(maria: Member, liaison: Member) -> AdviceRequest:
    return lapse(make.assigned(maria, liaison))


@pytest.fixture
def postponed(lapsed: AdviceRequest, maria: Member) -> AdviceRequest:
    actions.postpone(lapsed.engagement, by=maria)
    return again(lapsed)


def resume(browser: Client, engagement: Engagement, starts: date, **said: Any) -> Any:
    engagement.refresh_from_db()
    given = {"version": engagement.version, "starts_on": str(starts)} | said
    return browser.post(reverse("engagements:resume", args=[engagement.reference]), given, follow=True)


def ask(browser: Client, request: AdviceRequest) -> Any:
    where = reverse("engagements:ask_desk", args=[request.engagement.reference])
    return browser.post(where, {"desk": request.desk_id}, follow=True)


def test_who_sets_new_dates_is_offered_to_ask_again_and_not_made_to(
    postponed: AdviceRequest, maria: Member, client_for: ClientFor
) -> None:
    browser, plan = client_for(maria), postponed.engagement
    shown = browser.get(reverse("engagements:resume", args=[plan.reference])).content.decode()
    assert 'name="ask_again"' in shown and postponed.desk.name in shown
    assert "checked" not in shown
    page = resume(browser, plan, make.in_days(90)).content.decode()
    assert again(postponed).status == "lapsed"
    assert "Ask again" in page, "and the page says that it can be done still"


def test_with_a_tick_the_desk_is_asked_with_its_whole_time(
    postponed: AdviceRequest, maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    starts = make.in_days(90)
    Notice.objects.all().delete()
    page = resume(client_for(maria), postponed.engagement, starts, ask_again="on").content.decode()
    now = again(postponed)
    assert (now.status, now.assigned_to, now.due_on) == (
        "requested",
        None,
        clock.due_date(clock.today(), starts),
    )
    assert now.version == postponed.version + 1
    assert "Ask again" not in page
    line = Entry.objects.about(now.engagement).get(kind=KIND)
    assert line.data["lapsed_on"] == postponed.due_on.isoformat()
    assert line.readers == Entry.objects.about(now.engagement).get(kind="engagements.advice_lapsed").readers
    assert Notice.objects.filter(recipient=liaison.user, entry=line).count() == 1
    assert Entry.objects.about(now.engagement).filter(kind="engagements.advice_lapsed").exists()


def test_over_the_api_too(postponed: AdviceRequest, maria: Member, client_for: ClientFor) -> None:
    browser, plan = client_for(maria), postponed.engagement
    said = {"starts_on": str(make.in_days(90)), "ends_on": str(make.in_days(91)), "ask_again": True}
    here = f"/api/v1/engagements/{plan.reference}/"
    read = {"If-Match": browser.get(here)["ETag"]}
    assert browser.post(f"{here}resume/", said, "application/json", headers=read).status_code == 200
    assert again(postponed).status == "requested"


def test_it_is_asked_again_by_hand_from_the_page(
    lapsed: AdviceRequest, maria: Member, client_for: ClientFor
) -> None:
    browser = client_for(maria)
    assert "Ask again" in browser.get(lapsed.engagement.get_absolute_url()).content.decode()
    assert f"{lapsed.desk} has been asked." in ask(browser, lapsed).content.decode()
    assert again(lapsed).status == "requested"
    assert "has already been asked" in ask(browser, lapsed).content.decode()
    assert Entry.objects.filter(kind=KIND).count() == 1
    assert AdviceRequest.objects.filter(engagement=lapsed.engagement, desk=lapsed.desk).count() == 1


def test_it_is_not_offered_where_the_desk_would_not_have_its_whole_time(
    lapsed: AdviceRequest, maria: Member, client_for: ClientFor
) -> None:
    Engagement.objects.filter(pk=lapsed.engagement_id).update(
        starts_on=make.in_days(2), ends_on=make.in_days(2)
    )
    browser = client_for(maria)
    assert "Ask again" not in browser.get(lapsed.engagement.get_absolute_url()).content.decode()
    ask(browser, lapsed)
    assert again(lapsed).status == "requested", "who wants it may ask all the same"


def test_what_came_late_was_advice_and_is_not_asked_for_again(
    lapsed: AdviceRequest, maria: Member, liaison: Member
) -> None:
    actions.give_advice(lapsed, by=liaison, position="support", reasoning="Late, but here.")
    with pytest.raises(Conflict):
        actions.request_advice(lapsed.engagement, by=maria, desk=lapsed.desk)
    plan = actions.postpone(lapsed.engagement, by=maria)
    actions.resume(plan, by=maria, starts_on=make.in_days(90), ends_on=make.in_days(90), ask_again=True)
    assert again(lapsed).status == "given"


def test_a_desk_is_asked_again_only_from_dates_that_are_still_to_come(
    postponed: AdviceRequest, maria: Member
) -> None:
    plan = postponed.engagement
    with pytest.raises(Conflict, match="new dates"):
        actions.request_advice(plan, by=maria, desk=postponed.desk)
    actions.resume(plan, by=maria, starts_on=make.in_days(-2), ends_on=make.in_days(-1), ask_again=True)
    assert again(postponed).status == "lapsed"
    with pytest.raises(Conflict, match="over"):
        actions.request_advice(plan, by=maria, desk=postponed.desk)


def test_a_desk_that_was_closed_is_not_asked(
    postponed: AdviceRequest, maria: Member, client_for: ClientFor
) -> None:
    Office.objects.filter(pk=postponed.desk_id).update(opened_on=make.in_days(-9), closed_on=make.in_days(-1))
    browser, plan = client_for(maria), postponed.engagement
    shown = browser.get(reverse("engagements:resume", args=[plan.reference])).content.decode()
    assert "ask_again" not in shown
    assert "Ask again" not in resume(browser, plan, make.in_days(90), ask_again="on").content.decode()
    assert again(postponed).status == "lapsed"


def test_an_office_that_wants_no_advice_is_not_offered_it(
    postponed: AdviceRequest, maria: Member, client_for: ClientFor
) -> None:
    Engagement.objects.filter(pk=postponed.engagement_id).update(wants_advice=False)
    browser, plan = client_for(maria), postponed.engagement
    shown = browser.get(reverse("engagements:resume", args=[plan.reference])).content.decode()
    assert "ask_again" not in shown
    assert "Ask again" not in resume(browser, plan, make.in_days(90)).content.decode()


def test_nobody_else_asks_in_its_name(
    lapsed: AdviceRequest, liaison: Member, desk_lead: Member, tom: Member, gov: Member, client_for: ClientFor
) -> None:
    for person in (liaison, desk_lead, tom, gov):
        with pytest.raises(Forbidden):
            actions.request_advice(lapsed.engagement, by=person, desk=lapsed.desk)
        assert (
            "Ask again" not in client_for(person).get(lapsed.engagement.get_absolute_url()).content.decode()
        )
    assert again(lapsed).status == "lapsed"


def test_the_desk_begins_anew_and_lapses_anew(lapsed: AdviceRequest, maria: Member, liaison: Member) -> None:
    actions.request_advice(lapsed.engagement, by=maria, desk=lapsed.desk)
    assert actions.lapse_overdue() == 0
    held = actions.take(again(lapsed), by=liaison)
    assert held.status == "assigned"
    assert lapse(held).status == "lapsed"
    assert Entry.objects.about(held.engagement).filter(kind="engagements.advice_lapsed").count() == 2


def test_a_restricted_one_is_asked_of_the_desks_lead_alone(
    lapsed: AdviceRequest, maria: Member, liaison: Member, desk_lead: Member
) -> None:
    actions.share(lapsed.engagement, by=maria, visibility="restricted")
    Notice.objects.all().delete()
    actions.request_advice(lapsed.engagement, by=maria, desk=lapsed.desk)
    told = set(Notice.objects.filter(entry__kind=KIND).values_list("recipient", flat=True))
    assert told == {desk_lead.user_id}


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_again_at_once_ask_once(lapsed: AdviceRequest, maria: Member, lee: Member) -> None:
    acts = [
        lambda by=by: actions.request_advice(lapsed.engagement, by=by, desk=lapsed.desk)
        for by in (maria, lee)
    ]
    assert sorted(at_once(*acts)) == ["Conflict", "done"]
    assert Entry.objects.filter(kind=KIND).count() == 1


def test_several_desks_are_named_and_those_that_answered_are_not(
    postponed: AdviceRequest, maria: Member, client_for: ClientFor, desk_lead: Member
) -> None:
    other = make_member(role="liaison").office
    assert not other.is_desk or other != postponed.desk
    shown = client_for(maria).get(reverse("engagements:resume", args=[postponed.engagement.reference]))
    field = shown.context["form"].fields["ask_again"]
    assert postponed.desk.name in field.help_text
    assert other.name not in field.help_text
