from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions, rules
from accounts.models import Member, Office, User
from activity.models import Entry
from diplomacy.lib.errors import Invalid
from tests.factories.accounts import make_coalition, make_member, make_user


def again(user: User) -> User:
    """As the next request reads them."""
    return User.objects.get(pk=user.pk)


def test_a_member_holds_the_keys_of_their_office_and_role(maria: Member) -> None:
    office = maria.office_id
    assert maria.user.reader_keys == {
        "everyone",
        f"person:{maria.user_id}",
        f"office:{office}",
        f"office:{office}:staff",
        f"office:{office}:person:{maria.user_id}",
    }


def test_only_those_who_advise_hold_the_federal_key(
    liaison: Member, desk_lead: Member, briefer: Member, maria: Member
) -> None:
    holders = {m.role for m in (liaison, desk_lead, briefer, maria) if "federal" in m.user.reader_keys}
    assert holders == {"liaison", "desk_lead"}


def test_an_auditor_holds_no_key_to_content(auditor: Member) -> None:
    assert auditor.user.reader_keys == {"audit", f"person:{auditor.user_id}"}


def test_an_operator_holds_no_key_at_all(operator: User) -> None:
    assert operator.reader_keys == frozenset()


def test_someone_who_also_audits_keeps_the_keys_of_their_other_office(
    auditor: Member, california: Office
) -> None:
    make_member(california, "reader", user=auditor.user)
    assert f"office:{california.pk}" in again(auditor.user).reader_keys


def test_a_coalition_opens_to_members_of_its_offices(maria: Member, tom: Member, california: Office) -> None:
    coalition = make_coalition(lead=california)
    assert f"coalition:{coalition.pk}" in maria.user.reader_keys
    assert f"coalition:{coalition.pk}" not in tom.user.reader_keys


def test_an_office_that_left_a_coalition_loses_its_key(
    maria: Member, texas: Office, california: Office
) -> None:
    coalition = make_coalition(lead=texas, offices=[california])
    coalition.memberships.filter(office=california).update(ends_on=timezone.localdate())
    assert f"coalition:{coalition.pk}" not in maria.user.reader_keys


@pytest.mark.parametrize("days", [0, -1])
def test_an_ended_membership_gives_no_keys(maria: Member, days: int) -> None:
    Member.objects.update(starts_on=timezone.localdate() - timedelta(9))
    Member.objects.update(ends_on=timezone.localdate() + timedelta(days))
    assert again(maria.user).reader_keys == frozenset()


def test_a_membership_that_starts_tomorrow_gives_no_keys_today(maria: Member) -> None:
    Member.objects.update(starts_on=timezone.localdate() + timedelta(1))
    assert again(maria.user).reader_keys == frozenset()


def test_a_closed_office_gives_no_keys(maria: Member) -> None:
    Office.objects.filter(pk=maria.office_id).update(closed_on=timezone.localdate())
    assert again(maria.user).reader_keys == frozenset()


def test_a_disabled_user_holds_no_keys(maria: Member) -> None:
    User.objects.filter(pk=maria.user_id).update(is_active=False)
    assert again(maria.user).reader_keys == frozenset()


def test_colleagues_are_visible_and_other_offices_people_are_not(
    maria: Member, lee: Member, tom: Member, outsider: Member
) -> None:
    assert set(Member.objects.visible_to(maria.user).current()) == {maria, lee}
    assert set(Member.objects.visible_to(outsider.user)) == {outsider}


@pytest.mark.parametrize("role", sorted(rules.FEDERAL_ROLES | rules.OVERSIGHT_ROLES))
def test_a_state_office_has_no_federal_roles(california: Office, role: str) -> None:
    with pytest.raises(Invalid):
        actions.add_member(make_user(), california, role, by=None)


@pytest.mark.parametrize("role", sorted(rules.OFFICE_ROLES))
def test_a_desk_has_no_office_roles(desk_mexico: Office, role: str) -> None:
    with pytest.raises(Invalid):
        actions.add_member(make_user(), desk_mexico, role, by=None)


def test_adding_a_member_twice_adds_once_and_is_recorded_once(california: Office, lee: Member) -> None:
    user = make_user()
    first, second = [actions.add_member(user, california, "staff", by=lee) for _ in range(2)]
    assert first == second
    assert Entry.objects.filter(kind="accounts.member_added", actor=lee.user).count() == 1


def test_ending_a_member_is_recorded_once_and_holds_today(maria: Member, lee: Member) -> None:
    actions.end_member(maria, by=lee)
    actions.end_member(maria, by=lee)
    assert again(maria.user).standing == []
    assert Entry.objects.filter(kind="accounts.member_ended").count() == 1


def test_a_membership_that_has_not_begun_can_be_ended(maria: Member) -> None:
    maria.starts_on = timezone.localdate() + timedelta(5)
    maria.save()
    actions.end_member(maria, by=None)
    maria.refresh_from_db()
    assert maria.ends_on == maria.starts_on


def test_two_offices_cannot_have_one_name(california: Office) -> None:
    with pytest.raises(Invalid):
        actions.open_office(california.name, short_name="Again", level="state")
