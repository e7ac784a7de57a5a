"""What people remember of a counterpart finds it: another name, another script, a place, the wrong letters."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from counterparts import actions, finding
from counterparts.models import Counterpart
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db

LIST, LOOKUP, PEOPLE = (reverse(f"counterparts:{name}") for name in ("list", "lookup", "lookup_people"))
API = "/api/v1/counterparts/"
BODIES: list[dict[str, Any]] = [
    {
        "name": "Vladimir Putin",
        "kind": "person",
        "country": "RU",
        "subdivision": "",
        "aliases": ["Президент России"],
    },
    {
        "name": "Beijing Municipal People's Government",
        "native_name": "北京市人民政府",
        "country": "CN",
        "subdivision": "CN-BJ",
    },
    {"name": "Government of Baja California"},
    {"name": "Prefeitura de São Paulo", "country": "BR", "subdivision": "BR-SP", "city": "São Paulo"},
    {"name": "Ministry of Foreign Affairs", "kind": "national", "subdivision": ""},
    {"name": "Ministry of Foreign Affairs", "kind": "national", "country": "PE", "subdivision": ""},
    {"name": "Володимир Зеленський", "kind": "person", "country": "UA", "subdivision": ""},
    {
        "name": "Bundesministerium für Wirtschaft",
        "kind": "national",
        "country": "DE",
        "subdivision": "",
        "aliases": ["BMWK", "Federal Ministry for Economic Affairs"],
    },
]


@pytest.fixture
def register(maria: Member) -> list[Counterpart]:
    return [make.counterpart(maria, **said) for said in BODIES]


@pytest.fixture
def browser(maria: Member, client_for: ClientFor) -> Client:
    return client_for(maria)


def looked_up(client: Client, text: str, address: str = LOOKUP) -> list[dict[str, str]]:
    answer = client.get(address, headers={"Search-Words": quote(text)})
    results: list[dict[str, str]] = answer.json()["results"]
    return results


def first(text: str) -> Counterpart | None:
    found: Counterpart | None = Counterpart.objects.all().named_like(text).first()
    return found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Владимир Путин", "Vladimir Putin"),
        ("Putin", "Vladimir Putin"),
        ("Puttin", "Vladimir Putin"),
        ("putin vladimir", "Vladimir Putin"),
        ("Vladimr Puttin", "Vladimir Putin"),
        ("президент россии", "Vladimir Putin"),
        ("北京市", "Beijing Municipal People's Government"),
        ("Beijing", "Beijing Municipal People's Government"),
        ("Bejing municipal", "Beijing Municipal People's Government"),
        ("peoples government", "Beijing Municipal People's Government"),
        ("Baja Calif", "Government of Baja California"),
        ("california baja", "Government of Baja California"),
        ("Sao Paulo", "Prefeitura de São Paulo"),
        ("São Paulo", "Prefeitura de São Paulo"),
        ("Zelenskyj", "Володимир Зеленський"),
        ("zelenskiy", "Володимир Зеленський"),
        ("wirtschaft ministerium", "Bundesministerium für Wirtschaft"),
        ("Economic Afairs", "Bundesministerium für Wirtschaft"),
    ],
)
def test_it_is_found_by_what_one_remembers(text: str, name: str, register: Any) -> None:
    assert str(first(text)) == name


@pytest.mark.parametrize("text", ["Ministry Foreign Mexico", "mexico ministry", "Minstry Foregn Mexico"])
def test_a_place_tells_two_of_one_name_apart(text: str, register: Any) -> None:
    found = list(Counterpart.objects.all().named_like(text))
    assert found and found[0].country == "MX" and "PE" not in {body.country for body in found}


def test_the_best_comes_first_and_equals_in_a_stable_order(maria: Member) -> None:
    # Each one worse than the one before: called so, begins so, a word begins so, only its place, inside, misspelt.
    names = [
        ("Lima", "PE", ""),
        ("Lima Port", "PE", ""),
        ("Port of Lima", "PE", ""),
        ("Council of Ports", "PE", "Lima"),
        ("Kilimanjaro Region", "TZ", ""),
        ("University of Limma", "PE", ""),
    ]
    for name, country, city in reversed(names):
        make.counterpart(maria, name=name, country=country, subdivision="", city=city)
    twin = make.counterpart(maria, name="Lima", country="EC", subdivision="")
    found = list(Counterpart.objects.all().named_like("lima"))
    assert [body.name for body in found] == ["Lima", *(name for name, _, _ in names)]
    assert found[1] == twin
    assert found == list(Counterpart.objects.all().named_like("LÍMA"))


def test_where_enough_are_found_nobody_is_shown_what_is_only_spelled_like_it(maria: Member) -> None:
    bodies = [make.counterpart(maria, name=f"Puttingen {number}", subdivision="") for number in range(10)]
    make.counterpart(maria, name="Putin", kind="person", subdivision="")
    assert "Putin" not in {body.name for body in Counterpart.objects.all().named_like("puttin")}
    actions.change(bodies[0], by=maria, version=1, name="Elsewhere")
    assert "Putin" in {body.name for body in Counterpart.objects.all().named_like("puttin")}


def test_misspelt_is_only_what_is_nearly_the_word(register: Any) -> None:
    assert not Counterpart.objects.all().named_like("Pushkin").exists()
    assert not Counterpart.objects.all().named_like("Gov").filter(name="Vladimir Putin").exists()
    assert first("xyzzy") is first("?!") is first("") is None


def test_the_best_of_one_country_are_not_what_is_left_of_the_best(maria: Member, browser: Client) -> None:
    for number in range(60):
        make.counterpart(maria, name=f"Agency {number:02}", country="CA", subdivision="")
    make.counterpart(maria, name="Zonal agency", kind="person", country="MX", subdivision="")
    assert [row["name"] for row in looked_up(browser, "agency", PEOPLE)] == ["Zonal agency"]
    page = browser.get(LIST, {"q": "agency", "country": "MX"}).content.decode()
    assert "Zonal agency" in page and "Agency 01" not in page
    assert "The first 50 that fit" in browser.get(LIST, {"q": "agency"}).content.decode()
    found = browser.get(API, {"q": "agency", "country": "MX"}).json()["results"]
    assert [row["name"] for row in found] == ["Zonal agency"]


def test_the_api_pages_through_what_was_found_and_repeats_nothing(maria: Member, browser: Client) -> None:
    for number in range(7):
        make.counterpart(maria, name=f"Agency {number}", subdivision="")
    make.counterpart(maria, name="Agency", subdivision="")
    seen, address = [], f"{API}?q=agency&limit=3"
    while address:
        answer = browser.get(address).json()
        seen += [row["name"] for row in answer["results"]]
        address = answer["next"]
    assert seen == ["Agency", *(f"Agency {number}" for number in range(7))]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("putin", ""),
        ("Президент", "also known as Президент России"),
        ("北京市", "also known as 北京市人民政府"),
        ("BMWK", "also known as BMWK"),
        ("Президент Putin", "also known as Президент России"),
        ("Puttin", "spelled much like what you typed"),
        ("ministry peru", ""),
        ("Economic Afairs", "also known as Federal Ministry for Economic Affairs"),
    ],
)
def test_each_says_why_where_its_name_does_not(text: str, why: str, register: Any, browser: Client) -> None:
    body = first(text)
    assert body and finding.why(body, text) == why
    assert browser.get(API, {"q": text}).json()["results"][0]["why"] == why
    assert why in looked_up(browser, text)[0]["detail"]
    assert why.capitalize()[:8] in browser.get(LIST, {"q": text}).content.decode()


def test_names_and_places_that_change_are_found_anew(maria: Member, lee: Member) -> None:
    body = make.counterpart(maria, name="Province of Oro", aliases=["Golden Coast"])
    assert first("golden") == body
    body = actions.change(body, by=maria, version=1, name="Province of Plata", aliases=["Silver Coast"])
    assert first("golden") is first("oro") is None and first("silver") == first("plata") == body
    actions.change(body, by=maria, version=2, city="Mexicali")
    assert first("plata mexicali") == body
    kept = make.counterpart(maria, name="Plata State")
    merge = actions.merge(kept, body, by=lee)
    assert list(Counterpart.objects.all().named_like("silver coast")) == [kept]
    actions.undo_merge(merge, by=lee)
    assert list(Counterpart.objects.all().named_like("silver coast")) == [body]


def test_what_a_version_before_added_is_found_within_the_hour(maria: Member) -> None:
    body = make.counterpart(maria, aliases=["Golden Coast"])
    version = Counterpart.objects.get().version
    Counterpart.objects.update(searched="")
    assert first("golden") is None
    assert actions.catch_up() == 1 and actions.catch_up() == 0
    assert first("golden coast mexico") == body and Counterpart.objects.get().version == version


def test_what_was_on_the_register_before_is_filled_in(maria: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [
        make.counterpart(maria, name=f"Agency {number}", aliases=[f"Golden {number}"]) for number in range(5)
    ]
    Counterpart.objects.update(searched="")
    migration = import_module("counterparts.migrations.0007_fill_found_by")
    monkeypatch.setattr(migration, "BATCH", 2)
    migration.fill(apps, SimpleNamespace(connection=connection))
    assert [first(f"golden {number} mexico") for number in range(5)] == bodies


def test_all_of_thirty_long_names_are_found(maria: Member) -> None:
    aliases = [f"{number} {'x' * 150} marker{number}" for number in range(30)]
    body = make.counterpart(maria, aliases=aliases)
    assert first("marker29") == body


def test_pictures_that_are_written_in_many_letters_break_nothing(maria: Member, browser: Client) -> None:
    faces = "\U0001f469\u200d\u2764\ufe0f\U0001f3f4" * 40
    names = [f"{number} {faces}"[:200] for number in range(30)]
    body = make.counterpart(maria, name=f"Ministry {faces}"[:200], aliases=names)
    assert first("ministry mexico") == body
    for text in (faces, "語" * 200, "w" * 200):
        for address in (LIST, LOOKUP):
            assert browser.get(address, {"q": text[:200]}).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "a & b",
        "a | !b",
        "'; DROP",
        "a:*",
        "<->",
        "%",
        "_",
        "\\",
        "(" * 50,
        "a " * 300,
        "é" * 200,
        "\u202e",
        "| ;",
    ],
)
def test_hostile_words_are_words(text: str, register: Any, browser: Client) -> None:
    for address in (LIST, LOOKUP, API):
        assert browser.get(address, {"q": text[:100]}).status_code in {200, 400}
    assert isinstance(list(Counterpart.objects.all().named_like(text)), list)


def test_a_search_costs_the_same_for_many_as_for_one(
    maria: Member, browser: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make.counterpart(maria, name=f"Agency {number}", aliases=[f"Agentur {number}"])
    browser.get(LIST)
    for text in ("agency", "agentur", "genc", "agencyy"):
        with django_assert_max_num_queries(15):
            page = browser.get(LIST, {"q": text}).content.decode()
        assert "Agency 1" in page, text


def test_where_guidance_is_in_force_the_register_of_the_country_says_so(
    maria: Member, liaison: Member, browser: Client
) -> None:
    make.counterpart(maria)
    made = make.guidance(liaison)
    page = browser.get(LIST, {"country": "MX"}).content.decode()
    assert made.title in page and "version 1, since" in page and "Country guidance in force" in page
    assert made.title not in browser.get(LIST).content.decode()
    assert made.title not in browser.get(LIST, {"country": "JP"}).content.decode()
