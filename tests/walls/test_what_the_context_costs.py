"""The second wall's context is four statements a request, two more where the product looks something up for the reader."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.plugin_statements import CONTEXT, INSIDE, Counting, told_apart

pytestmark = pytest.mark.django_db
LISTS = ["engagements:list", "engagements:drafts", "counterparts:list", "api:engagements-list"]
PAGES = ["home", "engagements:start", "activity:notices", "briefings:mine", "accounts:office"]


def address(name: str) -> str:
    return "/api/v1/engagements/" if name.startswith("api:") else reverse(name)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_once_who_reads(name: str, maria: Member, client_for: ClientFor, asks: Counting) -> None:
    make.filed(maria)
    browser = client_for(maria)
    with asks(most=15) as asked:
        assert browser.get(address(name)).status_code == 200
    assert len(asked.context) == CONTEXT


@pytest.mark.parametrize("name", PAGES)
def test_no_page_says_it_more_than_twice(
    name: str, maria: Member, client_for: ClientFor, asks: Counting
) -> None:
    browser = client_for(maria)
    with asks(most=30) as asked:
        assert browser.get(address(name)).status_code == 200
    assert CONTEXT <= len(asked.context) <= CONTEXT + INSIDE


def test_who_is_not_signed_in_has_no_context(asks: Counting) -> None:
    with asks(most=5) as asked:
        assert Client().get(reverse("account_login")).status_code == 200
    assert asked.context == []


def test_only_the_savepoint_around_the_words_is_the_contexts() -> None:
    word = "SELECT set_config('role', 'x', true), set_config('rls.context', '', true)"
    inner = ["SAVEPOINT b", "UPDATE x", "RELEASE SAVEPOINT b"]
    asked = told_apart(["SELECT 1", "SAVEPOINT a", "SELECT 2", word, *inner, word, "RELEASE SAVEPOINT a"])
    assert asked.own == ["SELECT 1", "SELECT 2", *inner]
    assert asked.context == ["SAVEPOINT a", word, word, "RELEASE SAVEPOINT a"]
