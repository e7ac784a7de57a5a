"""Somebody else in front of the same browser or proxy is not served what it kept."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from tests.access import records
from tests.access.addresses import PAGES, Record, Role
from tests.access.test_pages import here
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(
    maria: Member, liaison: Member, gov: Member, briefer: Member, second_briefer: Member
) -> records.World:
    return records.build(maria, liaison, gov, briefer, second_briefer)


def who_opens(name: str) -> str:
    page: Any = PAGES[name]
    if isinstance(page, Record):
        return min(page.seen_by)
    return min(page.open_to) if isinstance(page, Role) else "maria"


def test_no_page_is_kept_by_a_browser_or_a_proxy(
    world: records.World, request: pytest.FixtureRequest, client_for: ClientFor
) -> None:
    for name in PAGES:
        browser: Client = client_for(request.getfixturevalue(who_opens(name)))
        answer = browser.get(here(name, world))
        assert answer.headers["Cache-Control"] == "no-store", name
        assert "ETag" not in answer.headers, name


def test_the_api_lets_nobody_keep_an_answer(world: records.World, lee: Member, client_for: ClientFor) -> None:
    reference = world.named["filed"]["reference"]
    for path in ("engagements/", f"engagements/{reference}/", "engagements/E-00000000/", "me/"):
        answer = client_for(lee).get(f"/api/v1/{path}")
        assert answer.headers["Cache-Control"] == "no-store", path


def test_no_address_that_looks_like_a_file_answers_with_a_page(
    world: records.World, lee: Member, client_for: ClientFor
) -> None:
    """A proxy that keeps what ends in .css would keep somebody's page."""
    reference = world.named["filed"]["reference"]
    client = client_for(lee)
    for page in (
        "/",
        "/engagements/",
        f"/engagements/{reference}/",
        "/people/profile/",
        f"/api/v1/engagements/{reference}/",
    ):
        assert client.get(page).status_code == 200, page
        for end in ("x.css", "x.js", "%2e%2e/static/css/site.css", ";x.css", "%0ax.css", "%3fx.css"):
            answer = client.get(f"{page}{end}")
            assert answer.status_code == 404, f"{page}{end}"
            assert answer.headers["Cache-Control"] == "no-store"
            assert reference.encode() not in answer.content
