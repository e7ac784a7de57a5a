"""What looks like an attack leaves a line; a thousand of it leave a few."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import Member
from activity import suspicions
from activity.models import Entry
from diplomacy.lib.rls import context
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.signin.conftest import signs_in, with_password

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counted_from_nothing() -> Iterator[None]:
    cache.clear()
    suspicions._while_the_cache_is_away.clear()
    yield
    cache.clear()


def lines() -> list[Entry]:
    return list(Entry.objects.filter(kind="activity.suspicious").order_by("pk"))


def what() -> list[tuple[str, int | None]]:
    return [(entry.data["what"], entry.actor_id) for entry in lines()]


def test_a_form_of_another_site(maria: Member, client_for: ClientFor) -> None:
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = client_for(maria).cookies
    assert forged.post("/people/profile/", {"name": "Mallory"}).status_code == 403
    assert forged.post("/api/v1/engagements/", {}, "application/json").status_code == 403
    assert Client(enforce_csrf_checks=True).post("/sign-in/login/", {"login": "x"}).status_code == 403
    assert what() == [("csrf", maria.user_id), ("csrf", maria.user_id), ("csrf", None)]
    assert lines()[0].data == {
        "what": "csrf",
        "door": "accounts:profile",
        "method": "POST",
        "came_from": "127.0.0.1",
    }
    assert "Mallory" not in str([entry.data for entry in lines()])


def test_no_key_of_the_cache_says_who_it_is_about(maria: Member, client_for: ClientFor) -> None:
    """Nor a digest that whoever has the cache makes of every address there is."""
    place, hidden = "203.0.113.77", "E-AAAAAAAA"
    stranger = Client(REMOTE_ADDR=place, headers={"Authorization": "Bearer sdd_made-up"})
    stranger.get("/api/v1/engagements/")
    Client(REMOTE_ADDR=place).post("/people/offices/ask/", {})
    signs_in(Client(REMOTE_ADDR=place), maria, "wrong")
    client_for(maria).get(f"/engagements/{hidden}/")
    kept: Any = cache
    keys = " ".join(kept._cache)
    assert len(kept._cache) > 5
    for said in (place, maria.user.email, hidden):
        assert said not in keys
        assert hashlib.sha256(said.encode()).hexdigest()[:16] not in keys


def test_a_token_that_never_was(db: None) -> None:
    Client(headers={"Authorization": "Bearer sdd_made-up"}).get("/api/v1/engagements/")
    assert what() == [("token", None)]
    assert "made-up" not in str(lines()[0].data)


def test_rates_that_are_exceeded(maria: Member, client_for: ClientFor, settings: Settings) -> None:
    settings.PAGES_A_MINUTE = 1
    browser = client_for(maria)
    assert [browser.get("/people/profile/").status_code for _ in range(2)] == [200, 429]
    assert what() == [("rate", maria.user_id)]


def test_tries_that_are_held_up(maria: Member) -> None:
    with_password(maria)
    for _ in range(7):
        signs_in(Client(), maria, "wrong")
    assert {said for said, _ in what()} == {"tries"}


def test_input_that_no_page_sends(maria: Member, client_for: ClientFor) -> None:
    browser = client_for(maria)
    assert browser.get("/people/profile/", headers={"host": "evil.example"}).status_code == 400
    assert browser.post("/people/profile/", {f"f{number}": "x" for number in range(1001)}).status_code == 400
    assert [said for said, _ in what()] == ["input", "input"]


def test_a_form_that_is_filled_in_wrongly_is_no_attack(maria: Member, client_for: ClientFor) -> None:
    browser = client_for(maria)
    assert browser.post("/people/profile/", {"name": ""}).status_code == 200
    assert browser.post("/api/v1/engagements/", {}, "application/json").status_code == 400
    assert browser.get("/nowhere/").status_code == 404
    assert what() == []


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_was_not_signed_by_us(
    maria: Member, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after injected SQL: the line stands although the request's own work is undone."""
    make.drafted(maria)
    browser = client_for(maria)
    browser.raise_request_exception = False
    real = context.signed
    monkeypatch.setattr(
        context, "signed", lambda keys: real(keys) if "system:" in str(keys) else real(keys)[:-4] + "0000"
    )
    assert browser.get("/engagements/").status_code == 500
    monkeypatch.undo()
    assert what() == [("second-wall", maria.user_id)]


def test_asking_for_many_records_that_do_not_exist_for_one(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    browser = client_for(tom)
    hidden = make.drafted(maria).reference
    for _ in range(40):
        browser.get(f"/engagements/{hidden}/")
    assert what() == [], "one old link, however often"
    assert Entry.objects.filter(kind="activity.missed").count() == 1
    for number in range(suspicions.PROBES + 5):
        browser.get(f"/api/v1/engagements/E-{number:08}/")
    assert what() == [("probing", tom.user_id)]
    (line,) = lines()
    assert (line.subject_reference, line.subject_id) == ("", 0)
    assert hidden not in str(line.data)


def test_nobody_fills_the_log_by_trying_often(db: None) -> None:
    thief = Client(headers={"Authorization": "Bearer sdd_made-up"})
    for _ in range(suspicions.OF_ONE + 30):
        thief.get("/api/v1/me/")
    assert len(lines()) == suspicions.OF_ONE
    assert lines()[-1].data["more"] == "not written down in this hour"
    assert "more" not in lines()[-2].data
    other = Client(headers={"Authorization": "Bearer sdd_made-up"}, REMOTE_ADDR="192.0.2.9")
    other.get("/api/v1/me/")
    assert len(lines()) == suspicions.OF_ONE + 1, "one attacker hides another"


def test_nor_from_many_addresses(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspicions, "IN_ALL", 5)
    for number in range(12):
        address = f"192.0.2.{number}"
        Client(headers={"Authorization": "Bearer x"}, REMOTE_ADDR=address).get("/api/v1/me/")
    assert len(lines()) == 5


def test_nor_while_the_cache_is_away(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diplomacy.lib.pace.in_this_hour", lambda key: 0)
    for _ in range(suspicions.OF_ONE + 9):
        Client(headers={"Authorization": "Bearer x"}).get("/api/v1/me/")
    assert len(lines()) == suspicions.OF_ONE
