"""What the leads of an office do to its memberships, and what nobody does to their own."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import Member, Office, User
from activity.models import Entry, Notice
from diplomacy.lib import washington
from diplomacy.lib.errors import Conflict, Forbidden, Invalid, Refusal, Stale
from tests.accounts.moments import at
from tests.conftest import ClientFor
from tests.factories.accounts import delegated, make_member, make_office, make_user

pytestmark = pytest.mark.django_db
OFFICE = "/people/office/"


def again(member: Member) -> Member:
    return Member.objects.get(pk=member.pk)


def page(name: str, member: Member) -> str:
    return reverse(f"accounts:{name}", args=[member.key])


def told(member: Member) -> list[str]:
    return list(Notice.objects.filter(recipient=member.user).values_list("entry__kind", flat=True))


# Roles ------------------------------------------------------------------------------------------------------------


def test_a_lead_changes_a_role_and_the_next_request_goes_by_it(
    client_for: ClientFor, lee: Member, maria: Member
) -> None:
    browser = client_for(maria)
    assert browser.get(reverse("engagements:start")).status_code == 200
    said = {"role": "reader", "title": "Observer", "version": maria.version}
    assert client_for(lee).post(page("member", maria), said)["Location"] == OFFICE
    assert (again(maria).role, again(maria).title) == ("reader", "Observer")
    assert browser.get(reverse("engagements:start")).status_code == 403
    entry = Entry.objects.get(kind="accounts.member_changed")
    assert (entry.actor, entry.office) == (lee.user, lee.office)
    assert (entry.data["before"], entry.data["after"]) == ("staff", "reader")
    assert told(maria) == ["accounts.member_changed"]


def test_a_stale_edit_is_refused_and_keeps_what_was_typed(
    client_for: ClientFor, lee: Member, maria: Member
) -> None:
    actions.change_member(maria, by=lee, version=maria.version, role="reader")
    said = {"role": "lead", "title": "Deputy", "version": maria.version}
    answer = client_for(lee).post(page("member", maria), said)
    assert answer.status_code == 409
    assert "Deputy" in answer.content.decode()
    assert again(maria).role == "reader"
    for version in ("", "x", "99", "-1"):
        answer = client_for(lee).post(page("member", maria), said | {"version": version})
        assert answer.status_code in {400, 409}
    with pytest.raises(Stale):
        actions.end_member(maria, by=lee, version=maria.version)
    assert again(maria).role == "reader"


@pytest.mark.parametrize("role", ["liaison", "desk_lead", "briefer", "auditor", "king", ""])
def test_no_role_of_the_other_side_is_given(
    client_for: ClientFor, lee: Member, maria: Member, role: str
) -> None:
    said = {"role": role, "title": "", "version": maria.version}
    assert client_for(lee).post(page("member", maria), said).status_code == 400
    with pytest.raises(Invalid):
        actions.change_member(maria, by=lee, version=None, role=role)
    assert again(maria).role == "staff"


def test_nobody_changes_their_own_role(client_for: ClientFor, lee: Member, california: Office) -> None:
    own = make_member(california, "reader", user=lee.user)
    for held in (lee, own):
        answer = client_for(lee).post(page("member", held), {"role": "principal", "version": held.version})
        assert answer.status_code == 403
        with pytest.raises(Forbidden):
            actions.change_member(held, by=lee, version=None, role="principal")
    assert {again(lee).role, again(own).role} == {"lead", "reader"}


@pytest.mark.parametrize("who", ["maria", "gov"])
def test_colleagues_who_do_not_manage_change_nobody(
    who: str, client_for: ClientFor, request: pytest.FixtureRequest, lee: Member, california: Office
) -> None:
    by: Member = request.getfixturevalue(who)
    other = make_member(california, "staff")
    for name in ("member", "term", "end_member"):
        assert client_for(by).get(page(name, other)).status_code == 403
        assert client_for(by).post(page(name, other), {"role": "lead", "version": 1}).status_code == 403
    for refused in (
        lambda: actions.change_member(other, by=by, version=None, role="lead"),
        lambda: actions.end_member(other, by=by),
        lambda: actions.rest_on_term(other, by=by, version=None, term=None),
        lambda: actions.set_term_grace(california, by=by, days=1),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert again(other).role == "staff"


def test_members_of_other_offices_do_not_exist(client_for: ClientFor, lee: Member, tom: Member) -> None:
    for name in ("member", "term", "end_member"):
        answer = client_for(lee).get(page(name, tom))
        absent = client_for(lee).get(
            reverse(f"accounts:{name}", args=["00000000-0000-4000-8000-000000000000"])
        )
        assert (answer.status_code, answer.content) == (404, absent.content)


def test_a_lead_of_one_office_who_looks_in_another_manages_only_the_first(
    client_for: ClientFor, lee: Member, texas: Office, tom: Member
) -> None:
    here = make_member(texas, "reader", user=lee.user)
    for acting in (lee, here):
        assert client_for(acting).post(page("member", tom), {"role": "lead", "version": 1}).status_code == 403
    assert again(tom).role == "staff"


def test_the_same_role_twice_in_an_office_is_refused(lee: Member, maria: Member, california: Office) -> None:
    make_member(california, "reader", user=maria.user)
    with pytest.raises(Invalid):
        actions.change_member(maria, by=lee, version=None, role="reader")


# Ends -------------------------------------------------------------------------------------------------------------


def test_a_membership_ends_on_the_day_that_was_said(
    client_for: ClientFor, lee: Member, maria: Member, time_machine: Any
) -> None:
    day = washington.today() + timedelta(days=10)
    answer = client_for(lee).post(page("end_member", maria), {"on": day.isoformat(), "version": 1})
    assert answer["Location"] == OFFICE
    assert User.objects.get(pk=maria.user_id).standing == [maria]
    time_machine.move_to(at(day - timedelta(days=1), 23, 59))
    assert User.objects.get(pk=maria.user_id).standing == [maria]
    time_machine.move_to(at(day, 0, 1))
    assert User.objects.get(pk=maria.user_id).standing == []
    assert told(maria) == ["accounts.member_ended"]


@pytest.mark.parametrize("days", [-1, -400])
def test_no_membership_ends_in_the_past(client_for: ClientFor, lee: Member, maria: Member, days: int) -> None:
    day = washington.today() + timedelta(days=days)
    answer = client_for(lee).post(page("end_member", maria), {"on": day.isoformat(), "version": 1})
    assert answer.status_code == 400
    assert again(maria).ends_on is None


def test_an_end_is_brought_forward_and_never_put_off(lee: Member, maria: Member) -> None:
    today = washington.today()
    actions.end_member(maria, by=lee, on=today + timedelta(days=10))
    with pytest.raises(Invalid):
        actions.end_member(maria, by=lee, on=today + timedelta(days=20))
    actions.end_member(maria, by=lee, on=today + timedelta(days=5))
    assert again(maria).ends_on == today + timedelta(days=5)


def test_anybody_may_leave(client_for: ClientFor, maria: Member, lee: Member) -> None:
    said = {"on": washington.today().isoformat(), "version": 1}
    client_for(maria).post(page("end_member", maria), said)
    assert again(maria).ends_on == washington.today()


def test_the_last_lead_cannot_leave_without_a_successor(
    client_for: ClientFor, lee: Member, maria: Member, gov: Member
) -> None:
    said = {"on": washington.today().isoformat(), "version": 1}
    answer = client_for(lee).post(page("end_member", lee), said)
    assert answer.status_code == 409
    assert again(lee).ends_on is None
    later = washington.today() + timedelta(days=30)
    with pytest.raises(Conflict):
        actions.end_member(lee, by=lee, on=later)
    actions.change_member(maria, by=lee, version=None, role="lead")
    actions.end_member(lee, by=lee, version=1)
    with pytest.raises(Conflict):
        actions.end_member(maria, by=maria)


def test_who_leaves_soon_is_no_successor(lee: Member, california: Office) -> None:
    second = make_member(california, "lead")
    actions.end_member(second, by=second, on=washington.today() + timedelta(days=60))
    with pytest.raises(Conflict):
        actions.end_member(lee, by=lee, on=washington.today() + timedelta(days=30))


def test_neither_a_stand_in_nor_somebody_suspended_is_a_successor(lee: Member, maria: Member) -> None:
    delegated(lee, maria)
    gone = make_member(lee.office, "lead", attested_on=washington.today() - timedelta(days=200))
    for _ in (maria, gone):
        with pytest.raises(Conflict):
            actions.end_member(lee, by=lee)


def test_the_last_lead_is_not_made_something_else_by_a_stand_in(lee: Member, maria: Member) -> None:
    stand_in = delegated(lee, maria).membership
    with pytest.raises(Forbidden):
        actions.change_member(lee, by=stand_in, version=None, role="reader")
    with pytest.raises(Forbidden):
        actions.end_member(lee, by=stand_in)


@pytest.mark.django_db(transaction=True)
def test_two_leads_who_end_each_other_at_once_leave_one() -> None:
    office = make_office()
    one, two = make_member(office, "lead"), make_member(office, "lead")
    barrier, refused = threading.Barrier(2), []

    def end(by: Member, other: Member) -> None:
        try:
            barrier.wait()
            actions.end_member(other, by=by)
        except Refusal as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    both = [threading.Thread(target=end, args=pair) for pair in ((one, two), (two, one))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(refused) == 1
    assert Member.objects.of_office(office).who_manage().count() == 1


def test_desk_leads_do_the_same_for_their_desk(
    client_for: ClientFor, desk_lead: Member, liaison: Member, other_liaison: Member
) -> None:
    said = {"role": "briefer", "title": "", "version": liaison.version}
    assert client_for(desk_lead).post(page("member", liaison), said).status_code == 302
    assert again(liaison).role == "briefer"
    assert client_for(desk_lead).post(page("member", other_liaison), said).status_code == 404


def test_who_was_removed_is_told_by_mail_though_they_see_nothing_any_more(
    lee: Member, maria: Member, mailoutbox: list[Any]
) -> None:
    from activity import delivery

    actions.end_member(maria, by=lee)
    delivery.deliver()
    assert [message.to for message in mailoutbox] == [[maria.user.email]]
    assert "California" not in mailoutbox[0].body


# One clock --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati", "UTC", "America/New_York"])
def test_midnight_in_washington_ends_access_for_everyone_whatever_zone_is_set(
    maria: Member, zone: str, time_machine: Any
) -> None:
    Member.objects.filter(pk=maria.pk).update(starts_on=date(2027, 1, 1), ends_on=date(2027, 3, 2))
    Member.objects.filter(pk=maria.pk).update(attested_on=date(2027, 2, 1))
    for moment, holds in ((at(date(2027, 3, 1), 23, 50), True), (at(date(2027, 3, 2), 0, 10), False)):
        time_machine.move_to(moment, tick=False)
        with timezone.override(zone):
            assert bool(User.objects.get(pk=maria.user_id).standing) == holds


def test_what_is_made_in_a_far_zone_holds_at_once(lee: Member) -> None:
    with timezone.override("Pacific/Kiritimati"):
        member = actions.add_member(make_user(), lee.office, "staff", by=lee)
        assert member.starts_on == washington.today()
    assert member.user.standing


def test_standing_is_one_statement_and_two_for_who_acts_for_somebody(
    maria: Member, lee: Member, django_assert_num_queries: Any, texas: Office
) -> None:
    make_member(texas, "reader", user=maria.user)
    with django_assert_num_queries(2):  # with the user's own row
        assert len(User.objects.get(pk=maria.user_id).standing) == 2
    delegated(lee, maria)
    user = User.objects.get(pk=maria.user_id)
    with django_assert_num_queries(2):
        assert len(user.standing) == 3
        assert user.reader_keys
        assert [member.office.name for member in user.standing]
