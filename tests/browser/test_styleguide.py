"""Every component in Chromium: nothing that axe finds, nothing wider than the screen, and what script adds works."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.urls("diplomacy.styleguide")]
each_width = pytest.mark.parametrize("width", [1280, 375, 320])


@pytest.fixture
def width() -> int:
    return 375


@pytest.fixture
def guide(width: int, chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # The form with problems shows a date that no browser accepts: that is what it is for.
        if message.type == "error" or "Content Security Policy" in message.text:
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live_server.url)
    yield page
    assert complaints == []
    context.close()


@each_width
def test_components_are_clean_and_fit_the_screen(guide: Page) -> None:
    assert violations(guide, reads_css=True) == []
    assert guide.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    expect(guide.locator("[data-error-summary]")).to_be_focused()


@each_width
def test_open_panels_are_clean_and_escape_closes_the_menu(guide: Page) -> None:
    guide.click(".menu__button")
    guide.click(".changes summary")
    guide.click(".filters__panel summary")
    assert violations(guide) == []
    guide.click(".menu__button")
    guide.keyboard.press("Escape")
    expect(guide.locator("details.menu")).not_to_have_attribute("open", "")
    expect(guide.locator(".menu__button")).to_be_focused()


def test_a_counterpart_is_found_as_one_types(guide: Page) -> None:
    field, chosen = guide.locator("#id_good-counterpart_name"), guide.locator("[name=good-counterpart]")
    field.press_sequentially("baja")
    expect(guide.get_by_role("option", name="State of Baja California")).to_be_visible()
    assert violations(guide) == []
    # Not the locator's press: it would move the focus back from the list into the field.
    guide.keyboard.press("ArrowDown")
    guide.keyboard.press("Enter")
    expect(field).to_have_value("State of Baja California")
    expect(chosen).to_have_value("C-7K3M9Q")
    field.press("x")
    expect(chosen).to_have_value("")


def test_what_is_typed_before_the_script_has_come_is_kept_and_looked_for(
    live_server: LiveServer, chromium: Browser
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/lookup*.js", hold)
    page.goto(live_server.url, wait_until="commit")
    field = page.locator("#id_good-counterpart_name")
    field.press_sequentially("baj")
    held[0].continue_()
    expect(page.get_by_role("option", name="State of Baja California")).to_be_visible()
    expect(field).to_be_focused()
    page.keyboard.type("a")
    expect(field).to_have_value("baja")
    context.close()


def test_rows_come_and_go(guide: Page) -> None:
    guide.click("[data-row-add]")
    expect(guide.locator("[name=stops-2-city]")).to_be_focused()
    expect(guide.locator("[name=stops-TOTAL_FORMS]")).to_have_value("3")
    guide.get_by_role("button", name="Remove this stop").nth(1).click()
    assert guide.locator("[data-row-number]:visible").all_text_contents() == ["1", "2"]
    expect(guide.locator("[name=stops-1-DELETE]")).to_be_checked()
    assert violations(guide) == []


def test_a_link_of_the_summary_leads_into_the_field(guide: Page) -> None:
    guide.get_by_role("link", name="Counterpart: Fill this in.").click()
    expect(guide.locator("#id_bad-counterpart_name")).to_be_focused()


def test_a_page_is_small(live_server: LiveServer, chromium: Browser) -> None:
    page = chromium.new_page()
    answer = page.goto(live_server.url)
    assert answer
    assert len(answer.body()) <= 100 * 1024
    page.close()


def test_without_script_everything_is_still_a_form(live_server: LiveServer, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url)
    expect(page.locator("select[name=good-country]")).to_be_visible()
    expect(page.get_by_label("Remove this stop").first).to_be_visible()
    page.locator("summary", has_text="Guadalupe").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    context.close()
