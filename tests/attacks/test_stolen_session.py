"""What the cookie of somebody's session is good for in other hands."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from diplomacy.embedded import BASE_DIR
from tests.access.addresses import PAGES, Record, Role
from tests.signin.conftest import signs_in, with_password

pytestmark = pytest.mark.django_db


def with_cookie(value: str) -> Client:
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = value
    return thief


def is_in(client: Client) -> bool:
    return client.get("/people/profile/").status_code == 200


@pytest.fixture
def browser(maria: Member) -> Client:
    with_password(maria)
    browser = Client()
    signs_in(browser, maria)
    return browser


def cookie(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_copied_cookie_dies_with_signing_out(browser: Client) -> None:
    thief = with_cookie(cookie(browser))
    assert is_in(thief)
    browser.post("/sign-in/logout/")
    assert not is_in(thief)


def test_a_cookie_planted_before_signing_in_is_not_the_one_after(maria: Member) -> None:
    with_password(maria)
    browser = Client()
    session = browser.session
    session["planted"] = True
    session.save()
    planted = str(session.session_key)
    browser.cookies[settings.SESSION_COOKIE_NAME] = planted
    signs_in(browser, maria)
    assert is_in(browser)
    assert cookie(browser) != planted
    assert not is_in(with_cookie(planted))


def test_the_key_that_stands_in_the_database_opens_no_session(browser: Client, maria: Member) -> None:
    """A query that only reads, or a stolen backup, has all keys."""
    kept = Session.objects.get().session_key
    assert is_in(with_cookie(cookie(browser)))
    signature = cookie(browser).removeprefix(kept)
    for tried in (
        kept,
        f"{kept}:",
        f"{kept}:{'A' * 43}",
        f"{'a' * len(kept)}{signature}",
        f"{kept}{signature} ",
    ):
        assert not is_in(with_cookie(tried)), tried


def test_what_somebodys_session_says_is_not_true_of_another_row(
    browser: Client, maria: Member, lee: Member
) -> None:
    """A statement that writes could copy it: the signature in it is for the key that it was written under."""
    kept = Session.objects.get()
    with_password(lee)
    thief = Client()
    signs_in(thief, lee)
    mine = Session.objects.exclude(pk=kept.pk).get()
    assert thief.get("/people/profile/").context["user"] == lee.user
    Session.objects.filter(pk=mine.pk).update(session_data=kept.session_data)
    assert not is_in(thief)
    assert is_in(browser)


def test_a_session_that_is_given_another_key_is_over(browser: Client, lee: Member) -> None:
    kept = Session.objects.get()
    with_password(lee)
    thief = Client()
    signs_in(thief, lee)
    mine = Session.objects.exclude(pk=kept.pk).get().pk
    Session.objects.filter(pk=mine).delete()
    Session.objects.filter(pk=kept.pk).update(session_key=mine)
    assert not is_in(thief)


def test_scripts_and_other_sites_do_not_get_the_cookie(browser: Client) -> None:
    held = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert held["httponly"]
    assert held["samesite"] == "Lax"


def test_signing_out_leaves_nothing_of_the_pages_in_the_browser(browser: Client) -> None:
    answer = browser.post("/sign-in/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in browser.get("/sign-in/login/").headers


def test_words_for_the_next_page_are_not_kept_in_a_cookie(browser: Client) -> None:
    """They name records and people; a cookie is signed, and read by whoever holds the disk."""
    answer = browser.post("/people/profile/", {"name": "Maria Lopez", "time_zone": "America/New_York"})
    assert answer.status_code == 302
    assert set(browser.cookies) <= {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}


def test_a_neighbouring_address_cannot_plant_a_cookie() -> None:
    """The prefix makes browsers refuse it from any other host, or without TLS."""
    code = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    )
    given = os.environ | {"PUBLIC_URL": "https://desk.example.org"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=given, cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "True", "True"]


def test_the_cookie_is_written_on_no_page_and_each_has_the_way_out(maria: Member, browser: Client) -> None:
    secrets = [cookie(browser), browser.cookies[settings.CSRF_COOKIE_NAME].value]
    opened = 0
    for name, page in PAGES.items():
        if isinstance(page, (Record, Role)) or name == "accounts:act_for":
            continue
        answer = browser.get(reverse(name))
        text = answer.content.decode()
        assert not [secret for secret in secrets if secret in text], name
        if answer.status_code == 200 and "<html" in text:
            opened += 1
            assert 'action="/sign-in/logout/"' in text or 'href="/sign-in/logout/"' in text, name
    assert opened > 10
