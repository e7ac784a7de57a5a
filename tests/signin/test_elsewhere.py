"""Signing in with an account of another organisation, against one that runs here."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from joserfc.jwk import RSAKey
from pytest_django import Settings

from accounts.models import ExternalIdentity, Member, User
from activity.models import Entry
from diplomacy.checks import other_organisations_are_met_on_tls
from tests.signin.conftest import signs_in
from tests.signin.elsewhere import DONE, START, at_provider, comes_back, user_in
from tests.signin.provider import AAL2, AAL2_PASSKEY, CLIENT, Provider


def test_somebody_the_office_invited_signs_in_with_their_other_account(
    provider: Provider, maria: Member
) -> None:
    client = Client()
    assert "Sign in with Login.gov" in client.get("/sign-in/login/").content.decode()
    answer = comes_back(client)
    assert provider.refused == []
    assert answer["Location"] == "/"
    assert user_in(client) == str(maria.user_id)
    assert provider.asked["acr_values"] == AAL2
    assert ExternalIdentity.objects.get().user == maria.user
    assert Entry.objects.filter(kind="accounts.identity_linked").count() == 1


def test_it_works_with_pkce_alone(provider: Provider, settings: Settings, maria: Member) -> None:
    settings.OIDC_PRIVATE_KEY_FILE, provider.client_key = "", None
    client = Client()
    comes_back(client)
    assert user_in(client) == str(maria.user_id)


def test_once_linked_the_person_is_known_by_their_identity_not_by_their_address(
    provider: Provider, maria: Member, lee: Member
) -> None:
    comes_back(Client())
    provider.info["email"] = lee.user.email
    client = Client()
    comes_back(client)
    assert user_in(client) == str(maria.user_id)


def test_who_comes_to_hold_the_address_later_is_somebody_else(provider: Provider) -> None:
    comes_back(Client())
    provider.claims["sub"] = "another"
    client = Client()
    assert comes_back(client).status_code == 403
    assert user_in(client) == ""


def test_nobody_signs_up(provider: Provider) -> None:
    provider.info["email"] = "stranger@example.gov"
    before = User.objects.count()
    answer = comes_back(Client())
    assert answer.status_code == 403
    assert "ask the lead of" in answer.content.decode()
    assert (User.objects.count(), ExternalIdentity.objects.count()) == (before, 0)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_names_nobody(provider: Provider, verified: object) -> None:
    provider.info["email_verified"] = verified
    client = Client()
    assert comes_back(client).status_code == 403
    assert user_in(client) == ""


LIES: list[dict[str, Any]] = [
    {"nonce": "another nonce of a good length"},
    {"nonce": None},
    {"aud": "somebody else"},
    {"aud": "somebody else", "azp": CLIENT},
    {"aud": None},
    {"iss": "https://idp.example.com/"},
    {"iss": None},
    {"exp": 1},
    {"exp": None},
    {"sub": None},
    {"acr": "http://idmanagement.gov/ns/assurance/ial/1"},
    {"acr": None},
    {"azp": "somebody else"},
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_token_that_says_something_else_signs_nobody_in(lie: dict[str, Any], provider: Provider) -> None:
    provider.claims |= lie
    client = Client()
    answer = comes_back(client)
    assert answer.status_code == 403
    assert "could not be trusted" in answer.content.decode()
    assert user_in(client) == ""


def test_a_token_signed_by_another_key_or_by_none_signs_nobody_in(provider: Provider) -> None:
    client = Client()
    for algorithm, key in (
        ("RS256", RSAKey.generate_key(2048, {"kid": "one"}, private=True)),
        ("HS256", provider.key),
        ("none", provider.key),
    ):
        provider.algorithm, provider.key = algorithm, key
        assert comes_back(client).status_code == 403, algorithm
        assert user_in(client) == "", algorithm
    provider.gives_id_token = False
    assert comes_back(client).status_code == 403


def test_what_the_provider_says_of_another_subject_is_not_believed(provider: Provider) -> None:
    provider.info["sub"] = "another"
    assert comes_back(Client()).status_code == 403


def test_an_answer_belongs_to_the_browser_that_asked_and_works_once(provider: Provider) -> None:
    asked, thief = Client(), Client()
    back = urlsplit(at_provider(asked))
    assert thief.get(f"{back.path}?{back.query}").status_code == 403
    assert user_in(thief) == ""
    asked.get(f"{back.path}?{back.query}")
    assert user_in(asked)
    asked.post("/sign-in/logout/")
    assert asked.get(f"{back.path}?{back.query}").status_code == 403


@pytest.mark.parametrize(
    "query", ["", "error=access_denied", "code=x", "state=x", "code=%00&state=%ff", "code[]=1"]
)
def test_an_answer_that_makes_no_sense_is_refused_in_words(query: str, provider: Provider) -> None:
    assert Client().get(f"{DONE}?{query}").status_code == 403


def test_a_provider_that_is_away_is_no_error_of_ours(settings: Settings, db: None) -> None:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = "http://127.0.0.1:9/", CLIENT
    assert Client().get(START).status_code == 403


def test_a_provider_that_calls_itself_something_else_is_not_asked(provider: Provider) -> None:
    for name in ("https://evil.example/", provider.issuer.rstrip("/")):
        provider.calls_itself = name
        assert Client().get(START).status_code == 403, name
    provider.calls_itself = ""
    assert Client().get(START).status_code == 302


def test_it_is_not_offered_until_it_is_named(db: None) -> None:
    assert Client().get(START).status_code == Client().get(DONE).status_code == 404
    assert "Sign in with Login.gov" not in Client().get("/sign-in/login/").content.decode()


def test_assurance_counts_for_what_it_is(provider: Provider, liaison: Member, strict: Settings) -> None:
    provider.info["email"] = liaison.user.email
    client = Client()
    comes_back(client)
    assert client.get("/")["Location"].startswith("/sign-in/second-factor/webauthn/add/")
    strict.OIDC_ACR_VALUES = strict.OIDC_PASSKEY_ACR = [AAL2_PASSKEY]
    client = Client()
    comes_back(client)
    assert client.get("/").status_code == 200


def test_who_has_an_app_here_is_asked_for_its_code_too(provider: Provider, maria: Member) -> None:
    Authenticator.objects.create(user=maria.user, type="totp", data={"secret": ""})
    client = Client()
    assert comes_back(client)["Location"] == "/sign-in/second-factor/authenticate/"
    assert user_in(client) == ""


def test_a_closed_account_stays_closed(provider: Provider, maria: Member) -> None:
    comes_back(Client())
    maria.user.is_active = False
    maria.user.save()
    client = Client()
    comes_back(client)
    assert user_in(client) == ""
    assert signs_in(client, maria).status_code == 200


def test_a_provider_in_the_clear_is_refused_at_the_start(settings: Settings) -> None:
    settings.OIDC_ISSUER = "http://idp.example.gov/"
    assert [fault.id for fault in other_organisations_are_met_on_tls(None)] == ["diplomacy.E007"]


def test_nobody_knocks_without_end(provider: Provider) -> None:
    answers = [Client().get(f"{DONE}?code=x&state=x").status_code for _ in range(31)]
    assert set(answers[:30]) == {403}
    assert answers[30] == 429
