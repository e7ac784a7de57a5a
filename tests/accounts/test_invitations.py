"""The way into an office: one person, one office, one role, once, for seven days."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import actions, invitations
from accounts.models import Invitation, Member, Office, User
from activity.models import Entry, Notice
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from tests.conftest import ClientFor
from tests.factories.accounts import make_member, make_user

pytestmark = pytest.mark.django_db
JOIN = "/people/join/"
NEW = {"name": "Nia New", "password": "correct horse battery"}
Invite = Callable[..., tuple[Invitation, str]]


@pytest.fixture
def invite(lee: Member, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Invite:
    """An invitation, and the address in the message that it sent."""

    def invited(email: str = "nia@example.gov", role: str = "staff", **given: Any) -> tuple[Invitation, str]:
        by = given.pop("by", lee)
        with django_capture_on_commit_callbacks(execute=True):
            invitation = actions.invite(email, by.office, role, by=by, **given)
        return invitation, address_in(str(mail.outbox[-1].body))

    return invited


def address_in(text: str) -> str:
    found = re.search(r"http://127.0.0.1:8000(/people/join/\S+)", text)
    assert found, text
    return found[1]


def opened(address: str, browser: Client | None = None) -> Client:
    browser = browser or Client()
    assert browser.get(address)["Location"] == JOIN
    return browser


def kinds() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("kind", flat=True))


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("entry__kind", flat=True))


# Inviting ---------------------------------------------------------------------------------------------------------


def test_a_lead_invites_on_the_page_and_the_person_gets_one_message(
    client_for: ClientFor,
    lee: Member,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    said = {"email": "Nia@Example.gov", "name": "Nia New", "role": "staff", "title": "Aide"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_for(lee).post(reverse("accounts:invite"), said, follow=True)
    assert "nia@example.gov" in answer.content.decode()
    [message] = mail.outbox
    assert message.to == ["nia@example.gov"]
    held = Invitation.objects.get()
    assert (held.office, held.role, held.invited_by, held.title) == (lee.office, "staff", lee, "Aide")
    assert held.mailed_at
    assert kinds() == ["accounts.invited"]


def test_the_secret_is_in_the_message_and_nowhere_in_the_database(invite: Invite) -> None:
    held, address = invite()
    secret = address.removeprefix(JOIN).strip("/")
    assert len(secret) >= 43
    assert secret not in repr(Invitation.objects.values().get())
    assert held.secret_digest == invitations.digest(secret)
    assert secret not in repr(list(Entry.objects.values()))


@pytest.mark.parametrize("who", ["maria", "gov", "tom"])
def test_only_a_lead_invites(who: str, request: pytest.FixtureRequest, client_for: ClientFor) -> None:
    member: Member = request.getfixturevalue(who)
    said = {"email": "nia@example.gov", "role": "staff"}
    assert client_for(member).get(reverse("accounts:invite")).status_code == 403
    assert client_for(member).post(reverse("accounts:invite"), said).status_code == 403
    assert not Invitation.objects.exists()


def test_nobody_invites_to_an_office_they_do_not_manage(lee: Member, texas: Office) -> None:
    with pytest.raises(Forbidden):
        actions.invite("nia@example.gov", texas, "staff", by=lee)


@pytest.mark.parametrize("role", ["liaison", "desk_lead", "briefer", "auditor", "king", ""])
def test_a_state_lead_gives_no_role_that_their_office_does_not_have(
    client_for: ClientFor, lee: Member, role: str
) -> None:
    answer = client_for(lee).post(reverse("accounts:invite"), {"email": "nia@example.gov", "role": role})
    assert answer.status_code == 400
    with pytest.raises(Invalid):
        actions.invite("nia@example.gov", lee.office, role, by=lee)


def test_a_desk_lead_invites_to_the_desk_but_appoints_no_auditor(desk_lead: Member, invite: Invite) -> None:
    held, _ = invite(role="liaison", by=desk_lead)
    assert held.office == desk_lead.office
    with pytest.raises(Invalid):
        actions.invite("b@example.gov", desk_lead.office, "auditor", by=desk_lead)


@pytest.mark.parametrize("email", ["", "no address", "x" * 250 + "@example.gov", "a@b.gov\nBcc: c@d.gov"])
def test_an_address_that_is_none_is_said_at_its_field(client_for: ClientFor, lee: Member, email: str) -> None:
    answer = client_for(lee).post(reverse("accounts:invite"), {"email": email, "role": "staff"})
    assert answer.status_code == 400
    assert "email" in answer.context["form"].errors
    assert not Invitation.objects.exists()


def test_who_serves_here_or_is_invited_is_not_invited_to_the_same_again(
    lee: Member, maria: Member, invite: Invite
) -> None:
    invite()
    for email in ("NIA@example.gov", maria.user.email.upper()):
        with pytest.raises(Invalid):
            actions.invite(email, lee.office, "staff", by=lee)
    invite(maria.user.email, role="lead")


def test_mail_that_is_down_keeps_the_invitation_and_the_page_says_so(
    client_for: ClientFor,
    lee: Member,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite("nia@example.gov", lee.office, "staff", by=lee)
    said = client_for(lee).get(reverse("accounts:office")).content.decode()
    assert "The e-mail has not been sent yet" in said


# Accepting --------------------------------------------------------------------------------------------------------


def test_a_person_without_an_account_makes_one_and_serves(invite: Invite, lee: Member) -> None:
    held, address = invite(title="Aide")
    browser = opened(address)
    assert "California International Office" in browser.get(JOIN).content.decode()
    answer = browser.post(JOIN, NEW)
    assert answer["Location"] == reverse("account_login")
    member = Member.objects.get(user__email="nia@example.gov")
    assert (member.office, member.role, member.title) == (held.office, "staff", "Aide")
    assert member.user.check_password(NEW["password"])
    assert member.user.standing == [member]
    assert kinds()[-1] == "accounts.invitation_accepted"
    assert told(lee.user) == ["accounts.invitation_accepted"]


@pytest.mark.parametrize("password", ["", "short", "password1234", "nia@example.gov"])
def test_a_weak_password_makes_no_account(invite: Invite, password: str) -> None:
    browser = opened(invite()[1])
    assert browser.post(JOIN, {"name": "Nia", "password": password}).status_code == 400
    assert not User.objects.filter(email="nia@example.gov").exists()


def test_a_person_with_an_account_signs_in_first_and_then_joins(
    invite: Invite, tom: Member, client_for: ClientFor
) -> None:
    tom.user.set_password("correct horse battery")
    tom.user.save()
    _, address = invite(tom.user.email.upper(), role="reader")
    browser = opened(address)
    assert "Sign in" in browser.get(JOIN).content.decode()
    assert not Member.objects.filter(user=tom.user, role="reader").exists()
    browser.post(JOIN, NEW)
    assert not Member.objects.filter(user=tom.user, role="reader").exists(), "a password was set by the link"
    given = {"login": tom.user.email, "password": "correct horse battery"}
    answer = browser.post(reverse("account_login") + f"?next={JOIN}", given, follow=True)
    assert "Join California International Office?" in answer.content.decode()
    browser.post(JOIN)
    joined = Member.objects.get(user=tom.user, role="reader")
    assert browser.get(reverse("accounts:office")).context["office"] == joined.office


def test_a_link_does_not_change_the_password_of_somebody_who_has_one(invite: Invite, tom: Member) -> None:
    tom.user.set_password("correct horse battery")
    tom.user.save()
    held, _ = invite(tom.user.email)
    with pytest.raises(Forbidden):
        actions.accept_as_new(held, name="Mallory", password="another horse battery")
    tom.user.refresh_from_db()
    assert tom.user.check_password("correct horse battery")


def test_somebody_else_cannot_use_the_link(invite: Invite, tom: Member, client_for: ClientFor) -> None:
    held, address = invite()
    browser = opened(address, client_for(tom))
    assert browser.get(JOIN).status_code == 403
    assert browser.post(JOIN, NEW).status_code == 403
    assert "nia@example.gov" not in browser.get(JOIN).content.decode()
    with pytest.raises(Forbidden):
        actions.accept(held, user=tom.user)
    assert not Member.objects.filter(user=tom.user, office=held.office).exists()


def test_a_link_works_once(invite: Invite) -> None:
    held, address = invite()
    browser = opened(address)
    browser.post(JOIN, NEW)
    user = User.objects.get(email="nia@example.gov")
    Member.objects.filter(user=user).update(ends_on=timezone.localdate())
    assert opened(address).get(JOIN).status_code == 404
    with pytest.raises(Conflict):
        actions.accept(held, user=user)
    assert user.memberships.count() == 1


def _used(held: Invitation, lee: Member) -> None:
    actions.accept_as_new(held, **NEW)


def _withdrawn(held: Invitation, lee: Member) -> None:
    actions.withdraw(held, by=lee)


def _run_out(held: Invitation, lee: Member) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def _sent_again(held: Invitation, lee: Member) -> None:
    actions.send_again(held, by=lee)


def _inviter_left(held: Invitation, lee: Member) -> None:
    Member.objects.filter(pk=lee.pk).update(ends_on=timezone.localdate())


@pytest.mark.parametrize("spoil", [_used, _withdrawn, _run_out, _sent_again, _inviter_left])
def test_a_link_that_does_not_hold_answers_exactly_as_one_that_never_was(
    invite: Invite, lee: Member, spoil: Callable[[Invitation, Member], None]
) -> None:
    held, address = invite()
    before = User.objects.count()
    spoil(held, lee)
    made = User.objects.count() - before
    wrong = opened("/people/join/" + "x" * 43 + "/").get(JOIN)
    browser = opened(address)
    answer = browser.get(JOIN)
    assert (answer.status_code, answer.content) == (404, wrong.content)
    assert browser.post(JOIN, NEW).status_code == 404
    assert User.objects.count() == before + made
    assert Client().get(JOIN).content == wrong.content


def test_seven_days_is_how_long_a_link_holds(invite: Invite) -> None:
    held, _ = invite()
    left = held.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


def test_a_link_that_a_mail_scanner_opens_is_not_used_up(invite: Invite) -> None:
    _, address = invite()
    for _ in range(3):
        opened(address).get(JOIN)
    assert opened(address).post(JOIN, NEW).status_code == 302


@pytest.mark.parametrize(
    "secret", ["%00", "ÿ", "x" * 2000, "a b", "'; DROP TABLE accounts_member;--", "%ed%a0%80"]
)
def test_hostile_links_are_wrong_links(db: None, secret: str) -> None:
    browser = Client()
    browser.get(f"/people/join/{secret}/")
    assert browser.get(JOIN).status_code == 404


# Sending again and withdrawing ------------------------------------------------------------------------------------


def test_sending_again_makes_a_new_link_with_new_days(
    invite: Invite,
    lee: Member,
    client_for: ClientFor,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    held, _ = invite()
    _run_out(held, lee)
    with django_capture_on_commit_callbacks(execute=True):
        client_for(lee).post(reverse("accounts:send_again", args=[held.reference]))
    browser = opened(address_in(str(mail.outbox[-1].body)))
    assert browser.post(JOIN, NEW).status_code == 302
    assert "accounts.invited_again" in kinds()


def test_withdrawing_asks_first_and_is_logged(invite: Invite, lee: Member, client_for: ClientFor) -> None:
    held, _ = invite()
    where = reverse("accounts:withdraw", args=[held.reference])
    assert "Withdraw the invitation of nia@example.gov?" in client_for(lee).get(where).content.decode()
    assert Invitation.objects.get().is_waiting
    client_for(lee).post(where)
    assert not Invitation.objects.get().is_waiting
    assert kinds()[-1] == "accounts.invitation_withdrawn"
    assert client_for(lee).post(where).status_code == 409


def test_others_do_not_learn_of_an_invitation(
    invite: Invite, maria: Member, tom: Member, texas: Office, client_for: ClientFor
) -> None:
    held, _ = invite()
    other_lead = make_member(texas, "lead")
    for person in (maria, tom, other_lead):
        for name in ("accounts:withdraw", "accounts:send_again"):
            answer = client_for(person).post(reverse(name, args=[held.reference]))
            absent = client_for(person).post(reverse(name, args=["IN-00000000"]))
            assert (answer.status_code, absent.status_code) == (404, 404), (person, name)
    assert "nia@example.gov" not in client_for(maria).get(reverse("accounts:office")).content.decode()


# The command line -------------------------------------------------------------------------------------------------


def test_whom_the_command_line_invites_to_an_office_with_a_lead_waits_for_the_lead(
    lee: Member, client_for: ClientFor
) -> None:
    held, _ = actions.invite_by_command("nia@example.gov", lee.office, "lead", name="Nia", title="")
    member = actions.accept_as_new(held, **NEW)
    assert member.user.standing == []
    assert told(lee.user) == ["accounts.invited_by_command", "accounts.invitation_accepted"]
    actions.confirm_members([(member, member.version)], by=lee)
    assert User.objects.get(pk=member.user_id).standing == [member]


def test_the_first_lead_of_an_office_does_not_wait(california: Office) -> None:
    held, _ = actions.invite_by_command("nia@example.gov", california, "lead", name="Nia", title="")
    assert actions.accept_as_new(held, **NEW).user.standing


def test_an_invited_person_has_the_offices_clock(invite: Invite, lee: Member) -> None:
    Office.objects.filter(pk=lee.office_id).update(time_zone="Pacific/Honolulu")
    held, _ = invite()
    held = Invitation.objects.select_related("office").get(pk=held.pk)
    assert actions.accept_as_new(held, **NEW).user.time_zone == "Pacific/Honolulu"


def test_a_disabled_person_does_not_come_back_through_an_invitation(invite: Invite) -> None:
    user = make_user("Gone", email="nia@example.gov", is_active=False)
    held, address = invite()
    assert opened(address).post(JOIN, NEW).status_code == 200
    with pytest.raises(Forbidden):
        actions.accept(held, user=user)
