"""The cast: who appears in tests, under plain names. Each fixture is that person's membership (`.user`, `.office`)."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Member, Office, User
from accounts.requests import ACTING_FOR
from accounts.signin import limits
from tests.factories.accounts import (
    make_desk,
    make_division,
    make_former_member,
    make_member,
    make_office,
    make_user,
)

pytest_plugins = ["tests.plugin_database", "tests.plugin_statements", "tests.plugin_cookies"]

ClientFor = Callable[[Member | User], Client]


@pytest.fixture
def client_for() -> ClientFor:
    """A browser in which this person is signed in and acts under this membership."""

    def sign_in(person: Member | User) -> Client:
        client = Client()
        client.force_login(person.user if isinstance(person, Member) else person)
        session = client.session
        limits.start(session)
        if isinstance(person, Member):
            session[ACTING_FOR] = person.pk
        session.save()
        return client

    return sign_in


@pytest.fixture
def california(db: None) -> Office:
    division = make_division("ocd-division/country:us/state:ca")
    return make_office("California International Office", short_name="California", division=division)


@pytest.fixture
def texas(db: None) -> Office:
    division = make_division("ocd-division/country:us/state:tx")
    return make_office("Texas Office of Foreign Affairs", short_name="Texas", division=division)


@pytest.fixture
def los_angeles(db: None) -> Office:
    division = make_division("ocd-division/country:us/state:ca/place:los_angeles")
    return make_office(
        "Los Angeles Mayor's Office of International Affairs",
        short_name="Los Angeles",
        level="city",
        division=division,
    )


@pytest.fixture
def desk_mexico(db: None) -> Office:
    return make_desk("Mexico Desk", short_name="Mexico Desk")


@pytest.fixture
def desk_japan(db: None) -> Office:
    return make_desk("Japan Desk", short_name="Japan Desk")


@pytest.fixture
def oversight(db: None) -> Office:
    return make_office("Office of Oversight", short_name="Oversight", level="federal")


@pytest.fixture
def maria(california: Office) -> Member:
    """Staff in California."""
    return make_member(california, "staff", name="Maria Lopez")


@pytest.fixture
def lee(california: Office) -> Member:
    """Lead of the California office."""
    return make_member(california, "lead", name="Lee Nguyen")


@pytest.fixture
def gov(california: Office) -> Member:
    """California's principal: the official who reads briefings."""
    return make_member(california, "principal", name="Gale Overton")


@pytest.fixture
def tom(texas: Office) -> Member:
    """Staff in Texas: another office."""
    return make_member(texas, "staff", name="Tom Baker")


@pytest.fixture
def ana(los_angeles: Office) -> Member:
    """Staff in Los Angeles: an office below California's division."""
    return make_member(los_angeles, "staff", name="Ana Ruiz")


@pytest.fixture
def liaison(desk_mexico: Office) -> Member:
    return make_member(desk_mexico, "liaison", name="Dana Liaison")


@pytest.fixture
def desk_lead(desk_mexico: Office) -> Member:
    return make_member(desk_mexico, "desk_lead", name="Drew Desklead")


@pytest.fixture
def other_liaison(desk_japan: Office) -> Member:
    return make_member(desk_japan, "liaison", name="Jun Liaison")


@pytest.fixture
def briefer(desk_mexico: Office) -> Member:
    return make_member(desk_mexico, "briefer", name="Bo Briefer")


@pytest.fixture
def second_briefer(desk_mexico: Office) -> Member:
    return make_member(desk_mexico, "briefer", name="Sam Briefer")


@pytest.fixture
def auditor(oversight: Office) -> Member:
    return make_member(oversight, "auditor", name="Audrey Auditor")


@pytest.fixture
def operator(db: None) -> User:
    """Runs the system, serves in no office, sees no content."""
    return make_user("Olga Operator", is_staff=True, is_superuser=True)


@pytest.fixture
def outsider(california: Office) -> Member:
    """Signed in, but the membership in California ended yesterday."""
    return make_former_member(california, name="Otto Outsider")
