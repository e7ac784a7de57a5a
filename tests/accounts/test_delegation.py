"""Acting in a colleague's role for some days: under one's own name, never for longer, never for more."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts import actions
from accounts.models import Delegation, Member, Office, User
from activity.models import Entry, Notice
from briefings import actions as briefings
from briefings.choices import Label
from briefings.models import Delivery
from diplomacy.lib import washington
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from tests.accounts.moments import at
from tests.conftest import ClientFor
from tests.factories import briefings as make_briefing
from tests.factories.accounts import delegated, make_member

pytestmark = pytest.mark.django_db
OFFICE = "/people/office/"
DAY = timedelta(days=1)


@pytest.fixture
def chief(california: Office) -> Member:
    """The governor's chief of staff."""
    return make_member(california, "staff", name="Chris Chief")


def again(member: Member) -> User:
    return User.objects.get(pk=member.user_id)


def roles(member: Member) -> set[str]:
    return {held.role for held in again(member).standing}


def days(first: int, last: int) -> dict[str, Any]:
    today = washington.today()
    return {"first_day": today + first * DAY, "last_day": today + last * DAY}


def test_a_principal_lets_the_chief_of_staff_act_on_the_page(
    client_for: ClientFor, gov: Member, chief: Member
) -> None:
    said = {"to": chief.pk, **days(0, 6), "reason": "Travel"}
    answer = client_for(gov).post(reverse("accounts:delegate"), said, follow=True)
    assert "Chris Chief may act in your place" in answer.content.decode()
    assert roles(chief) == {"staff", "principal"}
    assert Entry.objects.get(kind="accounts.delegated").actor == gov.user
    assert Notice.objects.get(entry__kind="accounts.delegated").recipient == chief.user
    said_there = client_for(chief).get(OFFICE).content.decode()
    assert "Acts as principal for" in said_there
    assert "In the place of Gale Overton until" in said_there


def test_the_stand_in_reads_the_governors_briefings_and_only_while_it_lasts(
    client_for: ClientFor,
    gov: Member,
    chief: Member,
    briefer: Member,
    second_briefer: Member,
    time_machine: Any,
) -> None:
    copy = make_briefing.delivered(briefer, second_briefer, gov)
    here = reverse("briefings:read", args=[copy.reference])
    browser = client_for(chief)
    assert browser.get(here).status_code == 404
    delegation = delegated(gov, chief, days=3)
    page = browser.get(here).content.decode()
    assert "You read it in their place" in page
    assert "I have read this" not in page
    copy.refresh_from_db()
    assert copy.opened_at is None
    line = Entry.objects.get(kind="briefings.opened_in_place")
    assert line.actor == chief.user
    time_machine.move_to(at(delegation.last_day, 23, 50), tick=False)
    assert client_for(chief).get(here).status_code == 200
    time_machine.move_to(at(delegation.last_day + DAY, 0, 10), tick=False)
    assert client_for(chief).get(here).status_code == 404


def test_the_stand_in_neither_acknowledges_nor_asks_in_the_readers_name(
    client_for: ClientFor, gov: Member, chief: Member, briefer: Member, second_briefer: Member
) -> None:
    copy = make_briefing.delivered(briefer, second_briefer, gov)
    stand_in = delegated(gov, chief).membership
    for by in (chief, stand_in):
        with pytest.raises(Forbidden):
            briefings.acknowledge(copy, by=by)
        with pytest.raises(Forbidden):
            briefings.ask(copy, by=by, text="Who?")
    browser = client_for(chief)
    assert browser.post(reverse("briefings:acknowledge", args=[copy.reference])).status_code == 403


def test_what_is_red_stays_with_the_one_it_was_made_for(
    gov: Member, chief: Member, briefer: Member, second_briefer: Member
) -> None:
    red = make_briefing.delivered(
        briefer, second_briefer, gov, sections=[make_briefing.section(Label.RED), make_briefing.section()]
    )
    delegated(gov, chief)
    assert Delivery.objects.visible_to(again(gov)).filter(pk=red.pk).exists()
    assert not Delivery.objects.visible_to(again(chief)).filter(pk=red.pk).exists()


def test_a_stand_in_gets_no_copy_of_their_own_for_it(
    gov: Member, chief: Member, briefer: Member, second_briefer: Member
) -> None:
    delegated(gov, chief)
    rule = {"kind": "role", "role": "principal"}
    make_briefing.delivered(briefer, second_briefer, gov, audience=[rule])
    assert set(Delivery.objects.values_list("recipient", flat=True)) == {gov.user_id}
    assert Delivery.objects.visible_to(again(chief)).count() == 1


def _revoke(delegation: Delegation, gov: Member, chief: Member) -> None:
    actions.revoke_delegation(delegation, by=gov)


def _end_seat(delegation: Delegation, gov: Member, chief: Member) -> None:
    Member.objects.filter(pk=gov.pk).update(ends_on=washington.today())


def _end_own(delegation: Delegation, gov: Member, chief: Member) -> None:
    Member.objects.filter(pk=chief.pk).update(ends_on=washington.today())


def _disable(delegation: Delegation, gov: Member, chief: Member) -> None:
    User.objects.filter(pk=gov.user_id).update(is_active=False)


def _suspend(delegation: Delegation, gov: Member, chief: Member) -> None:
    Member.objects.filter(pk=gov.pk).update(attested_on=washington.today() - 200 * DAY)


def _demote(delegation: Delegation, gov: Member, chief: Member) -> None:
    Member.objects.filter(pk=gov.pk).update(role="reader")


@pytest.mark.parametrize("stop", [_revoke, _end_seat, _end_own, _disable, _suspend, _demote])
def test_what_is_lent_ends_with_either_of_the_two_at_the_next_request(
    gov: Member, chief: Member, stop: Any
) -> None:
    delegation = delegated(gov, chief)
    assert "principal" in roles(chief)
    stop(delegation, gov, chief)
    assert "principal" not in roles(chief)


def test_it_begins_on_its_first_day(gov: Member, chief: Member, time_machine: Any) -> None:
    actions.delegate(by=gov, to=chief, **days(2, 4))
    assert roles(chief) == {"staff"}
    time_machine.move_to(at(washington.today() + 2 * DAY, 12, 0), tick=False)
    assert roles(chief) == {"staff", "principal"}


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (3, 2), (0, 180), (0, 5000)])
def test_days_that_make_no_sense_are_refused(gov: Member, chief: Member, first: int, last: int) -> None:
    with pytest.raises(Invalid):
        actions.delegate(by=gov, to=chief, **days(first, last))
    assert not Delegation.objects.exists()


def test_a_role_is_lent_inside_the_office_only_and_once(
    gov: Member, chief: Member, tom: Member, lee: Member, maria: Member
) -> None:
    with pytest.raises(Invalid):
        actions.delegate(by=gov, to=tom, **days(0, 1))
    with pytest.raises(Invalid):
        actions.delegate(by=gov, to=gov, **days(0, 1))
    delegated(gov, chief)
    with pytest.raises(Invalid):
        actions.delegate(by=gov, to=chief, **days(0, 1))
    with pytest.raises(Forbidden):
        actions.delegate(by=maria, to=chief, **days(0, 1))


def test_a_lead_does_not_take_the_governors_role_for_themselves(
    client_for: ClientFor, gov: Member, lee: Member, chief: Member
) -> None:
    client_for(lee).post(reverse("accounts:delegate"), {"to": chief.pk, **days(0, 1)})
    assert roles(chief) == {"staff", "lead"}


def test_what_was_lent_is_not_lent_on(
    client_for: ClientFor, lee: Member, maria: Member, chief: Member
) -> None:
    stand_in = delegated(lee, maria).membership
    with pytest.raises(Forbidden):
        actions.delegate(by=stand_in, to=chief, **days(0, 1))
    assert client_for(stand_in).get(reverse("accounts:delegate")).status_code == 403


def test_an_auditor_is_lent_no_role_that_reads(desk_lead: Member, desk_mexico: Office) -> None:
    auditor = make_member(desk_mexico, "auditor")
    with pytest.raises(Invalid):
        actions.delegate(by=desk_lead, to=auditor, **days(0, 1))


@pytest.mark.parametrize(
    ("who", "status"), [("gov", 302), ("chief", 302), ("lee", 302), ("maria", 404), ("tom", 404)]
)
def test_the_two_of_them_and_the_leads_end_it_early(
    who: str,
    status: int,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    gov: Member,
    chief: Member,
) -> None:
    delegation = delegated(gov, chief)
    browser = client_for(request.getfixturevalue(who))
    assert browser.post(reverse("accounts:end_delegation", args=[delegation.reference])).status_code == status
    assert ("principal" in roles(chief)) == (status == 404)
    if status == 302:
        with pytest.raises(Conflict):
            actions.revoke_delegation(delegation, by=gov)


def test_a_stand_ins_membership_is_not_changed_by_hand(lee: Member, gov: Member, chief: Member) -> None:
    member = delegated(gov, chief).membership
    for refused in (
        lambda: actions.change_member(member, by=lee, version=None, role="lead"),
        lambda: actions.end_member(member, by=lee),
        lambda: actions.end_member(member, by=chief),
        lambda: actions.confirm_members([(member, None)], by=lee),
    ):
        with pytest.raises((Conflict, Forbidden)):
            refused()


def test_a_person_with_several_offices_acts_for_each_and_in_a_colleagues_place(
    client_for: ClientFor, gov: Member, chief: Member, texas: Office
) -> None:
    there = make_member(texas, "reader", user=chief.user)
    stand_in = delegated(gov, chief).membership
    browser = client_for(chief)
    for held, words in ((there, "as reader"), (stand_in, "as principal"), (chief, "as staff")):
        answer = browser.post("/people/act-for/", {"member": held.pk, "next": OFFICE}, follow=True)
        assert words in answer.content.decode()
        assert answer.context["acting"] == held
    header = {"acting-for": f"{chief.office.reference}/principal"}
    said = browser.get("/api/v1/me/", headers=header).json()
    assert said["acting"]["role"] == "principal"
