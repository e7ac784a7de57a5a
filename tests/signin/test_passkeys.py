"""Passkeys on the server's side; tests/browser has them in Chromium."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import Member
from tests.conftest import ClientFor
from tests.signin.authenticator import Device
from tests.signin.conftest import proved, signs_in, with_password

PAGES = "/sign-in/second-factor/"
ADD, SIGN_IN = f"{PAGES}webauthn/add/", f"{PAGES}webauthn/login/"
AGAIN, STEP = f"{PAGES}webauthn/reauthenticate/", f"{PAGES}authenticate/"
pytestmark = pytest.mark.usefixtures("strict")


def options_of(page: Any, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(page.context["js_data"][kind], default=str))
    return found


def enrol(person: Member, client_for: ClientFor, device: Device) -> Client:
    client = proved(client_for(person), person.user, "password")
    page = client.get(ADD, secure=True)
    credential = device.make(options_of(page, "creation_options"))
    client.post(ADD, {"name": "Work laptop", "credential": credential}, secure=True)
    return client


def sign_in_with(device: Device) -> Client:
    client = Client()
    asked = client.get(SIGN_IN, headers={"Accept": "application/json"}, secure=True).json()
    client.post(SIGN_IN, {"credential": device.show(asked["request_options"])}, secure=True)
    return client


def user_in(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


def test_a_passkey_is_made_and_opens_the_house_at_once(liaison: Member, client_for: ClientFor) -> None:
    client = enrol(liaison, client_for, Device())
    assert Authenticator.objects.get(user=liaison.user, type="webauthn").wrap().name == "Work laptop"
    assert client.get("/").status_code == 200
    assert [letter.subject for letter in mail.outbox] == ["A passkey was added"]


def test_a_passkey_signs_in_without_a_password(liaison: Member, client_for: ClientFor) -> None:
    device = Device()
    enrol(liaison, client_for, device)
    client = sign_in_with(device)
    assert user_in(client) == str(liaison.user_id)
    assert client.get("/").status_code == 200


def test_after_a_password_the_passkey_is_the_second_step(liaison: Member, client_for: ClientFor) -> None:
    device = Device()
    enrol(liaison, client_for, device)
    with_password(liaison)
    client = Client()
    assert signs_in(client, liaison)["Location"] == STEP
    asked = options_of(client.get(STEP, secure=True), "request_options")
    client.post(STEP, {"credential": device.show(asked)}, secure=True)
    assert user_in(client) == str(liaison.user_id)


@pytest.mark.parametrize(
    "device",
    [Device("https://desk.example.com"), Device(asks=False)],
    ids=["made on a false page", "opened without its holder"],
)
def test_a_passkey_is_not_made_where_it_could_be_stolen(
    device: Device, liaison: Member, client_for: ClientFor
) -> None:
    enrol(liaison, client_for, device)
    assert not Authenticator.objects.filter(user=liaison.user).exists()


def test_a_passkey_is_not_taken_from_a_false_page_or_without_its_holder(
    liaison: Member, client_for: ClientFor
) -> None:
    device = Device()
    enrol(liaison, client_for, device)
    device.asks = False
    assert user_in(sign_in_with(device)) == ""
    device.asks, device.origin = True, "https://testserver.example.com"
    assert user_in(sign_in_with(device)) == ""
    device.origin = "https://testserver"
    assert user_in(sign_in_with(device)) == str(liaison.user_id)


@pytest.mark.parametrize("door", [STEP, AGAIN], ids=["after a password", "asked again"])
def test_a_stolen_device_that_opens_for_anybody_is_no_second_step_either(
    door: str, liaison: Member, client_for: ClientFor
) -> None:
    device = Device()
    enrol(liaison, client_for, device)
    with_password(liaison)
    client = Client()
    if door == STEP:
        signs_in(client, liaison)
    else:
        client = proved(client_for(liaison), liaison.user, "password")
    for device.asks in (False, True):
        asked = options_of(client.get(door, secure=True), "request_options")
        client.post(door, {"credential": device.show(asked)}, secure=True)
        assert (client.get("/", secure=True).status_code == 200) == device.asks


def test_what_a_passkey_said_does_not_work_again(liaison: Member, client_for: ClientFor) -> None:
    device = Device()
    enrol(liaison, client_for, device)
    first, thief = Client(), Client()
    asked = first.get(SIGN_IN, headers={"Accept": "application/json"}, secure=True).json()
    said = device.show(asked["request_options"])
    first.post(SIGN_IN, {"credential": said}, secure=True)
    thief.get(SIGN_IN, headers={"Accept": "application/json"}, secure=True)
    thief.post(SIGN_IN, {"credential": said}, secure=True)
    assert (user_in(first), user_in(thief)) == (str(liaison.user_id), "")


def test_a_passkey_signs_in_its_owner_and_nobody_it_names(
    liaison: Member, gov: Member, client_for: ClientFor
) -> None:
    theirs, mine = Device(), Device()
    enrol(gov, client_for, theirs)
    enrol(liaison, client_for, mine)
    mine.owner = theirs.owner
    assert user_in(sign_in_with(mine)) == ""


def test_who_left_the_house_is_not_let_in_by_an_old_passkey(liaison: Member, client_for: ClientFor) -> None:
    device = Device()
    enrol(liaison, client_for, device)
    liaison.user.is_active = False
    liaison.user.save()
    assert user_in(sign_in_with(device)) == ""


def test_a_proof_is_renewed_and_leads_back(liaison: Member, client_for: ClientFor) -> None:
    device = Device()
    enrol(liaison, client_for, device)
    client = proved(client_for(liaison), liaison.user, "password")
    page = client.get("/people/profile/", secure=True, follow=True)
    assert page.redirect_chain[-1][0] == f"{AGAIN}?next=%2Fpeople%2Fprofile%2F"
    said = {"credential": device.show(options_of(page, "request_options")), "next": "/people/profile/"}
    assert client.post(AGAIN, said, secure=True)["Location"] == "/people/profile/"
    assert client.get("/people/profile/", secure=True).status_code == 200


def test_a_passkey_belongs_to_the_address_people_are_told(
    liaison: Member, client_for: ClientFor, settings: Settings
) -> None:
    settings.ON_TLS, settings.PUBLIC_URL = True, "https://desk.example.gov"
    client = proved(client_for(liaison), liaison.user, "password")
    options = options_of(client.get(ADD, secure=True), "creation_options")["publicKey"]
    assert options["rp"] == {"id": "desk.example.gov", "name": "Subnational Diplomacy Desk"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
