"""A valid user who takes away as much as they can, as fast as they can."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_a_minute(settings: Settings) -> Iterator[None]:
    cache.clear()
    settings.PAGES_A_MINUTE = 3
    with time_machine.travel(timezone.now().replace(second=20, microsecond=0), tick=False):
        yield


@pytest.mark.parametrize(
    "path", ["/engagements/?q=water", "/counterparts/lookup/?q=ba", "/engagements/E-00000000/"]
)
def test_pages_searches_and_guesses_of_one_person_are_limited(
    path: str, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    browser = client_for(maria)
    assert 429 not in {browser.get(path).status_code for _ in range(3)}
    stopped = browser.get(path)
    assert stopped.status_code == 429
    assert stopped.headers["Retry-After"] == "40"
    assert "Too many pages" in stopped.content.decode()
    assert client_for(tom).get(path).status_code != 429


def test_the_next_minute_counts_anew(maria: Member, client_for: ClientFor) -> None:
    browser = client_for(maria)
    assert [browser.get("/").status_code for _ in range(4)][-1] == 429
    with time_machine.travel(timezone.now() + timedelta(seconds=41), tick=False):
        assert browser.get("/").status_code == 200


def test_forms_count_as_pages_do(maria: Member, client_for: ClientFor) -> None:
    browser = client_for(maria)
    assert [browser.post("/people/profile/", {}).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_forms_are_sent_no_faster_than_people_fill_them_in(
    maria: Member, client_for: ClientFor, settings: Settings
) -> None:
    settings.PAGES_A_MINUTE, settings.FORMS_A_MINUTE = 0, 3
    browser = client_for(maria)
    assert [browser.post("/people/profile/", {}).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert browser.get("/people/profile/").status_code == 200, "reading goes on"
