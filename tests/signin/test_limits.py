"""A session that was left ends, and so does one that has lasted long enough."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import Member, User
from tests.conftest import ClientFor
from tests.signin.conftest import PASSWORD, signs_in, with_password

NOW = datetime(2027, 3, 2, 15, 0, tzinfo=UTC)
FEDERAL = ["liaison", "desk_lead", "briefer", "auditor"]


def is_in(client: Client) -> bool:
    return client.get("/notices/").status_code == 200


def stay(person: Member, client_for: ClientFor, *, minutes: int, every: int) -> bool:
    """Whether somebody who asks for a page every so many minutes is still signed in after so many."""
    with time_machine.travel(NOW, tick=False) as clock:
        client = client_for(person)
        for _ in range(0, minutes, every):
            clock.shift(timedelta(minutes=every))
            if not is_in(client):
                return False
        return True


@pytest.mark.parametrize("who", FEDERAL)
def test_federal_sessions_end_after_fifteen_minutes_without_a_request(
    who: str, request: pytest.FixtureRequest, client_for: ClientFor
) -> None:
    person = request.getfixturevalue(who)
    assert stay(person, client_for, minutes=56, every=14)
    assert not stay(person, client_for, minutes=15, every=15)


@pytest.mark.parametrize("who", ["maria", "lee", "gov"])
def test_other_sessions_end_after_an_hour(
    who: str, request: pytest.FixtureRequest, client_for: ClientFor
) -> None:
    person = request.getfixturevalue(who)
    assert stay(person, client_for, minutes=236, every=59)
    assert not stay(person, client_for, minutes=60, every=60)


def test_nobody_stays_longer_by_asking_often(liaison: Member, maria: Member, client_for: ClientFor) -> None:
    assert stay(liaison, client_for, minutes=12 * 60 - 10, every=10)
    assert not stay(liaison, client_for, minutes=12 * 60, every=10)
    assert stay(maria, client_for, minutes=24 * 60 - 50, every=50)
    assert not stay(maria, client_for, minutes=24 * 60 + 50, every=50)


def test_the_end_is_explained_and_leads_back(maria: Member, client_for: ClientFor) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client = client_for(maria)
        assert is_in(client)
        clock.shift(timedelta(hours=2))
        answer = client.get("/people/profile/", follow=True)
    assert answer.redirect_chain == [("/sign-in/login/?next=/people/profile/", 302)]
    assert "A session ends after 60 minutes without activity" in answer.content.decode()


def test_the_program_behind_a_page_is_told_by_a_401(maria: Member, client_for: ClientFor) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client = client_for(maria)
        clock.shift(timedelta(hours=2))
        assert client.get("/api/v1/me/").status_code == 401


def test_the_clock_starts_when_somebody_signs_in(maria: Member) -> None:
    with_password(maria)
    client = Client()
    with time_machine.travel(NOW, tick=False) as clock:
        client.get("/sign-in/login/")
        clock.shift(timedelta(hours=3))
        signs_in(client, maria)
        assert is_in(client)


def test_an_operator_is_held_to_the_short_limits(operator: User, client_for: ClientFor) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client = client_for(operator)
        clock.shift(timedelta(minutes=14))
        assert client.get("/operator/").status_code == 200
        clock.shift(timedelta(minutes=15))
        assert client.get("/operator/").status_code == 302


def test_a_changed_password_ends_the_other_sessions(maria: Member) -> None:
    with_password(maria)
    here, there = Client(), Client()
    for client in (here, there):
        signs_in(client, maria)
        assert is_in(client)
    new = {"oldpassword": PASSWORD, "password1": PASSWORD + "!", "password2": PASSWORD + "!"}
    here.post("/sign-in/password/change/", new)
    assert is_in(here)
    assert not is_in(there)
