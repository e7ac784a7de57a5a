"""What is hidden must not cost more or less than what is absent, or the clock tells that it exists."""

import re
from typing import ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Letter, Member
from tests.access import records
from tests.access.test_pages import RECORDS, address, here
from tests.conftest import ClientFor
from tests.signin.conftest import with_password

pytestmark = pytest.mark.django_db
VALUES = re.compile(r"'[^']*'|\b\d+\b|\b[A-Z]{1,2}-[0-9A-Z]{8}\b|\"s\d+_x\d+\"")


def statements(browser: Client, path: str) -> list[str]:
    """What the database was asked, without what it was asked about, of the first who asks in this hour."""
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(path).status_code in {404, 405}, path
        assert browser.post(path).status_code in {404, 405}, path
    return [VALUES.sub("?", query["sql"]) for query in asked.captured_queries]


def test_a_hidden_record_is_looked_for_with_the_statements_of_an_absent_one(
    client_for: ClientFor,
    maria: Member,
    tom: Member,
    liaison: Member,
    gov: Member,
    briefer: Member,
    second_briefer: Member,
) -> None:
    world = records.build(maria, liaison, gov, briefer, second_briefer)
    browser = client_for(tom)
    hidden = [name for name, page in RECORDS.items() if "tom" not in page.seen_by]
    assert len(hidden) > 20
    statements(browser, here(hidden[0], world))  # what is only done once is done
    for name in hidden:
        there, nowhere = here(name, world), address(name, records.absent(world.named[RECORDS[name].record]))
        assert statements(browser, there) == statements(browser, nowhere), name


class Counting(MD5PasswordHasher):
    """Django's own, which says how often it was put to work."""

    worked: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.worked.append(password)
        return super().encode(password, salt)


def work(settings: Settings, email: str) -> int:
    cache.clear()
    Counting.worked.clear()
    Client().post("/sign-in/login/", {"login": email, "password": "some guess"})
    return len(Counting.worked)


def test_an_address_without_an_account_costs_as_many_hashes_as_one_with(
    maria: Member, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    with_password(maria)
    assert work(settings, maria.user.email) == work(settings, "nobody@example.org") == 1


def asking(email: str) -> list[str]:
    """The statements of asking for a new password; the mail server is not spoken to meanwhile."""
    cache.clear()
    mail.outbox.clear()
    with CaptureQueriesContext(connection) as seen:
        Client().post("/sign-in/password/reset/", {"email": email})
    assert not mail.outbox
    return [VALUES.sub("?", query["sql"]) for query in seen.captured_queries]


def test_a_new_password_is_asked_for_with_the_same_statements_whoever_has_the_address(maria: Member) -> None:
    with_password(maria)
    asking("somebody@example.org")  # what is only done once is done
    known, unknown = asking(maria.user.email), asking("nobody@example.org")
    assert known == unknown
    assert not [sql for sql in known if "accounts_user" in sql]
    assert Letter.objects.count() == 3
