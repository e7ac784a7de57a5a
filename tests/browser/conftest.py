import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from tests.browser.chromium import executable
from tests.browser.people import DESKTOP, PASSWORD, AtBrowser, Person, open_context

# Playwright keeps an event loop in the thread of the tests, where Django would not let them look at the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Two busy cores are slower than a person's patience.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def at_browser(chromium: Browser, live_server: LiveServer) -> Iterator[AtBrowser]:
    people: list[Person] = []

    def sit_down(member: Member, *, width: int = DESKTOP, script: bool = True) -> Person:
        member.user.set_password(PASSWORD)
        member.user.save(update_fields=["password"])
        context = open_context(chromium, live_server.url, width=width, script=script)
        people.append(Person(context.new_page(), member))
        return people[-1].sign_in()

    yield sit_down
    for person in people:
        person.page.context.close()
    assert [complaint for person in people for complaint in person.complaints] == []
