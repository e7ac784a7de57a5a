"""The page that describes the API, in Chromium: it draws under the content security policy, and a request from it works."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import Member
from tests.browser.people import AtBrowser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_description_is_drawn_and_requests_can_be_tried(
    maria: Member, at_browser: AtBrowser, tmp_path: Path
) -> None:
    person = at_browser(maria)
    page = person.page
    page.goto("/api/v1/docs/")
    expect(page.get_by_role("heading", name="Subnational Diplomacy Desk")).to_be_visible()
    page.locator("#operations-tag-me").click()

    def tries(operation: str, *answers: str) -> None:
        block = page.locator(f"#operations-me-{operation}")
        block.locator(".opblock-summary-control").click()
        block.get_by_role("button", name="Try it out").click()
        block.get_by_role("button", name="Execute").click()
        for answer in answers:
            expect(block.locator(".live-responses-table")).to_contain_text(answer)

    tries("me_me", "200", "Maria Lopez")
    tries("me_change", "200", "America/Los_Angeles")
    page.screenshot(path=str(tmp_path / "docs.png"), full_page=True)
    assert person.complaints == []
