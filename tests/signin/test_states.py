"""Signing in with the account of one's state, over SAML."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django import Settings

from accounts import actions
from accounts.models import ExternalIdentity, Member, ProviderAnswer, User
from activity.models import Entry
from diplomacy.checks import states_can_sign_in
from tests.signin.state_provider import (
    ENTITY,
    MFA,
    NAMES,
    PERSISTENT,
    PHISHING_RESISTANT,
    SIGN_IN_AT,
    StateProvider,
    keys,
)
from tests.signin.states import DONE, HERE, START, at_state, comes_back, sends, user_in


def test_somebody_the_office_invited_signs_in_with_their_states_account(
    state: StateProvider, maria: Member
) -> None:
    client = Client()
    assert "Sign in with California" in client.get("/sign-in/login/").content.decode()
    assert client.get("/sign-in/state/")["Location"] == START
    there = client.get(START)["Location"]
    assert there.startswith(f"{SIGN_IN_AT}?SAMLRequest=")
    answer = sends(state.answer(there))
    assert (answer.status_code, answer["Location"]) == (302, DONE)
    assert client.get(DONE)["Location"] == "/"
    assert user_in(client) == str(maria.user_id)
    identity = ExternalIdentity.objects.get()
    assert (identity.user, identity.issuer, identity.subject) == (maria.user, ENTITY, "b7c1d0")
    assert Entry.objects.filter(kind="accounts.identity_linked").count() == 1


def test_the_provider_is_asked_for_a_proof_of_now_a_lasting_name_and_the_assurance(
    state: StateProvider,
) -> None:
    comes_back(Client(), state)
    assert state.asked.get("ForceAuthn") == "true"
    assert state.asked.get("AssertionConsumerServiceURL") == f"http://testserver{HERE}"
    assert state.asked.find("samlp:NameIDPolicy", NAMES).get("Format") == PERSISTENT
    asked = state.asked.findall("samlp:RequestedAuthnContext/saml:AuthnContextClassRef", NAMES)
    assert [context.text for context in asked] == [MFA]


def test_nothing_that_was_said_is_kept_once_it_is_fetched(state: StateProvider) -> None:
    client = Client()
    sends(at_state(client, state))
    assert ProviderAnswer.objects.get().said
    client.get(DONE)
    row = ProviderAnswer.objects.get()
    assert row.said is None
    assert "b7c1d0" not in str(vars(row))


def test_once_linked_the_person_is_known_by_their_name_there_not_by_their_address(
    state: StateProvider, maria: Member, lee: Member
) -> None:
    comes_back(Client(), state)
    state.says["email"] = lee.user.email
    client = Client()
    comes_back(client, state)
    assert user_in(client) == str(maria.user_id)
    state.says["subject"] = "another"
    other = Client()
    state.says["email"] = maria.user.email
    assert comes_back(other, state).status_code == 403
    assert user_in(other) == ""


def test_nobody_signs_up(state: StateProvider) -> None:
    state.says["email"] = "stranger@example.gov"
    before = User.objects.count()
    answer = comes_back(Client(), state)
    assert answer.status_code == 403
    assert "ask the lead of" in answer.content.decode()
    assert (User.objects.count(), ExternalIdentity.objects.count()) == (before, 0)


def test_a_state_speaks_for_addresses_of_its_own_domains_only(
    state: StateProvider, settings: Settings, tmp_path: Path, maria: Member
) -> None:
    for domains in (["ca.gov"], ["ple.gov"], ["x.example.gov"]):
        settings.SAML_PROVIDERS_FILE = str(state.write_file(tmp_path, domains=domains))
        client = Client()
        assert comes_back(client, state).status_code == 403, domains
        assert user_in(client) == ""
    User.objects.filter(pk=maria.user_id).update(email="maria@dot.example.gov")
    settings.SAML_PROVIDERS_FILE = str(state.write_file(tmp_path, domains=["example.gov"]))
    state.says["email"] = "Maria@DOT.example.gov"
    client = Client()
    comes_back(client, state)
    assert user_in(client) == str(maria.user_id)


def test_two_addresses_are_none(state: StateProvider, lee: Member) -> None:
    def add_another(tree: Any) -> Any:
        values = tree.find(".//saml:Attribute", NAMES)
        etree.SubElement(values, f"{{{NAMES['saml']}}}AttributeValue").text = lee.user.email
        return tree

    state.before = add_another
    assert comes_back(Client(), state).status_code == 403
    assert not ExternalIdentity.objects.exists()


def test_assurance_counts_for_what_the_operator_says_it_is(
    state: StateProvider, liaison: Member, strict: Settings, tmp_path: Path
) -> None:
    state.says["email"] = liaison.user.email
    client = Client()
    comes_back(client, state)
    assert client.get("/")["Location"].startswith("/sign-in/second-factor/webauthn/add/")
    strict.SAML_PROVIDERS_FILE = str(state.write_file(tmp_path, passkey=[PHISHING_RESISTANT]))
    for context, status in ((MFA, 302), (PHISHING_RESISTANT, 200)):
        state.says["context"] = context
        client = Client()
        comes_back(client, state)
        assert client.get("/").status_code == status, context


def test_assurance_that_is_not_named_is_a_password(
    state: StateProvider, strict: Settings, maria: Member, tmp_path: Path
) -> None:
    strict.SAML_PROVIDERS_FILE = str(state.write_file(tmp_path, second_factor=[]))
    client = Client()
    comes_back(client, state)
    assert user_in(client) == str(maria.user_id)
    assert client.get("/")["Location"].startswith("/sign-in/second-factor/")


def test_assurance_that_was_not_asked_for_signs_nobody_in(state: StateProvider) -> None:
    for context in ("urn:oasis:names:tc:SAML:2.0:ac:classes:Password", "", f"{MFA}#"):
        state.says["context"] = context
        assert comes_back(Client(), state).status_code == 403, context


def test_who_has_an_app_here_is_asked_for_its_code_too(state: StateProvider, maria: Member) -> None:
    Authenticator.objects.create(user=maria.user, type="totp", data={"secret": ""})
    client = Client()
    assert comes_back(client, state)["Location"] == "/sign-in/second-factor/authenticate/"
    assert user_in(client) == ""


def test_a_closed_account_stays_closed(state: StateProvider, maria: Member) -> None:
    comes_back(Client(), state)
    User.objects.filter(pk=maria.user_id).update(is_active=False)
    client = Client()
    comes_back(client, state)
    assert user_in(client) == ""


def test_a_provider_changes_its_key_with_both_in_the_file(
    state: StateProvider, settings: Settings, tmp_path: Path
) -> None:
    old = state.certificate
    state.key, state.certificate = keys()
    path = state.write_file(tmp_path, certificates=["old.pem", "state.pem"])
    (tmp_path / "old.pem").write_bytes(old)
    settings.SAML_PROVIDERS_FILE = str(path)
    client = Client()
    comes_back(client, state)
    assert user_in(client)


def test_several_states_are_a_list_to_choose_from(
    state: StateProvider, settings: Settings, tmp_path: Path
) -> None:
    path = state.write_file(tmp_path)
    other = path.read_text().replace("[california]", "[texas]").replace("California", "Texas")
    path.write_text(path.read_text() + other.replace(ENTITY, "https://idp.texas.example/"))
    settings.SAML_PROVIDERS_FILE = str(path)
    client = Client()
    assert "Sign in with your state’s account" in client.get("/sign-in/login/").content.decode()
    page = client.get("/sign-in/state/").content.decode()
    assert page.index("California") < page.index("Texas")
    assert client.get("/sign-in/state/texas/").status_code == 302


def test_its_operator_is_given_our_metadata(state: StateProvider) -> None:
    answer = Client().get(f"{START}metadata/")
    assert answer["Content-Type"] == "application/samlmetadata+xml"
    said = etree.fromstring(answer.content)
    assert said.get("entityID") == f"http://testserver{START}metadata/"
    (role,) = said.iter("{*}SPSSODescriptor")
    assert role.get("WantAssertionsSigned") == "true"
    assert [node.get("Location") for node in said.iter("{*}AssertionConsumerService")] == [
        f"http://testserver{HERE}"
    ]


def test_it_is_not_offered_until_it_is_named(db: None) -> None:
    client = Client()
    for page in (START, DONE, f"{START}metadata/", "/sign-in/state/"):
        assert client.get(page).status_code == 404, page
    assert sends("x").status_code == 404
    assert (
        "state"
        not in client.get("/sign-in/login/").content.decode().partition("<main")[2].partition("</main")[0]
    )


def test_after_signing_out_here_people_read_that_they_may_be_in_there(state: StateProvider) -> None:
    client = Client()
    comes_back(client, state)
    out = client.post("/sign-in/logout/")
    assert out["Location"] == "/sign-in/signed-out/?from=california"
    page = client.get(out["Location"]).content.decode()
    assert "You may still be signed in with California" in page
    assert "elsewhere/leave" not in page


def test_nobody_knocks_without_end(state: StateProvider) -> None:
    answers = [sends("x").status_code for _ in range(31)]
    assert set(answers[:30]) == {403}
    assert answers[30] == 429


def test_old_answers_are_forgotten(state: StateProvider, time_machine: Any) -> None:
    comes_back(Client(), state)
    assert actions.forget_answers() == 0
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    assert actions.forget_answers() == 1


@pytest.mark.parametrize(
    "lie",
    [
        {"sign_in_at": "http://idp.state.example/sso"},
        {"certificates": []},
        {"certificates": ["nowhere.pem"]},
        {"domains": []},
        {"domains": ["@example.gov"]},
        {"domains": "example.gov"},
        {"domains": ["GOV"]},
        {"entity_id": ""},
        {"entity_id": "https://secure.login.gov/"},
        {"mail": "x"},
        {"second_factor": MFA},
    ],
    ids=str,
)
def test_a_file_that_says_too_little_is_refused_at_the_start(
    lie: dict[str, Any], state: StateProvider, settings: Settings, tmp_path: Path
) -> None:
    settings.OIDC_ISSUER = "https://secure.login.gov/"
    settings.SAML_PROVIDERS_FILE = str(state.write_file(tmp_path, **lie))
    assert [fault.id for fault in states_can_sign_in(None)] == ["diplomacy.E011"]


def test_a_file_that_is_not_there_or_no_table_is_refused_at_the_start(
    settings: Settings, tmp_path: Path
) -> None:
    for text in ("", "[", "name = 1"):
        path = tmp_path / f"{len(text)}.toml"
        path.write_text(text)
        settings.SAML_PROVIDERS_FILE = str(path)
        assert [fault.id for fault in states_can_sign_in(None)] == ["diplomacy.E011"], text
    settings.SAML_PROVIDERS_FILE = str(tmp_path / "nowhere.toml")
    assert [fault.id for fault in states_can_sign_in(None)] == ["diplomacy.E011"]


def test_without_its_package_the_product_says_what_to_install(
    state: StateProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert states_can_sign_in(None) == []
    monkeypatch.setitem(__import__("sys").modules, "onelogin", None)
    (fault,) = states_can_sign_in(None)
    assert fault.id == "diplomacy.E010"
    assert "requirements-saml.txt" in str(fault.hint)
