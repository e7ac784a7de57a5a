"""The register of counterparts: found in any script, added once, changed without losing anybody's words."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from counterparts import actions
from counterparts.models import Counterpart
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db

LIST, ADD, LOOKUP = (reverse(f"counterparts:{name}") for name in ("list", "add", "lookup"))
HOSTILE = "<script>alert(1)</script> \u202eevil\x00"


@pytest.fixture
def browser(maria: Member, client_for: ClientFor) -> Client:
    return client_for(maria)


def said(**more: Any) -> dict[str, Any]:
    return {"kind": "subnational", "name": "State of Victoria", "country": "AU", "region": "Victoria"} | more


def found(client: Client, text: str) -> list[str]:
    return [row["name"] for row in client.get(LOOKUP, {"q": text}).json()["results"]]


def test_a_counterpart_is_added_once_however_often_it_is_sent(browser: Client) -> None:
    for _ in range(2):
        answer = browser.post(
            ADD, said(token="T-1", aliases="Vic Gov\n\nVic Gov\n維多利亞州", city="Melbourne")
        )
        assert answer.status_code == 302
    body = Counterpart.objects.get()
    assert (body.subdivision, body.place) == ("AU-VIC", "Melbourne, Victoria, Australia")
    assert sorted(body.aliases.values_list("name", flat=True)) == ["Vic Gov", "維多利亞州"]
    page = browser.get(body.get_absolute_url()).content.decode()
    assert "維多利亞州" in page and "added this counterpart" in page


def test_whoever_goes_back_and_sends_other_words_is_asked_before_another_is_added(browser: Client) -> None:
    browser.post(ADD, said(token="T-1"))
    again = browser.post(ADD, said(token="T-1", name="State of Viktoria"))
    shown = again.content.decode()
    assert again.status_code == 409 and "State of Viktoria" in shown and "was added then" in shown
    assert Counterpart.objects.count() == 1
    token = shown.partition('name="token" value="')[2].partition('"')[0]
    assert browser.post(ADD, said(token=token, name="State of Viktoria")).status_code == 302
    assert Counterpart.objects.count() == 2


@pytest.mark.parametrize("text", ["vic", "維多", "state of", "VICTORIA"])
def test_it_is_found_in_any_script(text: str, browser: Client, maria: Member) -> None:
    actions.add(by=maria, name="State of Victoria", kind="subnational", country="AU", aliases=["維多利亞州"])
    assert found(browser, text) == ["State of Victoria"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("Comité de São Tomé", "name"),
        ("外務省", "native_name"),
        (HOSTILE.replace("\x00", "")[:30], "name"),
    ],
)
def test_who_is_not_found_is_not_typed_again(typed: str, field: str, browser: Client) -> None:
    """The name comes along sealed; what was chosen beside it may stand in an address."""
    led = browser.post(reverse("search"), {"to": LIST, "q": typed, "country": "JP", "kind": ""})
    nothing = browser.get(led.headers["Location"]).content.decode()
    link = html.unescape(re.search(rf'href="({ADD}[^"]*words=[^"]*)"', nothing)[1])  # type: ignore[index]
    assert typed not in link
    form = browser.get(link).context["form"]
    assert form.initial[field] == typed.replace("\u202e", "")
    assert form.initial["country"] == "JP"
    assert '<option value="JP" selected>' in browser.get(link).content.decode()
    assert not Counterpart.objects.exists()


def test_a_counterpart_is_added_from_an_address_that_nobody_sealed_as_from_any(browser: Client) -> None:
    for asked in ("?words=2.broken", "?kind=%00&country=%27", f"?q={'x' * 999}"):
        assert browser.get(f"{ADD}{asked}").status_code == 200, asked


def test_all_that_is_wrong_with_a_post_or_a_source_is_said_at_once_in_plain_words(
    browser: Client, maria: Member
) -> None:
    person = make.post(maria).person
    post = {"title": "Mayor", "body": "Nobody we know", "starts_on": "2027-05-05", "ends_on": "2027-04-05"}
    answer = browser.post(reverse("counterparts:hold_post", args=[person.reference]), post)
    assert answer.status_code == 400
    page = html.unescape(answer.content.decode())
    assert "“Nobody we know” is not on the register." in page
    assert "The last day cannot be before the first day." in page
    for typed in post.values():
        assert f'value="{typed}"' in page
    source = {"title": "List of ministers", "url": "not an address"}
    answer = browser.post(reverse("counterparts:add_source", args=[person.reference]), source)
    assert "Enter a web address, such as https://example.org." in answer.content.decode()
    assert 'value="not an address"' in answer.content.decode()


def test_a_lookup_answers_with_ten_and_nothing_for_nothing(browser: Client, maria: Member) -> None:
    for number in range(12):
        make.counterpart(maria, name=f"Body {number}")
    assert len(found(browser, "body")) == 10
    assert found(browser, "") == found(browser, "(?!)") == []
    assert browser.get(LOOKUP, {"q": HOSTILE * 50}).status_code == 200


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (said(name=""), "Fill this in."),
        (said(name="x" * 201), "200"),
        (said(name="(?!)"), "letters or digits"),
        (said(kind="alien"), "Choose one of"),
        (said(kind=""), "Choose one"),
        (said(country="US"), "Choose one of"),
        (said(country="", region=""), "Choose its country."),
        (said(region="Queensville"), "We know no “Queensville” in Australia."),
        (said(country="MX"), "Victoria lies in"),
        (said(parent="Nobody"), "is not on the register"),
        (said(website="javascript:alert(1)"), "Enter a web address"),
        (said(aliases="x" * 201), "201 characters"),
        (said(aliases="\n".join(map(str, range(31)))), "Up to 30"),
        (said(profile="x" * 5001), "5000"),
    ],
)
def test_bad_input_is_told_at_the_field(given: Any, message: str, browser: Client) -> None:
    page = browser.post(ADD, given).content.decode()
    assert message in page and "error-summary" in page
    assert not Counterpart.objects.exists()


def test_hostile_text_is_shown_as_text(browser: Client) -> None:
    browser.post(ADD, said(name=HOSTILE, profile=HOSTILE, native_name=HOSTILE, aliases=HOSTILE))
    body = Counterpart.objects.get()
    assert body.name == "<script>alert(1)</script> evil"
    for address in (body.get_absolute_url(), LIST, reverse("counterparts:change", args=[body.reference])):
        assert b"<script>alert" not in browser.get(address).content


def test_a_country_follows_from_a_region_that_only_one_has(browser: Client) -> None:
    assert browser.post(ADD, said(country="", region="Baja California", name="BC")).status_code == 302
    assert Counterpart.objects.get().country == "MX"


def test_a_body_is_not_part_of_its_own_part(browser: Client, maria: Member) -> None:
    whole = make.counterpart(maria, name="Whole")
    part = actions.add(by=maria, name="Part", kind="company", country="MX", parent=whole)
    address = reverse("counterparts:change", args=[whole.reference])
    answer = browser.post(
        address, said(name="Whole", parent="Part", parent_reference=part.reference, version=whole.version)
    )
    assert "cannot be part of itself" in answer.content.decode()
    assert "Whole" in browser.get(part.get_absolute_url()).content.decode()


def test_a_stale_change_loses_nothing_and_says_who_was_first(
    browser: Client, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    body = make.counterpart(maria)
    address = reverse("counterparts:change", args=[body.reference])
    assert client_for(tom).post(address, said(name="Tom's name", version=1)).status_code == 302
    answer = browser.post(address, said(name="Maria's name", version=1))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Tom Baker" in page and "Tom&#x27;s name" in page and 'value="Maria&#x27;s name"' in page
    assert 'name="version" value="2"' in page
    assert browser.post(address, said(name="Maria's name", version=2)).status_code == 302


def test_who_reads_but_does_not_write(
    maria: Member, gov: Member, liaison: Member, client_for: ClientFor
) -> None:
    body = make.counterpart(maria)
    address = reverse("counterparts:change", args=[body.reference])
    assert client_for(liaison).get(address).status_code == 200
    assert client_for(gov).get(address).status_code == 403
    assert client_for(gov).post(ADD, said()).status_code == 403
    page = client_for(gov).get(body.get_absolute_url()).content.decode()
    assert address not in page
    assert client_for(gov).get(reverse("counterparts:detail", args=["C-00000000"])).status_code == 404


def test_the_register_searches_as_one_types_and_without_script(browser: Client, maria: Member) -> None:
    make.counterpart(maria)
    make.counterpart(maria, name="Osaka Prefecture", country="JP", subdivision="JP-27")
    assert "Osaka" in browser.get(LIST, {"q": "osak"}).content.decode()
    part = browser.get(LIST, {"country": "JP"}, headers={"HX-Request": "true"}).content.decode()
    assert "Osaka" in part and "Baja" not in part and "<html" not in part
    assert "Nothing on the register fits" in browser.get(LIST, {"q": "zzz"}).content.decode()


@pytest.mark.parametrize(
    "asked", [{"q": HOSTILE * 9}, {"kind": "x"}, {"country": "\x00"}, {"after": "!!"}, {"before": "x" * 999}]
)
def test_a_broken_address_still_opens_the_register(asked: Any, browser: Client, maria: Member) -> None:
    make.counterpart(maria)
    assert browser.get(LIST, asked).status_code == 200


def test_the_register_costs_the_same_for_many(
    browser: Client, maria: Member, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make.counterpart(maria, name=f"Body {number}")
    with django_assert_max_num_queries(15):
        first = browser.get(LIST)
    assert "Next" in first.content.decode()
