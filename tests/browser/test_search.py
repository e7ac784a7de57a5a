"""A search at a browser: found as one types, and in no address."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Member
from tests.browser.people import AtBrowser
from tests.factories.engagements import counterpart, drafted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SEALED = re.compile(r"/counterparts/\?.*words=2\.")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_words_are_found_and_are_in_no_address(script: bool, maria: Member, at_browser: AtBrowser) -> None:
    for name in ("Ministry of Water", "Port of Osaka"):
        counterpart(maria, name=name, kind="national", country="JP", subdivision="")
    page = at_browser(maria, script=script).page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/counterparts/")
    page.get_by_label("Name, in any script").fill("Osaka")
    if not script:
        page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Port of Osaka")).to_be_visible()
    expect(page.get_by_role("link", name="Ministry of Water")).to_have_count(0)
    expect(page).to_have_url(SEALED)
    page.reload()
    expect(page.get_by_role("link", name="Port of Osaka")).to_be_visible()
    expect(page.get_by_label("Name, in any script")).to_have_value("Osaka")
    assert not [url for url in asked if "osaka" in url.lower()]


def test_lists_are_filtered_by_post(maria: Member, at_browser: AtBrowser) -> None:
    drafted(maria, title="Water treaty"), drafted(maria, title="Wildfire")
    page = at_browser(maria).page
    page.goto("/engagements/drafts/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Words in the title").fill("Water")
    page.get_by_role("button", name="Show results").click()
    expect(page.get_by_text("Water treaty")).to_be_visible()
    expect(page.get_by_text("Wildfire")).to_have_count(0)
    page.go_back()
    expect(page.get_by_text("Wildfire")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("Wildfire")).to_have_count(0)
