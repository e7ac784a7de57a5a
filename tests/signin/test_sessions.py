"""Where somebody is signed in, and ending it."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import actions
from accounts.models import Member, Office
from accounts.signin import sessions
from tests.conftest import ClientFor
from tests.factories.accounts import make_member
from tests.signin.conftest import signs_in, with_password

PAGE = "/sign-in/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def is_in(client: Client) -> bool:
    return client.get("/people/profile/").status_code == 200


@pytest.fixture
def desk_and_phone(maria: Member) -> tuple[Client, Client]:
    with_password(maria)
    desk, phone = Client(headers={"User-Agent": FIREFOX}), Client(headers={"User-Agent": PHONE})
    for client in (desk, phone):
        signs_in(client, maria)
        assert is_in(client)
    return desk, phone


def test_a_person_sees_their_devices_and_ends_one(desk_and_phone: tuple[Client, Client]) -> None:
    desk, phone = desk_and_phone
    page = desk.get(PAGE).content.decode()
    assert "Firefox on Windows" in page
    assert "Safari on iPhone" in page
    (there,) = re.findall(rf'action="({PAGE}\d+/end/)"', page)
    desk.post(there)
    assert is_in(desk)
    assert not is_in(phone)


def test_everywhere_else_is_one_press(desk_and_phone: tuple[Client, Client]) -> None:
    desk, phone = desk_and_phone
    phone.post(f"{PAGE}end-others/")
    assert is_in(phone)
    assert not is_in(desk)


def test_somebody_elses_session_does_not_exist(
    desk_and_phone: tuple[Client, Client], tom: Member, client_for: ClientFor
) -> None:
    desk, _ = desk_and_phone
    (there,) = re.findall(rf'action="({PAGE}\d+/end/)"', desk.get(PAGE).content.decode())
    thief = client_for(tom)
    answer, nowhere = thief.post(there), thief.post(f"{PAGE}999999/end/")
    assert answer.status_code == nowhere.status_code == 404
    assert answer.content == nowhere.content
    thief.post(f"{PAGE}end-others/")
    assert all(is_in(client) for client in desk_and_phone)
    assert "Firefox" not in thief.get(PAGE).content.decode()


def test_all_sessions_of_a_person_can_be_ended_for_them(
    maria: Member, desk_and_phone: tuple[Client, Client]
) -> None:
    sessions.end_all(maria.user)
    assert not any(is_in(client) for client in desk_and_phone)


def test_too_many_tries_are_answered_in_words(maria: Member) -> None:
    with_password(maria)
    client = Client()
    answers = [signs_in(client, maria, "wrong") for _ in range(31)]
    assert "Too many failed" in answers[6].content.decode()
    assert answers[30].status_code == 429
    assert "we wait a while" in answers[30].content.decode()
    assert signs_in(Client(REMOTE_ADDR="192.0.2.7"), maria).status_code == 200, (
        "the account itself is closed too"
    )


def test_a_made_up_forwarding_header_does_not_start_the_count_anew(maria: Member, settings: Settings) -> None:
    client = Client()
    for number in range(30):
        signs_in(client, maria, "wrong")
        client = Client(headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert signs_in(client, maria, "wrong").status_code == 429
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    behind = Client(headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.200"})
    assert signs_in(behind, maria, "wrong").status_code == 200


def test_sessions_end_with_the_last_membership(
    maria: Member, lee: Member, texas: Office, desk_and_phone: tuple[Client, Client]
) -> None:
    other = make_member(texas, "reader", user=maria.user)
    actions.end_member(maria, by=None)
    assert all(is_in(client) for client in desk_and_phone)
    actions.end_member(other, by=None)
    assert not any("_auth_user_id" in client.session for client in desk_and_phone)
