"""Signing in, out, and the whole way of a forgotten password."""

import re

from django.core import mail
from django.test import Client

from accounts import actions
from accounts.models import Member
from tests.conftest import ClientFor

PASSWORD = "a long enough sentence"


def test_a_person_signs_in_and_out(maria: Member) -> None:
    maria.user.set_password(PASSWORD)
    maria.user.save()
    client = Client()
    answer = client.post(
        "/sign-in/login/", {"login": maria.user.email, "password": PASSWORD, "next": "/sign-in/logout/"}
    )
    assert answer.status_code == 302
    assert "Sign out?" in client.get("/sign-in/logout/").content.decode()
    client.post("/sign-in/logout/")
    assert "_auth_user_id" not in client.session


def test_a_wrong_password_says_what_is_wrong_at_the_top(maria: Member) -> None:
    html = Client().post("/sign-in/login/", {"login": maria.user.email, "password": "wrong"}).content.decode()
    assert "data-error-summary" in html
    assert "<title>Error: Sign in" in html


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(maria: Member) -> None:
    client = Client()
    client.post("/sign-in/password/reset/", {"email": maria.user.email})
    assert actions.post() == 1
    assert "Choose a new password" in mail.outbox[0].subject
    body = str(mail.outbox[0].body)
    assert "Subnational Diplomacy Desk" in body
    link = re.search(r"https?://[^/\s]+(/\S+)", body)
    assert link
    page = client.get(link[1], follow=True)
    assert "Choose a new password" in page.content.decode()
    choice = {"password1": PASSWORD, "password2": PASSWORD}
    done = client.post(page.redirect_chain[-1][0], choice, follow=True)
    assert "Your password is changed" in done.content.decode()
    maria.user.refresh_from_db()
    assert maria.user.check_password(PASSWORD)
    assert "This link no longer works" in Client().get(link[1], follow=True).content.decode()


def test_an_unknown_address_is_answered_alike(maria: Member) -> None:
    known = Client().post("/sign-in/password/reset/", {"email": maria.user.email}, follow=True)
    unknown = Client().post("/sign-in/password/reset/", {"email": "nobody@example.gov"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert actions.post() == 2
    assert [letter.to for letter in mail.outbox] == [[maria.user.email]]


def test_a_password_is_changed(maria: Member, client_for: ClientFor) -> None:
    maria.user.set_password(PASSWORD)
    maria.user.save()
    client = client_for(maria)
    assert "Change password" in client.get("/sign-in/password/change/").content.decode()
    answer = client.post(
        "/sign-in/password/change/",
        {"oldpassword": PASSWORD, "password1": PASSWORD + "!", "password2": PASSWORD + "!"},
    )
    assert answer.status_code == 302
    maria.user.refresh_from_db()
    assert maria.user.check_password(PASSWORD + "!")
