"""Somebody has lost every passkey and code: a lead's word and the person's mailbox, and neither alone."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import actions
from accounts.models import Member, Office, Recovery, User
from activity.models import Entry, Notice
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from tests.conftest import ClientFor
from tests.factories.accounts import delegated, make_member
from tests.signin.conftest import PASSWORD, code_of, proved, signs_in, with_password
from tests.signin.test_codes import STEP, set_up

pytestmark = pytest.mark.django_db
NEW = "teacups hum at noon"


def link() -> str:
    """From the last letter."""
    found = re.search(r"https?://[^/\s]+(/people/recover/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def started(maria: Member, lee: Member) -> tuple[Recovery, str]:
    held = actions.start_recovery(maria, by=lee, proof="in_person")
    actions.post()
    return held, link()


def opened(where: str) -> Client:
    client = Client()
    assert client.get(where)["Location"] == "/people/recover/"
    return client


@pytest.fixture
def lost(maria: Member) -> Member:
    """Maria, with a password, an app, recovery codes, a passkey and a token."""
    with_password(maria)
    for kind in ("totp", "webauthn", "recovery_codes"):
        Authenticator.objects.create(user=maria.user, type=kind, data={"name": "x", "hashes": []})
    actions.make_token("A script", scope="read", days=9, by=maria)
    return maria


def test_a_lead_and_the_person_together_bring_them_back(
    lost: Member, lee: Member, client_for: ClientFor
) -> None:
    before = client_for(lost)
    signs_in(before, lost)
    lead = client_for(lee)
    page = f"/people/members/{lost.key}/recover/"
    assert "You never see or choose anything" in lead.get(page).content.decode()
    assert lead.post(page, {"proof": "video"}).status_code == 302
    assert Authenticator.objects.filter(user=lost.user).count() == 3, (
        "the lead's word alone took something away"
    )
    actions.post()
    assert [letter.to for letter in mail.outbox] == [[lost.user.email]]
    where = link()
    client = opened(where)
    assert lost.user.email in client.get("/people/recover/").content.decode()
    assert client.post("/people/recover/", {"password": NEW})["Location"] == "/sign-in/login/"
    lost.user.refresh_from_db()
    assert lost.user.check_password(NEW)
    assert not Authenticator.objects.filter(user=lost.user).exists()
    assert not lost.api_tokens.filter(revoked_at=None).exists()
    assert Client().get(where, follow=True).status_code == 404, "the link works twice"
    signs_in(Client(), lost, NEW)


def test_the_link_is_known_to_the_letter_alone(lost: Member, lee: Member) -> None:
    held, where = started(lost, lee)
    held.refresh_from_db()
    kept = str(Recovery.objects.values().get()) + str(list(Entry.objects.values_list("data", flat=True)))
    assert where.split("/")[-2] not in kept
    assert held.secret_digest and held.mailed_at


def test_a_made_up_link_and_one_that_was_never_mailed_open_nothing(lost: Member, lee: Member) -> None:
    actions.start_recovery(lost, by=lee, proof="in_person")
    assert Client().get("/people/recover/").status_code == 404
    assert opened("/people/recover/nonsense/").get("/people/recover/").status_code == 404


def test_it_runs_out(lost: Member, lee: Member) -> None:
    _, where = started(lost, lee)
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        client = opened(where)
        assert client.get("/people/recover/").status_code == 404
        assert client.post("/people/recover/", {"password": NEW}).status_code == 404
    assert Authenticator.objects.filter(user=lost.user).count() == 3


def test_who_signs_in_with_what_was_said_to_be_lost_ends_it(maria: Member, lee: Member) -> None:
    _, secret, _ = set_up(maria)
    _, where = started(maria, lee)
    cache.clear()
    client = Client()
    signs_in(client, maria)
    assert opened(where).get("/people/recover/").status_code == 200, "a password alone ended it"
    client.post(STEP, {"code": code_of(secret)})
    assert opened(where).get("/people/recover/").status_code == 404
    assert Entry.objects.filter(kind="accounts.recovery_withdrawn").count() == 1


def test_the_word_does_not_outlast_its_lead_nor_reach_a_seat_given_since(
    lost: Member, lee: Member, gov: Member, desk_mexico: Office
) -> None:
    _, where = started(lost, lee)
    seat = make_member(desk_mexico, "liaison", user=lost.user)
    assert opened(where).get("/people/recover/").status_code == 404
    Member.objects.filter(pk=seat.pk).delete()
    assert opened(where).get("/people/recover/").status_code == 200
    Member.objects.filter(pk=lee.pk).update(ends_on=timezone.localdate())
    client = opened(where)
    assert client.post("/people/recover/", {"password": NEW}).status_code == 404
    with pytest.raises(Conflict):
        actions.recover(Recovery.objects.get(), password=NEW)


def test_a_link_that_was_open_already_is_dead_when_it_is_taken_back(lost: Member, lee: Member) -> None:
    held, where = started(lost, lee)
    client = opened(where)
    assert client.get("/people/recover/").status_code == 200
    actions.withdraw_recovery(held, by=lee)
    assert client.post("/people/recover/", {"password": NEW}).status_code == 404
    with pytest.raises(Conflict):
        actions.recover(held, password=NEW)
    assert not User.objects.get(pk=lost.user_id).check_password(NEW)


def test_a_bad_password_is_refused_here_too(lost: Member, lee: Member) -> None:
    _, where = started(lost, lee)
    client = opened(where)
    for chosen in ("short", "PasswordPassword", "california teacups"):
        assert client.post("/people/recover/", {"password": chosen}).status_code == 400
    assert Authenticator.objects.filter(user=lost.user).count() == 3


def test_everybody_concerned_is_told_and_the_log_says_who_and_how(
    lost: Member, lee: Member, texas: Office
) -> None:
    elsewhere = make_member(texas, "lead")
    make_member(texas, "reader", user=lost.user)
    held, _ = started(lost, lee)
    (entry,) = Entry.objects.filter(kind="accounts.recovery_started")
    assert (entry.actor_id, entry.subject_reference, entry.data) == (
        lee.user_id,
        held.reference,
        {"proof": "in_person"},
    )
    told = Notice.objects.filter(entry=entry).values_list("recipient", flat=True)
    assert set(told) == {lost.user_id, elsewhere.user_id}
    held.refresh_from_db()
    actions.recover(held, password=NEW)
    used = Notice.objects.filter(entry__kind="accounts.recovery_used").values_list("recipient", flat=True)
    assert set(used) == {lost.user_id, lee.user_id, elsewhere.user_id}


# Who may ------------------------------------------------------------------------------------------------------------


def test_nobody_says_it_of_themselves_and_no_colleague_who_does_not_manage(
    maria: Member, lee: Member, tom: Member
) -> None:
    for by, whose in ((lee, lee), (maria, lee), (maria, maria), (tom, maria)):
        with pytest.raises(Forbidden):
            actions.start_recovery(whose, by=by, proof="in_person")
    assert not Recovery.objects.exists()


def test_a_stand_in_does_not_give_the_word(maria: Member, lee: Member, gov: Member) -> None:
    given = delegated(lee, maria)
    with pytest.raises(Forbidden):
        actions.start_recovery(gov, by=given.membership, proof="in_person")


def test_the_principal_says_it_of_a_lead(lee: Member, gov: Member) -> None:
    assert actions.start_recovery(lee, by=gov, proof="telephone").is_open


def test_a_desk_says_it_of_its_own(desk_lead: Member, liaison: Member, maria: Member) -> None:
    assert actions.start_recovery(liaison, by=desk_lead, proof="video").is_open
    with pytest.raises(Forbidden):
        actions.start_recovery(maria, by=desk_lead, proof="video")


def test_a_small_offices_word_does_not_open_a_federal_seat(
    maria: Member, lee: Member, desk_lead: Member, desk_mexico: Office
) -> None:
    seat = make_member(desk_mexico, "liaison", user=maria.user)
    with pytest.raises(Forbidden, match="Mexico Desk"):
        actions.start_recovery(maria, by=lee, proof="in_person")
    assert actions.start_recovery(seat, by=desk_lead, proof="in_person").is_open


def test_no_lead_opens_an_operators_account(maria: Member, lee: Member) -> None:
    maria.user.is_staff = True
    maria.user.save()
    with pytest.raises(Forbidden):
        actions.start_recovery(maria, by=lee, proof="in_person")


@pytest.mark.parametrize("proof", ["", "email", "command"])
def test_how_they_made_sure_must_be_said(maria: Member, lee: Member, proof: str) -> None:
    with pytest.raises(Invalid):
        actions.start_recovery(maria, by=lee, proof=proof)


def test_the_database_holds_no_word_of_nobodys(maria: Member, lee: Member) -> None:
    held = actions.start_recovery(maria, by=lee, proof="in_person")
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.filter(pk=held.pk).update(asked_by=None)


def test_it_is_asked_for_by_who_has_just_proved_who_they_are(
    maria: Member, lee: Member, client_for: ClientFor, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    with_password(lee)
    client = proved(client_for(lee), lee.user, "totp", ago=3600)
    Authenticator.objects.create(user=lee.user, type="totp", data={})
    for page in ("recover", "sign-out"):
        answer = client.post(f"/people/members/{maria.key}/{page}/", {"proof": "in_person"})
        assert answer["Location"].startswith("/sign-in/second-factor/reauthenticate/"), page
    said = client.post(f"/api/v1/colleagues/{maria.key}/recover/", {"proof": "in_person"}, "application/json")
    assert said.status_code == 403
    assert not Recovery.objects.exists()


def test_the_command_line_helps_whom_no_lead_can(operator: User) -> None:
    call_command("start_recovery", operator.email.upper(), verbosity=0)
    actions.post()
    client = opened(link())
    assert client.post("/people/recover/", {"password": NEW}).status_code == 302
    operator.refresh_from_db()
    assert operator.check_password(NEW)
    (entry,) = Entry.objects.filter(kind="accounts.recovery_started")
    assert (entry.actor_id, entry.data) == (None, {"proof": "command"})
    with pytest.raises(CommandError):
        call_command("start_recovery", "nobody@example.gov")


# The doors ------------------------------------------------------------------------------------------------------------


def test_the_office_sees_it_and_takes_it_back(lost: Member, lee: Member, client_for: ClientFor) -> None:
    held, where = started(lost, lee)
    lead = client_for(lee)
    assert "lost every passkey and code" in lead.get("/people/office/").content.decode()
    assert "lost every passkey and code" not in client_for(lost).get("/people/office/").content.decode()
    assert lead.post(f"/people/recoveries/{held.reference}/withdraw/").status_code == 302
    assert opened(where).get("/people/recover/").status_code == 404


def test_the_api_is_another_door_to_the_same(
    lost: Member, lee: Member, tom: Member, client_for: ClientFor
) -> None:
    lead = client_for(lee)
    path = f"/api/v1/colleagues/{lost.key}/recover/"
    made = lead.post(path, {"proof": "video"}, "application/json").json()
    assert made["person"] == lost.user.name
    where = f"/api/v1/recoveries/{made['reference']}/"
    assert client_for(tom).post(path, {"proof": "video"}, "application/json").status_code == 404
    assert client_for(tom).get(where).status_code == 404
    assert client_for(tom).post(f"{where}withdraw/").status_code == 404
    assert lead.get(where).status_code == 200
    assert client_for(lost).get(where).status_code == 200
    assert lead.post(f"{where}withdraw/").status_code == 200
    assert lead.get(where).status_code == 404


def test_a_letter_comes_again_a_day_before_it_runs_out(lost: Member, lee: Member) -> None:
    _, first = started(lost, lee)
    assert actions.remind() == 0
    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=1)):
        assert (actions.remind(), actions.remind()) == (1, 0)
        actions.post()
        assert link() != first
        assert opened(first).get("/people/recover/").status_code == 404, "the link before it still works"
        assert opened(link()).get("/people/recover/").status_code == 200


# Signing somebody out -------------------------------------------------------------------------------------------------


def test_a_lead_signs_somebody_out_everywhere(
    lost: Member, lee: Member, tom: Member, client_for: ClientFor
) -> None:
    Authenticator.objects.filter(user=lost.user).delete()
    sessions = [Client(), Client()]
    for client in sessions:
        signs_in(client, lost, PASSWORD)
        assert client.get("/people/profile/").status_code == 200
    page = f"/people/members/{lost.key}/sign-out/"
    assert client_for(tom).post(page).status_code == 404
    assert client_for(lost).post(page).status_code == 403
    lead = client_for(lee)
    assert "everywhere?" in lead.get(page).content.decode()
    assert lead.post(page).status_code == 302
    assert [client.get("/people/profile/").status_code for client in sessions] == [302, 302]
    assert lead.get("/people/profile/").status_code == 200
    assert not lost.api_tokens.filter(revoked_at=None).exists()
    (entry,) = Entry.objects.filter(kind="accounts.sessions_ended")
    assert (entry.actor_id, entry.data) == (lee.user_id, {"sessions": 2})
    assert Notice.objects.get(entry=entry).recipient_id == lost.user_id


def test_the_api_signs_out_too_and_the_command_line_one_or_all(
    lost: Member, lee: Member, tom: Member, client_for: ClientFor
) -> None:
    Authenticator.objects.filter(user=lost.user).delete()
    client = Client()
    signs_in(client, lost)
    assert client_for(lee).post(f"/api/v1/colleagues/{lost.key}/sign-out/").status_code == 200
    assert client.get("/people/profile/").status_code == 302
    signs_in(client, lost)
    call_command("end_sessions", lost.user.email, verbosity=0)
    assert client.get("/people/profile/").status_code == 302
    signs_in(client, lost)
    call_command("end_sessions", everybody=True, verbosity=0)
    assert client.get("/people/profile/").status_code == 302
    assert Entry.objects.filter(kind="accounts.sessions_ended_by_command").count() >= 3
    with pytest.raises(CommandError):
        call_command("end_sessions")
