"""The log says with what somebody came in, what was refused, and what of it was changed."""

import json

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import actions
from accounts.models import Member
from activity.models import Entry
from tests.conftest import ClientFor
from tests.signin.conftest import PASSWORD, code_of, signs_in, with_password
from tests.signin.test_codes import CODES, STEP, set_up

pytestmark = pytest.mark.django_db
AGAIN = "/sign-in/second-factor/reauthenticate/"


def of_kind(kind: str) -> list[Entry]:
    return list(Entry.objects.filter(kind=f"accounts.{kind}").order_by("pk"))


def test_what_was_shown_stands_with_the_sign_in(maria: Member) -> None:
    _, secret, codes = set_up(maria)
    for code in (code_of(secret), codes[0]):
        client = Client()
        signs_in(client, maria)
        client.post(STEP, {"code": code})
    shown = [entry.data["shown"] for entry in of_kind("signed_in")]
    assert shown == [["password"], ["password", "totp"], ["password", "recovery_codes"]]
    assert not [code for code in codes if code in str([entry.data for entry in Entry.objects.all()])]


def test_a_wrong_code_and_a_wrong_passkey_leave_lines(maria: Member) -> None:
    set_up(maria)
    client = Client()
    signs_in(client, maria)
    client.post(STEP, {"code": "000000"})
    said = {"credential": json.dumps({"id": "x"})}
    assert Client().post("/sign-in/second-factor/webauthn/login/", said).status_code == 302
    (code,) = of_kind("factor_failed")
    assert (code.actor_id, code.subject_type, code.subject_id, code.data) == (
        None,
        "accounts.user",
        maria.user_id,
        {"shown": "code", "came_from": "127.0.0.1"},
    )
    (passkey,) = of_kind("sign_in_failed")
    assert passkey.data["shown"] == "webauthn"


def test_proving_it_again_and_failing_to_leave_lines(maria: Member, client_for: ClientFor) -> None:
    client, secret, _ = set_up(maria)
    cache.clear()
    client.post(AGAIN, {"code": "000000"})
    client.post(AGAIN, {"code": code_of(secret)})
    assert [entry.data["shown"] for entry in of_kind("proof_failed")] == ["code"]
    assert [entry.data["shown"] for entry in of_kind("proved_again")] == ["totp"]
    assert {entry.actor_id for entry in of_kind("proof_failed") + of_kind("proved_again")} == {maria.user_id}


def test_a_password_shown_again_does_too(maria: Member, client_for: ClientFor) -> None:
    with_password(maria)
    client = client_for(maria)
    for password in ("wrong", PASSWORD):
        client.post("/sign-in/reauthenticate/", {"password": password})
    assert len(of_kind("proof_failed")) == len(of_kind("proved_again")) == 1


def test_changes_of_how_somebody_signs_in_leave_lines(
    maria: Member, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client, _, _ = set_up(maria)
        client.post(f"{CODES}generate/")
        client.post("/sign-in/second-factor/totp/deactivate/")
    said = [entry.data["what"] for entry in of_kind("factor_changed")]
    assert sorted(said) == ["recovery_codes_generated", "totp_activated", "totp_deactivated"]
    assert {entry.actor_id for entry in of_kind("factor_changed")} == {maria.user_id}


def test_a_token_is_used_for_the_first_time_of_a_day(maria: Member) -> None:
    token, secret = actions.make_token("Calendar", scope="read", days=9, by=maria)
    for _ in range(2):
        Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/me/")
    (entry,) = of_kind("token_used")
    assert (entry.actor_id, entry.subject_reference) == (maria.user_id, token.reference)


def test_a_new_password_that_is_asked_for_says_neither_who_nor_whether(maria: Member) -> None:
    for address in (maria.user.email, "nobody@example.gov"):
        Client().post("/sign-in/password/reset/", {"email": address})
    known, unknown = of_kind("reset_asked")
    assert set(known.data) == set(unknown.data) == {"typed", "came_from"}
    assert known.actor_id is unknown.actor_id is None
    assert known.data["typed"] != unknown.data["typed"]
