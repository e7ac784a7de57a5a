"""Codes from an app, and recovery codes."""

import hashlib
import math
import re

from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Member
from accounts.signin.codes import ALPHABET, GROUPS, LETTERS
from accounts.signin.second_factor import SecondFactor
from tests.signin.conftest import PASSWORD, code_of, proved, signs_in, with_password

APP = "/sign-in/second-factor/totp/activate/"
CODES = "/sign-in/second-factor/recovery-codes/"
STEP = "/sign-in/second-factor/authenticate/"


def set_up(person: Member) -> tuple[Client, str, list[str]]:
    """Signs in by password and sets an app up: the client, the app's secret and the recovery codes."""
    with_password(person)
    client = Client()
    signs_in(client, person)
    page = client.get(APP)
    assert page.status_code == 200, page.content[:300]
    secret = page.context["form"].secret
    done = client.post(APP, {"code": code_of(secret)}, follow=True)
    codes = re.findall(r"<li>([a-z2-9]{4}(?:-[a-z2-9]{4}){5})</li>", done.content.decode())
    return client, secret, codes


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(maria: Member) -> None:
    _, secret, codes = set_up(maria)
    assert len(codes) == 10
    client = Client()
    answer = signs_in(client, maria)
    assert answer["Location"] == STEP
    assert client.get("/").status_code == 302, "the password alone opened the start page"
    wrong = client.post(STEP, {"code": "000000"})
    assert "That did not work" in wrong.content.decode()
    assert "_auth_user_id" not in client.session
    client.post(STEP, {"code": code_of(secret)})
    assert client.session["_auth_user_id"] == str(maria.user_id)


def test_a_code_that_was_seen_over_a_shoulder_does_not_work_again(maria: Member) -> None:
    _, secret, _ = set_up(maria)
    code = code_of(secret)
    first, second = Client(), Client()
    for client in (first, second):
        signs_in(client, maria)
        client.post(STEP, {"code": code})
    assert "_auth_user_id" in first.session
    assert "_auth_user_id" not in second.session


def test_a_recovery_code_works_once(maria: Member) -> None:
    _, _, codes = set_up(maria)
    first, second = Client(), Client()
    for client in (first, second):
        signs_in(client, maria)
        client.post(STEP, {"code": codes[3]})
    assert "_auth_user_id" in first.session
    assert "_auth_user_id" not in second.session


def test_recovery_codes_are_shown_once(maria: Member) -> None:
    client, _, codes = set_up(maria)
    again = client.get(CODES).content.decode()
    assert not [code for code in codes if code in again]
    assert client.get(f"{CODES}download/").status_code == 404


def test_a_code_is_long_enough_to_be_kept_as_a_digest_and_is(maria: Member) -> None:
    _, _, codes = set_up(maria)
    letters = GROUPS * LETTERS
    assert math.log2(len(ALPHABET)) * letters >= 112
    assert {len(code.replace("-", "")) for code in codes} == {letters}
    kept = Authenticator.objects.get(user=maria.user, type="recovery_codes").data
    assert set(kept) == {"hashes", "migrated_codes"} and kept["migrated_codes"] == []
    assert kept["hashes"] == [hashlib.sha256(code.replace("-", "").encode()).hexdigest() for code in codes]


def test_a_code_is_read_as_people_write_it(maria: Member) -> None:
    _, _, codes = set_up(maria)
    client = Client()
    signs_in(client, maria)
    client.post(STEP, {"code": f" {codes[0].upper().replace('-', ' ')} "})
    assert "_auth_user_id" in client.session
    assert "You have 9 unused codes" in client.get(CODES).content.decode()


def test_new_codes_end_those_before(maria: Member) -> None:
    client, _, codes = set_up(maria)
    page = client.post(f"{CODES}generate/").content.decode()
    fresh = re.findall(r"<li>([a-z2-9-]{29})</li>", page)
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    for code, works in ((codes[0], False), (fresh[0], True)):
        other = Client()
        signs_in(other, maria)
        other.post(STEP, {"code": code})
        assert ("_auth_user_id" in other.session) is works


def test_guessing_codes_comes_to_an_end(maria: Member) -> None:
    _, secret, _ = set_up(maria)
    client = Client()
    signs_in(client, maria)
    for guess in range(6):
        client.post(STEP, {"code": f"{guess:06}"})
    client.post(STEP, {"code": code_of(secret)})
    assert "_auth_user_id" not in client.session


def test_secrets_are_not_kept_as_they_are(maria: Member) -> None:
    _, secret, codes = set_up(maria)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not [code for code in codes if code in kept]


def test_secrets_outlive_a_change_of_the_key(maria: Member, settings: Settings) -> None:
    settings.SECOND_FACTOR_KEYS = ["the old key"]
    kept = SecondFactor().encrypt("secret")
    settings.SECOND_FACTOR_KEYS = ["the new key", "the old key"]
    assert SecondFactor().decrypt(kept) == "secret"
    assert SecondFactor().encrypt("secret") != kept


def test_whoever_sits_at_an_open_session_cannot_change_how_it_is_opened(maria: Member) -> None:
    client, _, _ = set_up(maria)
    proved(client, maria.user, "totp", ago=3600)
    for page in (
        f"{CODES}generate/",
        "/sign-in/second-factor/totp/deactivate/",
        "/sign-in/second-factor/webauthn/add/",
    ):
        for answer in (client.get(page), client.post(page)):
            assert answer.status_code == 302, page
            assert answer["Location"].startswith("/sign-in/second-factor/reauthenticate/"), page
    client.post("/sign-in/reauthenticate/", {"password": PASSWORD})
    assert client.get(f"{CODES}generate/").status_code == 302, "a password stood in for the second factor"
    assert Authenticator.objects.filter(user=maria.user, type="totp").exists()


def test_a_change_is_told_by_mail_without_secrets(
    maria: Member, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        _, secret, _ = set_up(maria)
    (letter,) = mail.outbox
    assert letter.to == [maria.user.email]
    assert letter.subject == "An app for codes was set up"
    assert secret not in str(letter.body)
    assert "If this was not you" in str(letter.body)
