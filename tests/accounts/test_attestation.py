"""Every ninety days an office says of each member that they still serve; whom nobody confirms is suspended."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import actions
from accounts.models import Member, Office, User
from activity.models import Entry, Notice
from diplomacy.lib import washington
from diplomacy.lib.errors import Conflict, Forbidden, Stale
from tests.conftest import ClientFor
from tests.factories.accounts import delegated, make_member, make_user

pytestmark = pytest.mark.django_db
HERE = "/people/office/confirm/"
OFFICE = "/people/office/"
DAY = timedelta(days=1)


def confirmed(member: Member, days_ago: int) -> Member:
    Member.objects.filter(pk=member.pk).update(attested_on=washington.today() - days_ago * DAY)
    held: Member = Member.objects.select_related("user", "office").get(pk=member.pk)
    return held


def has_access(member: Member) -> bool:
    return bool(User.objects.get(pk=member.user_id).standing)


def said(*members: Member) -> dict[str, Any]:
    return {"member": [f"{member.key}:{member.version}" for member in members]}


def told(member: Member) -> list[str]:
    return list(Notice.objects.filter(recipient=member.user).values_list("entry__kind", flat=True))


@pytest.mark.parametrize(
    ("days_ago", "access"), [(0, True), (90, True), (103, True), (104, False), (400, False)]
)
def test_access_rests_fourteen_days_after_ninety_without_a_word(
    maria: Member, days_ago: int, access: bool
) -> None:
    assert has_access(confirmed(maria, days_ago)) == access


def test_how_long_is_a_setting(maria: Member, settings: Any) -> None:
    settings.ATTESTATION_DAYS, settings.ATTESTATION_GRACE_DAYS = 10, 2
    assert has_access(confirmed(maria, 11))
    assert not has_access(confirmed(maria, 12))


def test_nothing_is_lost_and_a_word_brings_it_back(client_for: ClientFor, lee: Member, maria: Member) -> None:
    browser = client_for(maria)
    held = confirmed(maria, 200)
    assert browser.get(OFFICE).status_code == 403
    page = client_for(lee).get(HERE).content.decode()
    assert "Suspended" in page
    answer = client_for(lee).post(HERE, said(held), follow=True)
    assert "Confirmed: Maria Lopez." in answer.content.decode()
    assert browser.get(OFFICE).status_code == 200
    assert Entry.objects.get(kind="accounts.member_confirmed").actor == lee.user
    assert told(maria) == ["accounts.member_confirmed"]


def test_several_are_confirmed_at_once_and_only_those_ticked(
    client_for: ClientFor, lee: Member, maria: Member, gov: Member, california: Office
) -> None:
    others = [confirmed(make_member(california, "reader"), 95) for _ in range(3)]
    client_for(lee).post(HERE, said(*others[:2]))
    dates = [Member.objects.get(pk=member.pk).attested_on for member in others]
    assert dates == [washington.today()] * 2 + [washington.today() - 95 * DAY]


def test_a_membership_that_was_changed_meanwhile_is_not_confirmed(
    client_for: ClientFor, lee: Member, maria: Member, gov: Member
) -> None:
    read = said(maria, gov)
    actions.change_member(maria, by=lee, version=None, role="reader")
    before = Member.objects.get(pk=gov.pk).version
    assert client_for(lee).post(HERE, read).status_code in {409, 412}
    assert Member.objects.get(pk=gov.pk).version == before, "of several, either all or none"
    with pytest.raises(Stale):
        actions.confirm_members([(maria, 1)], by=lee)


@pytest.mark.parametrize("wrong", ["", "x", "00000000-0000-4000-8000-000000000000:1", "::", "%00"])
def test_what_names_nobody_confirms_nobody(client_for: ClientFor, lee: Member, wrong: str) -> None:
    assert client_for(lee).post(HERE, {"member": wrong}).status_code in {302, 400}
    assert not Entry.objects.filter(kind="accounts.member_confirmed").exists()


def test_nobody_of_another_office_is_confirmed(client_for: ClientFor, lee: Member, tom: Member) -> None:
    held = confirmed(tom, 95)
    client_for(lee).post(HERE, said(held))
    assert Member.objects.get(pk=tom.pk).attested_on == held.attested_on
    with pytest.raises(Forbidden):
        actions.confirm_members([(held, None)], by=lee)


@pytest.mark.parametrize("who", ["maria", "tom"])
def test_staff_confirm_nobody(
    who: str, client_for: ClientFor, request: pytest.FixtureRequest, california: Office
) -> None:
    by: Member = request.getfixturevalue(who)
    other = make_member(california, "reader")
    assert client_for(by).get(HERE).status_code == 403
    assert client_for(by).post(HERE, said(other)).status_code == 403
    with pytest.raises(Forbidden):
        actions.confirm_members([(other, None)], by=by)


def test_leads_do_not_confirm_themselves_while_somebody_else_could(
    client_for: ClientFor, lee: Member, gov: Member
) -> None:
    held = confirmed(lee, 95)
    assert "Somebody else confirms you" in client_for(lee).get(HERE).content.decode()
    assert client_for(lee).post(HERE, said(held)).status_code == 403
    assert Member.objects.get(pk=lee.pk).attested_on == held.attested_on
    assert client_for(gov).post(HERE, said(held)).status_code == 302
    assert Member.objects.get(pk=lee.pk).attested_on == washington.today()


def test_a_principal_confirms_leads_and_nobody_else(gov: Member, maria: Member) -> None:
    with pytest.raises(Forbidden):
        actions.confirm_members([(maria, None)], by=gov)


def test_the_only_one_who_could_confirms_themselves_and_the_log_says_who(lee: Member, maria: Member) -> None:
    actions.confirm_members([(confirmed(lee, 95), None)], by=lee)
    assert Member.objects.get(pk=lee.pk).attested_on == washington.today()
    assert Entry.objects.get(kind="accounts.member_confirmed").actor == lee.user


def test_a_stand_in_does_not_confirm_whom_they_stand_in_for(lee: Member, maria: Member) -> None:
    stand_in = delegated(lee, maria).membership
    for member in (lee, maria, stand_in):
        with pytest.raises((Conflict, Forbidden)):
            actions.confirm_members([(member, None)], by=stand_in)


def test_where_nobody_is_left_a_desk_lead_brings_the_lead_back_and_nobody_else(
    lee: Member, maria: Member, desk_lead: Member, liaison: Member
) -> None:
    with pytest.raises(Forbidden):
        actions.confirm_members([(confirmed(lee, 95), None)], by=desk_lead)
    lost, other = confirmed(lee, 200), confirmed(maria, 200)
    for by, member in ((liaison, lost), (desk_lead, other)):
        with pytest.raises(Forbidden):
            actions.confirm_members([(member, None)], by=by)
    actions.confirm_members([(lost, None)], by=desk_lead)
    assert has_access(lee)


def test_desks_confirm_their_own(client_for: ClientFor, desk_lead: Member, liaison: Member) -> None:
    held = confirmed(liaison, 200)
    client_for(desk_lead).post(HERE, said(held))
    assert has_access(liaison)


def test_who_is_suspended_reads_that_it_is_not_over(
    client_for: ClientFor, maria: Member, lee: Member
) -> None:
    confirmed(maria, 200)
    Member.objects.filter(pk=maria.pk).update(ends_on=washington.today() + 9 * DAY)
    page = client_for(maria).get(OFFICE).content.decode()
    assert "waits until somebody there confirms" in page
    assert "ended on" not in page
    assert lee.user.email in page


# What the clock says ----------------------------------------------------------------------------------------------


def test_the_office_is_asked_once_and_the_suspended_are_told_once(
    lee: Member, maria: Member, gov: Member, california: Office
) -> None:
    confirmed(maria, 90)
    confirmed(make_member(california, "reader"), 91)
    assert actions.remind() == 2
    assert actions.remind() == 0
    assert told(lee) == told(gov) == ["accounts.confirmation_due"]
    confirmed(maria, 104)
    assert actions.remind() == 1
    assert actions.remind() == 0
    assert told(maria) == ["accounts.member_suspended"]
    assert told(lee)[-1] == "accounts.member_suspended"


def test_the_next_round_is_asked_for_again(lee: Member, maria: Member) -> None:
    confirmed(maria, 90)
    actions.remind()
    actions.confirm_members([(maria, None)], by=lee)
    assert actions.remind() == 0
    confirmed(maria, 90)
    assert actions.remind() == 1


def test_who_left_is_neither_asked_about_nor_told(lee: Member, outsider: Member) -> None:
    confirmed(outsider, 300)
    assert actions.remind() == 0


# The command line -------------------------------------------------------------------------------------------------


def test_the_command_line_gives_no_access_past_a_lead(lee: Member, client_for: ClientFor) -> None:
    member = actions.add_by_command(make_user("Olga"), lee.office, "staff")
    assert not has_access(member)
    assert told(lee) == ["accounts.member_added_by_command"]
    assert Entry.objects.get().words.said == "The command line added a member."
    assert "No access until confirmed" in client_for(lee).get(HERE).content.decode()
    client_for(lee).post(HERE, said(member))
    assert has_access(member)


def test_an_operator_who_adds_themselves_waits_for_somebody_else(
    operator: User, california: Office, desk_lead: Member, client_for: ClientFor
) -> None:
    member = actions.add_by_command(operator, california, "lead")
    assert not has_access(member)
    browser = client_for(operator)
    assert browser.get(OFFICE).status_code == 403
    assert browser.post(HERE, said(member)).status_code == 403
    with pytest.raises(Forbidden):
        actions.confirm_members([(member, None)], by=member)
    assert not has_access(member)
    actions.confirm_members([(member, None)], by=desk_lead)
    assert has_access(member)
