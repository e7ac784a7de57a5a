"""Signing out at the organisation whose account one came with: from here, and from there."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from joserfc.jwk import RSAKey
from pytest_django import Settings

from accounts.models import Member
from accounts.signin.views import elsewhere
from activity.models import Entry
from tests.signin.conftest import PASSWORD, signs_in, with_password
from tests.signin.elsewhere import START, comes_back
from tests.signin.provider import CLIENT, EVENT, Provider

LEAVE, ENDED, OUT = "/sign-in/elsewhere/leave/", "/sign-in/elsewhere/ended/", "/sign-in/signed-out/"


def is_in(client: Client) -> bool:
    return client.get("/people/profile/").status_code == 200


def tells(
    provider: Provider, head: dict[str, Any] | None = None, key: RSAKey | None = None, **claims: Any
) -> Any:
    """The provider's server to ours: no browser, no cookie, no form of ours."""
    token = provider.logout_token(head or {}, claims, key)
    return Client(enforce_csrf_checks=True).post(ENDED, {"logout_token": token})


@pytest.fixture
def came(provider: Provider, maria: Member) -> Client:
    with_password(maria)
    provider.claims["sid"] = "session-there"
    client = Client()
    comes_back(client)
    assert is_in(client)
    return client


def test_who_came_from_elsewhere_is_led_to_sign_out_there_too(
    came: Client,
    provider: Provider,
) -> None:
    out = came.post("/sign-in/logout/")
    assert out["Location"] == f"{OUT}?from=elsewhere"
    page = came.get(out["Location"]).content.decode()
    assert "You may still be signed in with Login.gov" in page
    assert LEAVE in page
    there = urlsplit(came.get(LEAVE)["Location"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{provider.issuer}logout"
    said = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert len(said.pop("state")) >= 22, "Login.gov refuses a shorter one"
    assert said == {"client_id": CLIENT, "post_logout_redirect_uri": "http://testserver/sign-in/login/"}


def test_who_came_by_password_is_not(maria: Member, provider: Provider) -> None:
    with_password(maria)
    client = Client()
    signs_in(client, maria)
    assert client.post("/sign-in/logout/")["Location"] == "/"


def test_the_page_names_no_provider_that_it_does_not_know(provider: Provider) -> None:
    for made_up in ("", "?from=evil", "?from=%00", "?from=<script>"):
        page = Client().get(OUT + made_up).content.decode()
        assert "You are signed out here" in page
        assert "still be signed in" not in page


def test_a_provider_that_does_not_say_where_is_no_error(provider: Provider) -> None:
    provider.signs_out = False
    answer = Client().get(LEAVE)
    assert answer.status_code == 403
    assert "does not say where to sign out" in answer.content.decode()


def test_the_provider_ends_the_sessions_that_it_opened(
    came: Client,
    provider: Provider,
    maria: Member,
) -> None:
    by_password = Client()
    signs_in(by_password, maria)
    assert tells(provider).status_code == 200
    assert not is_in(came)
    assert is_in(by_password), "a session that the provider did not open"
    assert UserSession.objects.filter(user=maria.user).count() == 1
    entry = Entry.objects.get(kind="accounts.ended_by_provider")
    assert (entry.actor, entry.office, entry.data) == (maria.user, maria.office, {"sessions": 1})


def test_it_ends_the_one_it_names(came: Client, provider: Provider) -> None:
    provider.claims["sid"] = "another-session"
    other = Client()
    comes_back(other)
    assert tells(provider, sub=None, sid="another-session").status_code == 200
    assert is_in(came)
    assert not is_in(other)
    assert tells(provider, sid="session-there").status_code == 200
    assert not is_in(came)


def test_it_still_finds_the_session_after_a_proof_has_renewed_it(came: Client, provider: Provider) -> None:
    came.post("/sign-in/reauthenticate/", {"password": PASSWORD})
    assert is_in(came)
    tells(provider)
    assert not is_in(came)


def test_somebody_it_does_not_know_here_is_answered_alike(came: Client, provider: Provider) -> None:
    assert tells(provider, sub="another").status_code == 200
    assert tells(provider, sid="another", sub=None).status_code == 200
    assert is_in(came)


LIES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"iss": "https://idp.example.com/"}),
    ({}, {"iss": None}),
    ({}, {"aud": "somebody else"}),
    ({}, {"aud": ["somebody else"]}),
    ({}, {"aud": None}),
    ({}, {"iat": 1}),
    ({}, {"iat": 10**10}),
    ({}, {"iat": None}),
    ({}, {"iat": "now"}),
    ({}, {"iat": True}),
    ({}, {"exp": 1}),
    ({}, {"exp": None}),
    ({}, {"jti": None}),
    ({}, {"jti": ""}),
    ({}, {"jti": 7}),
    ({}, {"events": None}),
    ({}, {"events": {}}),
    ({}, {"events": [EVENT]}),
    ({}, {"events": {EVENT: None}}),
    ({}, {"events": {f"{EVENT}x": {}}}),
    ({}, {"nonce": "x"}),
    ({}, {"nonce": ""}),
    ({}, {"sub": None}),
    ({}, {"sub": ""}),
    ({}, {"sub": {"a": 1}}),
    ({}, {"sid": 7}),
    ({"typ": "JWT"}, {}),
    ({"typ": None}, {}),
    ({"alg": "none"}, {}),
]


@pytest.mark.parametrize(("head", "claims"), LIES, ids=str)
def test_a_token_that_is_no_logout_token_for_us_ends_nothing(
    head: dict[str, Any],
    claims: dict[str, Any],
    came: Client,
    provider: Provider,
) -> None:
    answer = tells(provider, head, **claims)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert is_in(came)


def test_a_token_signed_by_another_key_ends_nothing(came: Client, provider: Provider) -> None:
    assert tells(provider, key=RSAKey.generate_key(2048, {"kid": "one"}, private=True)).status_code == 400
    assert is_in(came)


def test_a_token_ends_something_once(came: Client, provider: Provider) -> None:
    token = provider.logout_token({}, {})
    said = {"logout_token": token}
    assert Client().post(ENDED, said).status_code == 200
    comes_back(came)
    assert is_in(came)
    assert Client().post(ENDED, said).status_code == 400
    assert is_in(came)


def test_what_can_be_seen_to_be_wrong_asks_the_provider_nothing(
    provider: Provider,
    settings: Settings,
) -> None:
    wrong = provider.logout_token({}, {"nonce": "x"})
    settings.OIDC_ISSUER = "http://127.0.0.1:9/"  # nobody is there: asking would be seen to fail otherwise
    for said in (wrong, "", "x", "a.b.c", "." * 9000, "e30.e30.", "é.é.é", "bnVsbA.bnVsbA."):
        assert Client().post(ENDED, {"logout_token": said}).status_code == 400


def test_only_a_form_that_is_sent_ends_anything(came: Client, provider: Provider) -> None:
    token = provider.logout_token({}, {})
    assert Client().get(f"{ENDED}?logout_token={token}").status_code == 405
    assert Client().post(f"{ENDED}?logout_token={token}").status_code == 400
    assert is_in(came)


def test_it_is_not_offered_until_it_is_named(db: None) -> None:
    assert Client().get(LEAVE).status_code == 404
    assert Client().post(ENDED).status_code == 404


def test_it_slows_down_whoever_sends_very_many(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = "https://idp.example.gov/", CLIENT
    monkeypatch.setattr(elsewhere, "LOGOUTS_A_MINUTE", 3)
    answers = [Client().post(ENDED).status_code for _ in range(4)]
    assert answers == [400, 400, 400, 429]


@pytest.mark.parametrize("moved", ["openid-configuration", "jwks", "token", "userinfo"])
def test_no_redirect_of_the_providers_addresses_is_followed(
    moved: str,
    provider: Provider,
) -> None:
    provider.moved = moved
    client = Client()
    answer = client.get(START) if moved == "openid-configuration" else comes_back(client)
    assert answer.status_code == 403
    assert provider.refused == []
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"]
)
def test_a_provider_on_tls_names_no_address_in_the_clear(
    name: str,
    provider: Provider,
    settings: Settings,
) -> None:
    provider.addresses[name] = "ftp://127.0.0.1/x"
    assert Client().get(START).status_code == 403
    assert Client().get(LEAVE).status_code == 403
