"""A page of somebody else, open in the same browser, sends our forms."""

import pytest
from django.test import Client

from accounts.models import Member, User
from tests.access import records
from tests.access.test_pages import RECORDS, here

pytestmark = pytest.mark.django_db


def browser_of(person: Member) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person.user)
    return client


def test_a_form_without_the_token_of_the_page_changes_nothing(maria: Member) -> None:
    sent = browser_of(maria).post("/people/profile/", {"name": "Mallory", "time_zone": "America/New_York"})
    assert sent.status_code == 403
    assert User.objects.get(pk=maria.user_id).name == "Maria Lopez"


def test_every_form_about_a_record_asks_for_the_token(
    maria: Member, liaison: Member, gov: Member, briefer: Member, second_briefer: Member, lee: Member
) -> None:
    world = records.build(maria, liaison, gov, briefer, second_briefer)
    written = {name: page for name, page in RECORDS.items() if page.written_by}
    people = {
        "lee": lee,
        "liaison": liaison,
        "gov": gov,
        "briefer": briefer,
        "second_briefer": second_briefer,
    }
    for name, page in written.items():
        person = next(person for who, person in people.items() if who in page.written_by)
        assert browser_of(person).post(here(name, world), {"text": "x"}).status_code == 403, name


def test_no_other_site_reads_an_answer(maria: Member) -> None:
    answer = browser_of(maria).get("/api/v1/me/", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
