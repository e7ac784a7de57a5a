"""Passkeys in Chromium, with a security key that the browser pretends is plugged in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import Member
from tests.browser.axe import violations
from tests.browser.people import DESKTOP, PASSWORD, PHONE, AtBrowser, Person
from tests.browser.test_pages import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
Key = Callable[[bool], None]


@pytest.fixture(autouse=True)
def as_in_production(settings: Settings) -> None:
    cache.clear()
    settings.REQUIRE_SECOND_FACTOR = True


def plug_in(page: Page) -> Key:
    """A key that keeps passkeys; what it answers tells it whether its holder shows a finger from now on."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    key = devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def shows_finger(is_shown: bool) -> None:
        devices.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": is_shown})

    return shows_finger


def words(page: Page) -> Any:
    return page.locator("[data-passkey-words]")


def makes_a_passkey(person: Person) -> Person:
    person.sees_heading("Add a passkey").press("Make the passkey")
    return person.sees_heading("Recovery codes")


def signs_out(person: Person) -> Person:
    person.page.locator(".menu__button").click()
    return person.press("Sign out")


def test_a_liaison_makes_a_passkey_and_signs_in_with_it(liaison: Member, at_browser: AtBrowser) -> None:
    person = at_browser(liaison)
    shows_finger = plug_in(person.page)
    person.page.goto("/engagements/")
    assert faults(person.page) == []
    shows_finger(False)
    person.sees_heading("Add a passkey").press("Make the passkey")
    expect(words(person.page)).to_contain_text("No passkey was used")
    assert faults(person.page) == []
    shows_finger(True)
    makes_a_passkey(person)
    assert faults(person.page) == []
    person.follow("I have kept them")
    expect(person.page.get_by_role("navigation", name="Main")).to_be_visible()
    signs_out(person)

    person.page.goto("/sign-in/login/")
    shows_finger(False)
    person.press("Sign in with a passkey")
    expect(words(person.page)).to_contain_text("No passkey was used")
    assert faults(person.page) == []
    shows_finger(True)
    person.press("Sign in with a passkey")
    expect(person.page.locator(".menu__button")).to_contain_text(liaison.user.name)
    person.go_to("Advice queue").sees_heading("queue")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_after_the_password_the_passkey_is_asked_for(width: int, gov: Member, at_browser: AtBrowser) -> None:
    person = at_browser(gov, width=width)
    shows_finger = plug_in(person.page)
    person.page.goto("/")
    makes_a_passkey(person).follow("I have kept them")
    signs_out(person)
    person.page.goto("/sign-in/login/")
    person.write("Email", gov.user.email)
    person.page.get_by_label("Password", exact=True).fill(PASSWORD)
    person.press("Sign in").sees_heading("One more step")
    person.unfold("I have a code instead")
    assert violations(person.page) == []
    shows_finger(True)
    person.press("Use your passkey")
    expect(person.page.get_by_role("navigation", name="Main")).to_be_visible()


def test_an_app_is_set_up_from_its_picture(maria: Member, at_browser: AtBrowser) -> None:
    person = at_browser(maria)
    person.sees_heading("Signing in").follow("Set up an app").sees_heading("Set up")
    assert faults(person.page) == []
    picture = person.page.locator("img.qr")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    person.write("Code", "000000").press("Set it up").sees("That did not work")
    assert faults(person.page) == []


def test_a_token_is_shown_once_on_a_clean_page(
    maria: Member, at_browser: AtBrowser, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    person = at_browser(maria)
    person.page.goto("/sign-in/tokens/new/")
    person.write("What is it for", "Calendar").tick("Read only").press("Make the token")
    person.sees_heading("Your new token").sees("sdd_")
    assert faults(person.page) == []


def test_without_script_the_pages_say_what_is_missing(liaison: Member, at_browser: AtBrowser) -> None:
    person = at_browser(liaison, script=False)
    person.page.goto("/")
    person.sees_heading("Add a passkey").sees("This browser cannot use passkeys here")
