"""Every page as every role on a screen and on a phone: axe finds nothing, nothing is wider than the screen, one heading,
a title of its own, small, and quiet in the console. `make test` looks at each page once, `make check` as everybody."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from accounts import actions as accounts
from accounts import recovery
from accounts.models import Recovery
from diplomacy.lib.rls import system
from diplomacy.lib.web import not_here
from tests.browser import world as worlds
from tests.browser.addresses import ELSEWHERE, NOT_PAGES, PAGES, SHADOWED, Look
from tests.browser.axe import violations
from tests.browser.people import DESKTOP, PHONE, complaints_of, open_context
from tests.signin.state_provider import ENTITY, StateProvider, keys

pytestmark = pytest.mark.browser
NARROWEST = 320
MOST_BYTES = 100 * 1024
IS_WHOLE = os.environ.get("LOOKS") == "all"
AT_ONCE = 9
UNFOLD = "document.querySelectorAll('main details').forEach(part => { part.open = true; })"
WIDER = """() => [...document.querySelectorAll('main *')]
  .filter(part => part.getBoundingClientRect().right > innerWidth + 1)
  .slice(-3).map(part => part.outerHTML.slice(0, 160))"""
Visit = Callable[[str], Page]


def chosen() -> Iterator[tuple[str, Look]]:
    seen = set[str]()
    for who, looks in PAGES.items():
        for look in looks:
            if IS_WHOLE or look.name not in seen:
                yield who, look
            seen.add(look.name)


def groups() -> Iterator[Any]:
    """So few at once that no worker is left alone with one long test."""
    for who, pairs in groupby(chosen(), key=itemgetter(0)):
        looks = [look for _, look in pairs]
        for first in range(0, len(looks), AT_ONCE):
            yield pytest.param(who, looks[first : first + AT_ONCE], id=f"{who}-{first}")


@pytest.fixture(scope="module")
def served(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[str, worlds.World]]:
    """One world and one server for all pages: they are only looked at. The owner empties the tables in the end."""
    with django_db_blocker.unblock():
        server = LiveServer("localhost")
        try:
            with system("tests"):
                world = worlds.build()
            yield server.url, world
        finally:
            server.stop()
            call_command("flush", database="owner", verbosity=0, interactive=False)
            connections.close_all()  # beside an event loop they are others than those of the set-up


@pytest.fixture(scope="module")
def window(served: tuple[str, worlds.World], chromium: Browser) -> Iterator[BrowserContext]:
    """One for all: opening a window takes as long as looking at a page."""
    context = open_context(chromium, served[0])
    yield context
    context.close()


@pytest.fixture
def visit(served: tuple[str, worlds.World], window: BrowserContext) -> Iterator[Visit]:
    """A page in which this person is signed in, and nobody else; what its console said is looked at in the end."""
    (url, world), pages, complaints = served, [], []

    def open_page(who: str) -> Page:
        window.clear_cookies()
        if who in world.people:
            cookie = worlds.cookie_of(world.people[who])
            window.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
        pages.append(window.new_page())
        complaints.append(complaints_of(pages[-1]))
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()
    assert [line for lines in complaints for line in lines] == []


def address(look: Look, world: worlds.World) -> str:
    named = dict(world.named[look.record]) if look.record else {}
    named |= {"slug": look.slug} if look.slug else {}
    return reverse(look.name, kwargs=named) + (f"?{look.query}" if look.query else "")


def faults(page: Page) -> list[str]:
    """What is wrong with a page as it stands, on a screen and on phones, in words."""
    page.wait_for_load_state()
    found = [] if page.locator("h1").count() == 1 else [f"{page.locator('h1').count()} first headings"]
    for width in (DESKTOP, PHONE, NARROWEST):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.append(f"scrolls sideways at {width}: {page.evaluate(WIDER)}")
        if width != NARROWEST:
            found += [f"at {width}, {violation}" for violation in violations(page)]
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    return found


def faults_of(page: Page, url: str, status: int) -> list[str]:
    answer = page.goto(url)
    assert answer
    found = [] if answer.status == status else [f"answers {answer.status}"]
    page.evaluate(UNFOLD)
    return [f"{url}: {fault}" for fault in found + faults(page)]


def pages_of(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern) and pattern.callback is not not_here:
            yield f"{space}{pattern.name}"
        elif isinstance(pattern, URLResolver) and not is_no_page(pattern):
            yield from pages_of(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)


def is_no_page(pattern: URLResolver) -> bool:
    """Django's own administration, and the API: its description page is the work of others."""
    return pattern.app_name == "admin" or str(pattern.pattern).startswith("api/")


def test_every_page_is_opened_by_somebody() -> None:
    opened = {look.name for looks in PAGES.values() for look in looks} - {"admin:index"}
    assert set(pages_of(get_resolver())) == opened | NOT_PAGES | SHADOWED | ELSEWHERE


@pytest.mark.parametrize(("who", "looks"), list(groups()))
def test_pages_are_clean_and_fit_the_screen(
    who: str, looks: Sequence[Look], served: tuple[str, worlds.World], visit: Visit
) -> None:
    page = visit(who)
    found = [fault for look in looks for fault in faults_of(page, address(look, served[1]), look.status)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("who", PAGES)
def test_pages_are_small_and_have_titles_of_their_own(who: str, served: tuple[str, worlds.World]) -> None:
    world, titles, found = served[1], dict[str, str](), list[str]()
    client = worlds.client_of(world.people[who]) if who in world.people else Client()
    for look in PAGES[who]:
        page = client.get(address(look, world)).content
        (title,) = re.findall(r"<head>.+?<title>(.+?)</title>", page.decode(), re.DOTALL)
        if len(page) > MOST_BYTES:
            found.append(f"{look}: {len(page)} bytes")
        if titles.setdefault(title, look.name) != look.name:
            found.append(f"{look}: its title says “{title}”, as {titles[title]} does")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("who", ["maria", "liaison", "gov"])
def test_the_menu_of_a_person_is_clean_when_it_is_open(who: str, visit: Visit) -> None:
    page = visit(who)
    page.goto("/")
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        page.locator(".menu__button").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        assert violations(page, inside=".account") == []
        page.keyboard.press("Escape")


def test_what_is_not_there_and_what_is_not_allowed_are_clean_pages(visit: Visit) -> None:
    page, found = visit("gov"), list[str]()
    for url in ("/engagements/E-00000000/", "/nowhere/", "/engagements/new/"):
        page.goto(url)
        found += faults(page)
    assert not found, "\n".join(found)


def test_the_page_behind_a_link_to_reset_a_password_is_clean(
    served: tuple[str, worlds.World], visit: Visit
) -> None:
    Client().post(reverse("account_reset_password"), {"email": "maria.lopez@example.gov"})
    accounts.post()
    link = re.search(r"https?://[^/\s]+(\S+)", str(mail.outbox[-1].body))
    assert link
    assert faults_of(visit("anonymous"), link[1], 200) == []


def test_the_page_behind_a_link_to_set_up_signing_in_again_is_clean(
    served: tuple[str, worlds.World], visit: Visit
) -> None:
    held = Recovery.objects.get(reference=served[1].named["recovery"]["reference"])
    page = visit("anonymous")
    assert faults_of(page, recovery.new_link(held).removeprefix(settings.PUBLIC_URL), 200) == []
    page.get_by_role("button", name="Save the new password").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert list(faults(page)) == []


def test_the_ways_in_by_other_organisations_are_clean_pages(
    visit: Visit, settings: Settings, tmp_path: Path
) -> None:
    provider = StateProvider(*keys(), email="")
    path = provider.write_file(tmp_path)
    other = path.read_text().replace("california", "texas").replace("California", "Texas")
    path.write_text(path.read_text() + other.replace(ENTITY, "https://idp.texas.example/"))
    settings.SAML_PROVIDERS_FILE = str(path)
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = "https://idp.example.gov/", "desk"
    page = visit("anonymous")
    out = reverse("signin:signed_out")
    for url in ("/sign-in/login/", "/sign-in/state/", f"{out}?from=texas", f"{out}?from=elsewhere"):
        assert faults_of(page, url, 200) == []


class Sent(NamedTuple):
    """A form that is sent with nothing, or with what cannot be."""

    look: Look
    button: str
    fills: dict[str, str] = {}


EMPTIED = {
    "maria": [
        Sent(Look("engagements:start"), "Save and go on"),
        Sent(
            Look("engagements:step", "bare", slug="who"),
            "Save and go on",
            {"#id_counterparts-0-name": f"{worlds.LONG[:120]} {worlds.ARABIC}"},
        ),
        Sent(Look("engagements:step", "bare", slug="when"), "Save and go on", {"#id_ends_on": "2020-01-01"}),
        Sent(
            Look("engagements:step", "draft", slug="sharing"),
            "Save and go on",
            {"#id_named-0-name": "Nobody"},
        ),
        Sent(Look("engagements:check", "bare"), "File it"),
        Sent(
            Look("engagements:amend", "filed"), "File the change", {"#id_title": "", "#id_stops-0-city": ""}
        ),
        Sent(Look("engagements:resume", "postponed"), "Set these dates"),
        Sent(Look("engagements:resume", "late engagement"), "Set these dates"),
        Sent(
            Look("engagements:report", "held"),
            "File the report",
            {"#id_summary": "", "#id_gifts_value": "-5"},
        ),
        Sent(Look("engagements:note", "filed"), "Save the note"),
        Sent(Look("engagements:answer", "asked"), "Send the answer"),
        Sent(Look("engagements:respond", "given"), "Record what we did"),
        Sent(Look("counterparts:add"), "Add to the register", {"#id_website": "no address"}),
        Sent(
            Look("counterparts:hold_post", "person"),
            "Save",
            {"#id_body": f"{worlds.LONG} {worlds.ARABIC}"[:200]},
        ),
        Sent(Look("counterparts:add_source", "person"), "Save", {"#id_url": worlds.LONG}),
        Sent(Look("counterparts:hit", "hit"), "Keep our answer"),
        Sent(Look("engagements:refer"), "Send it", {"#id_receiver": f"{worlds.LONG} {worlds.ARABIC}"[:200]}),
        Sent(Look("engagements:referral", "referral taken up by us"), "Say what came of it"),
        Sent(Look("accounts:profile"), "Save", {"#id_name": ""}),
        Sent(Look("account_change_password"), "Save the new password"),
    ],
    "lee": [Sent(Look("accounts:start_recovery", "member"), "Send them the link")],
    "liaison": [
        Sent(Look("engagements:request", "working"), "Release to the office", {"#id_advice-reasoning": ""})
    ],
    "desk_lead": [Sent(Look("counterparts:publish_guidance"), "Publish", {"#id_ends_on": "2020-01-01"})],
    "briefer": [
        Sent(Look("briefings:draft"), "Save and choose the readers"),
        Sent(
            Look("briefings:audience", "written"),
            "Save and see who gets what",
            {"#id_rules-0-who": "California"},
        ),
        Sent(Look("briefings:answer", "question"), "Send the answer"),
        Sent(Look("briefings:recall", "released"), "Recall it"),
    ],
    "gov": [Sent(Look("briefings:read", "copy"), "Ask")],
    "anonymous": [
        Sent(Look("account_login"), "Sign in", {"#id_login": "nobody@example.gov", "#id_password": "wrong"}),
        Sent(Look("account_reset_password"), "Send the link"),
    ],
}


@pytest.mark.parametrize("who", EMPTIED)
def test_a_form_with_problems_is_clean_and_its_summary_takes_the_focus(
    who: str, served: tuple[str, worlds.World], visit: Visit
) -> None:
    page, found = visit(who), list[str]()
    for sent in EMPTIED[who]:
        page.goto(address(sent.look, served[1]))
        for field, text in sent.fills.items():
            page.fill(field, text)
        page.get_by_role("button", name=sent.button, exact=True).last.click()
        expect(page.locator("[data-error-summary]")).to_be_focused()
        found += [f"{sent.look}: {fault}" for fault in faults(page)]
        if not page.title().startswith("Error: "):
            found.append(f"{sent.look}: the title does not say that there is an error")
    assert not found, "\n".join(found)


def test_a_list_that_opens_as_one_types_is_clean(served: tuple[str, worlds.World], visit: Visit) -> None:
    page = visit("maria")
    page.goto(address(Look("engagements:step", "bare", slug="who"), served[1]))
    page.locator("#id_counterparts-0-name").press_sequentially("Donau")
    expect(page.get_by_role("option").first).to_be_visible()
    assert faults(page) == []
