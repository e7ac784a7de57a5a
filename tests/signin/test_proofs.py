"""What is asked of a proof before it is believed."""

from base64 import urlsafe_b64decode
from typing import Any

import pytest
from django.test import Client
from joserfc.jwk import RSAKey
from pytest_django import Settings

from accounts.models import Member
from tests.conftest import ClientFor
from tests.signin.conftest import PASSWORD, proved, signs_in, with_password
from tests.signin.elsewhere import comes_back, user_in
from tests.signin.provider import Provider
from tests.signin.test_passkeys import ADD, SIGN_IN, options_of

CHANGE = "/sign-in/password/change/"
NEW = "another-river-meets-here"


@pytest.mark.parametrize("old", ["", "not-the-one-that-it-was", None])
def test_a_password_is_changed_by_who_knows_it(old: str | None, maria: Member) -> None:
    with_password(maria)
    client = Client()
    signs_in(client, maria)
    said = {"password1": NEW, "password2": NEW} | ({} if old is None else {"oldpassword": old})
    client.post(CHANGE, said)
    maria.user.refresh_from_db()
    assert maria.user.check_password(PASSWORD)
    client.post(CHANGE, said | {"oldpassword": PASSWORD})
    maria.user.refresh_from_db()
    assert maria.user.check_password(NEW)


def test_each_passkey_signs_thirty_two_bytes_that_nobody_has_seen(
    liaison: Member, client_for: ClientFor, strict: Settings
) -> None:
    client = proved(client_for(liaison), liaison.user, "password")
    asked = [options_of(client.get(ADD, secure=True), "creation_options") for _ in range(3)]
    for _ in range(3):
        page = Client().get(SIGN_IN, headers={"Accept": "application/json"}, secure=True)
        asked.append(page.json()["request_options"])
    said = [options["publicKey"]["challenge"] for options in asked]
    assert len(set(said)) == 6
    for challenge in said:
        assert len(urlsafe_b64decode(challenge + "=" * (-len(challenge) % 4))) >= 32


def of_a_thief(key: RSAKey) -> list[dict[str, Any]]:
    address = "https://evil.example/keys"
    return [
        {"jku": address},
        {"x5u": address},
        {"jwk": key.as_dict(private=False)},
        {"kid": "two"},
        {"x5c": ["MIIB"]},
    ]


@pytest.mark.parametrize("number", range(5))
def test_a_token_does_not_say_which_key_it_is_to_be_checked_with(number: int, provider: Provider) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    provider.head = of_a_thief(provider.key)[number]
    client = Client()
    assert comes_back(client).status_code == 403
    assert user_in(client) == ""
