"""What people search for is in no address: it is posted, and sealed where it must be one."""

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Member
from diplomacy.lib.words import Asked, _opened
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db
FORM = re.compile(r'<form class="filters" method="post" action="/search/".*?</form>', re.DOTALL)
LISTS = ["engagements:list", "engagements:shared", "counterparts:list"]


def sent(client: Client, to: str, **fields: str) -> Any:
    return client.post("/search/", {"to": to, **fields})


@pytest.mark.parametrize("name", LISTS)
def test_the_form_of_a_list_posts_what_is_typed(name: str, maria: Member, client_for: ClientFor) -> None:
    text = client_for(maria).get(reverse(name)).content.decode()
    (form,) = FORM.findall(text)
    assert 'name="q"' in form
    assert 'method="get"' not in text


def test_words_come_back_sealed_and_find_what_they_found(maria: Member, client_for: ClientFor) -> None:
    make.drafted(maria, title="Water treaty"), make.drafted(maria, title="Wildfire")
    client = client_for(maria)
    led = sent(client, "/engagements/", q="Water", status="draft", kind="")
    assert led.status_code == 302
    assert led["Location"].startswith("/engagements/?status=draft&words=2.aes256gcm.")
    for telling in ("Water", "V2F0ZX", "q="):
        assert telling not in led["Location"]
    page = client.get(led["Location"]).content.decode()
    assert "Water treaty" in page
    assert "Wildfire" not in page
    assert 'value="Water"' in page, "the form shows what was asked"


def test_pages_of_what_was_found_carry_the_words_sealed(maria: Member, client_for: ClientFor) -> None:
    for number in range(30):
        make.drafted(maria, title=f"Water {number}")
    client = client_for(maria)
    first = client.get(sent(client, "/engagements/drafts/", q="Water")["Location"]).content.decode()
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    assert "Water" not in following
    assert (
        client.get(f"/engagements/drafts/{following.replace('&amp;', '&')}").content.decode().count("Water ")
        >= 5
    )


def test_a_script_gives_its_words_in_a_header(maria: Member, client_for: ClientFor) -> None:
    make.drafted(maria, title="Zürich water")
    client = client_for(maria)
    found = client.get("/api/v1/engagements/", headers={"Search-Words": "z%C3%BCrich"}).json()["results"]
    assert [row["title"] for row in found] == ["Zürich water"]
    assert client.get("/api/v1/engagements/", headers={"Search-Words": "nothing"}).json()["results"] == []
    assert client.get("/counterparts/lookup/", headers={"Search-Words": "%00%ff"}).status_code == 200


@pytest.mark.parametrize("words", ["", "x", "2.aes256gcm.00000000.AAAA", "%00", "é"])
def test_words_that_do_not_open_ask_for_nothing(words: str, maria: Member, client_for: ClientFor) -> None:
    make.drafted(maria, title="Water")
    assert "Water" in client_for(maria).get("/engagements/", {"words": words}).content.decode()


def test_words_of_before_the_key_was_changed_still_open(settings: Settings) -> None:
    made = Asked(mutable=True)
    made["q"] = "Water"
    before = QueryDict(made.urlencode())["words"]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "y" * 50
    assert _opened(before) == [("q", "Water")]
    settings.SECRET_KEY_FALLBACKS = []
    assert _opened(before) == []


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/engagements/",
        "//evil.example/engagements/",
        "/people/profile/",
        "/nothing/",
        "",
        "/engagements/\n",
    ],
)
def test_a_form_leads_to_lists_and_nowhere_else(to: str, maria: Member, client_for: ClientFor) -> None:
    assert sent(client_for(maria), to, q="x").status_code == 404


def test_only_what_was_typed_is_sealed() -> None:
    made = Asked(mutable=True)
    made.update({"status": "filed", "person": "maria", "after": "x", "q": ""})
    assert set(QueryDict(made.urlencode())) == {"status", "after", "words"}
    copied = made.copy()
    del copied["person"]
    assert set(QueryDict(copied.urlencode())) == {"status", "after"}
