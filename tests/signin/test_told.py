"""What people hear of signing in that is not as always, and of what runs out."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import actions
from accounts.models import Invitation, Letter, Member
from activity.models import Entry, Notice
from tests.conftest import ClientFor
from tests.factories.accounts import invited
from tests.signin.conftest import code_of, signs_in, with_password
from tests.signin.test_codes import STEP, set_up

pytestmark = pytest.mark.django_db


def letters() -> list[str]:
    """What left the outbox, by subject; the outbox of the tests is emptied."""
    actions.post()
    said = [str(letter.subject) for letter in mail.outbox]
    mail.outbox.clear()
    return said


def fails(person: Member, times: int) -> None:
    for _ in range(times):
        signs_in(Client(), person, "wrong")
        cache.clear()


def test_a_sign_in_after_failed_tries_is_told_its_person(maria: Member) -> None:
    with_password(maria)
    fails(maria, 4)
    signs_in(Client(), maria)
    actions.post()
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("You signed in after failed tries", [maria.user.email])
    assert "California" not in str(letter.body)
    (entry,) = Entry.objects.filter(kind="accounts.sign_in_unusual")
    assert (entry.actor_id, entry.data["why"]) == (maria.user_id, "tries")


def test_a_slip_of_the_finger_and_the_tries_at_others_are_not(maria: Member, tom: Member) -> None:
    with_password(maria)
    fails(maria, 3)
    fails(tom, 6)
    signs_in(Client(), maria)
    fails(maria, 3)
    signs_in(Client(), maria)
    assert letters() == [], "tries before the last sign-in counted again"


def test_a_sign_in_after_a_long_time_is_told(maria: Member) -> None:
    with_password(maria)
    signs_in(Client(), maria)
    assert letters() == [], "the first of all is announced by the invitation"
    for days, said in ((59, []), (119, ["You signed in after a long time"])):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            signs_in(Client(), maria)
            assert letters() == said


def test_who_has_the_password_and_fails_at_the_second_step_is_told_to_its_owner_once(maria: Member) -> None:
    _, secret, _ = set_up(maria)
    letters()
    thief = Client()
    signs_in(thief, maria)
    for guess in ("000000", "000001"):
        thief.post(STEP, {"code": guess})
    assert letters() == []
    thief.post(STEP, {"code": "000002"})
    assert letters() == ["Somebody has your password"]
    thief.post(STEP, {"code": "000003"})
    assert letters() == []
    failed = Entry.objects.filter(kind="accounts.factor_failed")
    assert {(entry.actor_id, entry.subject_id, entry.data["shown"]) for entry in failed} == {
        (None, maria.user_id, "code")
    }
    cache.clear()
    client = Client()
    signs_in(client, maria)
    client.post(STEP, {"code": code_of(secret)})
    assert letters() == ["You signed in after failed tries"]


def test_a_new_password_is_told(maria: Member) -> None:
    client = Client()
    client.post("/sign-in/password/reset/", {"email": maria.user.email})
    actions.post()
    link = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
    assert link
    page = client.get(link[1], follow=True).redirect_chain[-1][0]
    client.post(page, {"password1": "teacups hum at noon", "password2": "teacups hum at noon"})
    assert "through a link that was mailed" in str(mail.outbox[-1].body)
    changed = Entry.objects.get(kind="accounts.factor_changed")
    assert (changed.actor_id, changed.data["what"]) == (maria.user_id, "password_reset")


# What runs out --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "quiet", "said"), [(90, 82, 84), (30, 22, 24), (2, 0.9, 1.1)])
def test_a_token_that_runs_out_is_told_its_person_once(
    maria: Member, days: int, quiet: float, said: float
) -> None:
    actions.make_token("Calendar", scope="read", days=days, by=maria)
    start = timezone.now()
    with time_machine.travel(start + timedelta(days=quiet)):
        actions.remind()
        assert not Notice.objects.filter(entry__kind="accounts.token_ending").exists()
    with time_machine.travel(start + timedelta(days=said)):
        actions.remind()
        actions.remind()
    notice = Notice.objects.get(entry__kind="accounts.token_ending")
    assert notice.recipient_id == maria.user_id


def test_a_token_that_was_taken_back_is_not(maria: Member) -> None:
    token, _ = actions.make_token("Calendar", scope="read", days=9, by=maria)
    actions.revoke_token(token, by=maria)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        actions.remind()
    assert not Notice.objects.filter(entry__kind="accounts.token_ending").exists()


def test_an_invitation_that_runs_out_is_told_both_sides_with_a_link_that_holds(maria: Member) -> None:
    held = invited(maria.office)
    assert held.invited_by
    start = timezone.now()
    with time_machine.travel(start + timedelta(days=4)):
        actions.remind()
        assert letters() == []
    with time_machine.travel(start + timedelta(days=5, hours=1)):
        actions.remind()
        actions.remind()
        actions.post()
        (letter,) = mail.outbox
        assert (letter.to, letter.subject) == ([held.email], "Your invitation runs out soon")
        link = re.search(r"https?://[^/\s]+(/people/join/\S+)", str(letter.body))
        assert link
        client = Client()
        assert client.get(link[1], follow=True).status_code == 200
    held.refresh_from_db()
    assert held.expires_at < start + timedelta(days=7, minutes=1), "a reminder gives no more time"
    notice = Notice.objects.get(entry__kind="accounts.invitation_ending")
    assert notice.recipient_id == held.invited_by.user_id


def test_nobody_is_reminded_of_an_invitation_that_is_over(maria: Member) -> None:
    invited(maria.office)
    Invitation.objects.update(withdrawn_at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        actions.remind()
    assert letters() == []


# The outbox -----------------------------------------------------------------------------------------------------------


class Counted:
    """A mail server that is away, and says how often it was asked."""

    asked = 0

    def __init__(self, *given: object, **named: object) -> None:
        pass

    def send_messages(self, messages: list[object]) -> int:
        type(self).asked += 1
        raise OSError


def test_a_mail_server_that_is_away_loses_no_letter_and_the_next_try_waits(
    maria: Member, settings: Settings
) -> None:
    actions.ask_for_reset(maria.user.email)
    settings.EMAIL_BACKEND = f"{__name__}.Counted"
    assert actions.post() == 0
    assert actions.post() == 0, "asked again at once"
    assert Counted.asked == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert actions.post() == 1
    assert len(mail.outbox) == 1
    assert not Letter.objects.exists()


def test_a_letter_holds_no_secret_while_it_waits(maria: Member, lee: Member) -> None:
    actions.ask_for_reset(maria.user.email)
    actions.start_recovery(maria, by=lee, proof="in_person")
    kept = {name for row in Letter.objects.values() for name, value in row.items() if value}
    assert kept <= {"id", "kind", "address", "about", "made_at", "try_after", "attempts"}


def test_the_members_outbox_is_nobodys_to_read(lee: Member, client_for: ClientFor) -> None:
    actions.ask_for_reset(lee.user.email)
    assert not Letter.objects.visible_to(lee.user).exists()
