"""Every page by every person: who may not see a record gets the bytes of one that does not exist, and writes nothing."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from accounts.models import Member
from activity.kinds import WATCHING
from activity.models import Entry
from diplomacy.lib.web import not_here
from tests.access import records
from tests.access.addresses import EVERYBODY, OWN_ACCOUNT, PAGES, PUBLIC, SIGNED_IN, Record, Role
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db
RECORDS = {name: page for name, page in PAGES.items() if isinstance(page, Record)}
ROLES = {name: page for name, page in PAGES.items() if isinstance(page, Role)}
TOKEN = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken&quot;: &quot;|X-CSRFToken": ")[A-Za-z0-9]+')
READING = {"briefings.opened", *WATCHING}


def addresses(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name == "admin" or "api" in str(pattern.pattern):
                continue
            yield from addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.callback is not not_here:
            yield f"{space}{pattern.name}"


def test_every_address_says_who_may_open_it() -> None:
    written = set(PAGES) | PUBLIC | OWN_ACCOUNT
    assert set(addresses(get_resolver())) == written


@pytest.fixture
def world(
    maria: Member, liaison: Member, gov: Member, briefer: Member, second_briefer: Member
) -> records.World:
    return records.build(maria, liaison, gov, briefer, second_briefer)


def address(name: str, named: dict[str, Any]) -> str:
    for keys in (
        ("reference", "question"),
        ("reference", "number"),
        ("reference", "other"),
        ("reference", "slug"),
        ("reference",),
        ("key",),
        (),
    ):
        try:
            return reverse(name, kwargs={key: named[key] for key in keys if key in named})
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name} takes other parameters than {sorted(named)}")


def body(response: HttpResponse) -> bytes:
    return TOKEN.sub(b"", response.content)


def writes() -> int:
    """Each write leaves an entry, so that the count of entries tells whether anything was written."""
    return Entry.objects.exclude(kind__in=READING).count()


def here(name: str, world: records.World) -> str:
    page = PAGES[name]
    return address(name, world.named[page.record] if isinstance(page, Record) else {})


@pytest.fixture(params=sorted(EVERYBODY))
def person(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def browser(person: str, request: pytest.FixtureRequest, client_for: ClientFor) -> Client:
    return client_for(request.getfixturevalue(person))


def test_a_record_answers_those_who_may_see_it_and_does_not_exist_for_the_rest(
    person: str, browser: Client, world: records.World
) -> None:
    for name, page in RECORDS.items():
        there, nowhere = here(name, world), address(name, records.absent(world.named[page.record]))
        for method in ("get", "post"):
            if method == "post" and person in page.written_by:
                continue
            answer = getattr(browser, method)(there)
            if person in page.seen_by:
                is_theirs = person in (
                    page.written_by or page.seen_by
                )  # a door for others may be shut without a word
                assert answer.status_code not in ({404, 500} if is_theirs else {500}), (
                    f"{person} {method} {there}"
                )
            elif answer.status_code != 405:
                assert answer.status_code == 404, f"{person} {method} {there}: {answer.status_code}"
                assert body(answer) == body(getattr(browser, method)(nowhere)), (
                    f"{person} can tell that {there} exists"
                )


SAID = {
    "text": "x",
    "reason": "x",
    "position": "support",
    "reasoning": "x",
    "kind": "followed",
    "evidence": "x",
}


def test_only_those_who_may_write_leave_a_trace(person: str, browser: Client, world: records.World) -> None:
    before = writes()
    for name, page in RECORDS.items():
        if person not in page.written_by:
            browser.post(here(name, world), SAID)
            assert writes() == before, f"{person} wrote through {name}"


def test_a_page_of_some_roles_refuses_the_others(person: str, browser: Client) -> None:
    for name, page in ROLES.items():
        answer = browser.get(reverse(name))
        expected = {200, 302} if person in page.open_to else {403, 404}
        assert answer.status_code in expected, f"{person} {name}: {answer.status_code}"


def test_a_page_for_everyone_answers_everyone(person: str, browser: Client) -> None:
    for name in [name for name, page in PAGES.items() if page == SIGNED_IN]:
        assert browser.get(reverse(name)).status_code in {200, 302, 405}, f"{person} {name}"


def test_nobody_without_signing_in(client: Client, world: records.World) -> None:
    for name in PAGES:
        for method in ("get", "post"):
            answer = getattr(client, method)(here(name, world))
            assert answer.status_code == 302, f"{method} {name}: {answer.status_code}"
            assert answer["Location"].startswith("/sign-in/login/"), f"{method} {name}"


def test_a_membership_that_ended_opens_nothing(
    outsider: Member, client_for: ClientFor, world: records.World
) -> None:
    browser = client_for(outsider)
    for name in PAGES:
        assert browser.get(here(name, world)).status_code == 403, name


def test_the_operator_reads_nobodys_content(
    operator: Any, client_for: ClientFor, world: records.World
) -> None:
    browser = client_for(operator)
    for name in PAGES:
        assert browser.get(here(name, world)).status_code == 403, name
