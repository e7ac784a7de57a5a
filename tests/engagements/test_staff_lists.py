"""Lists: whose they are, what the filters do, and what a page costs."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from diplomacy.lib.rls import reading_as
from engagements import actions, pages, querysets
from engagements.models import Engagement
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db

LIST, DRAFTS, SHARED = (reverse(f"engagements:{name}") for name in ("list", "drafts", "shared"))


def seen(client: Client, address: str, **asked: Any) -> str:
    return client.get(address, asked).content.decode()


@pytest.fixture
def browser(maria: Member, client_for: ClientFor) -> Client:
    return client_for(maria)


def test_each_list_shows_its_own(maria: Member, tom: Member, liaison: Member, client_for: ClientFor) -> None:
    make.drafted(maria, title="Our draft")
    make.filed(maria, title="Our filed")
    theirs = make.filed(tom, title="Their filed")
    maria_sees, liaison_sees = client_for(maria), client_for(liaison)
    assert {name for name in ("Our draft", "Our filed", "Their filed") if name in seen(maria_sees, LIST)} == {
        "Our draft",
        "Our filed",
    }
    assert "Our filed" not in seen(maria_sees, DRAFTS) and "Our draft" in seen(maria_sees, DRAFTS)
    assert "Their filed" not in seen(maria_sees, SHARED)
    actions.share(theirs, by=tom, visibility="shared", offices=[maria.office])
    assert "Their filed" in seen(maria_sees, SHARED)
    federal = seen(liaison_sees, LIST)
    assert "Our filed" in federal and "Their filed" in federal and "Our draft" not in federal
    assert "Log an engagement" not in federal


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "river"}, {"River talks"}),
        ({"status": "draft"}, {"A call"}),
        ({"kind": "call"}, {"A call"}),
        ({"topic": "health"}, {"River talks"}),
        ({"country": "MX"}, {"River talks", "A call"}),
        ({"country": "JP"}, set()),
        ({"since": str(make.in_days(60))}, {"A call"}),
        ({"until": str(make.in_days(40))}, {"River talks"}),
    ],
)
def test_filters_stand_in_the_address(asked: Any, found: set[str], browser: Client, maria: Member) -> None:
    make.filed(maria, title="River talks", topics=["health"])
    make.drafted(maria, title="A call", kind="call", starts_on=make.in_days(90), ends_on=make.in_days(90))
    page = seen(browser, LIST, **asked)
    assert {title for title in ("River talks", "A call") if title in page} == found


@pytest.mark.parametrize("few", [0, 1000], ids=["frequent", "rare"])
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("river", {"River_talks 100%"}),
        ("r_t", {"River_talks 100%"}),
        ("100%", {"River_talks 100%"}),
        ("0%0", set()),
        ("\\", {"Back\\slash"}),
        ("ck\\s", {"Back\\slash"}),
        ("水の対話", {"水の対話"}),
        ("RIVER_TALKS 100%", {"River_talks 100%"}),
        ("ver_talks 1", {"River_talks 100%"}),
        ("talks_river", set()),
        ("rivers_talks", set()),
        ("r talks", set()),
        ("Secret", set()),
    ],
)
def test_words_in_a_title_are_found_as_they_are_written_however_many_have_them(
    words: str, found: set[str], few: int, tom: Member, liaison: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(querysets, "FEW", few)
    titles = ("River_talks 100%", "RIVERxTALKS 1000", "Back\\slash", "水の対話")
    for title in titles:
        make.filed(tom, title=title)
    make.drafted(tom, title="Secret r_t river")
    with reading_as(liaison.user):
        rows = Engagement.objects.visible_to(liaison.user).titled(words)
        assert {row.title for row in rows} == found | ({"RIVERxTALKS 1000"} if words == "river" else set())


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "\x00<script>alert(1)</script>%_" * 9},
        {"status": "gone"},
        {"kind": "'; drop table"},
        {"country": "ZZ"},
        {"since": "yesterday"},
        {"since": "2027-05-02", "until": "2027-05-01"},
        {"after": "!!!"},
        {"after": "WyIyMDI3LTAxLTAxIiwgOTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ"},
        {"before": "W10"},
        {"after": "x" * 5000},
    ],
)
def test_a_broken_address_still_opens_the_list(asked: Any, browser: Client, maria: Member) -> None:
    make.filed(maria)
    answer = browser.get(LIST, asked)
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_pages_follow_each_other_without_gaps_or_doubles_both_ways(maria: Member) -> None:
    days = [None, None, None, 5, 5, 5, 9, 1, 5]
    for day in days:
        date = None if day is None else make.in_days(day)
        actions.draft(actions.Plan(fields={"title": "Draft", "starts_on": date, "ends_on": date}), by=maria)
    rows = Engagement.objects.all()
    whole = list(rows.latest_first().values_list("pk", flat=True))
    page, forth = pages.page_of(rows, size=2), []
    while True:
        forth += [row.pk for row in page]
        if not page.next:
            break
        page = pages.page_of(rows, after=page.next, size=2)
    assert forth == whole
    back: list[int] = []
    while True:
        back = [row.pk for row in page] + back
        if not page.previous:
            break
        page = pages.page_of(rows, before=page.previous, size=2)
    assert back == whole


def test_a_list_costs_the_same_for_many_rows_as_for_one(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    actions.share(make.filed(tom), by=tom, visibility="public")
    for number in range(30):
        make.filed(maria, title=f"Engagement {number} " + "long " * 30)
    for who, address in ((maria, LIST), (maria, DRAFTS), (maria, SHARED), (liaison, LIST)):
        client = client_for(who)
        with django_assert_max_num_queries(15) as captured:
            page = seen(client, address)
        assert not any(
            "COUNT(*)" in query["sql"] and "engagements_engagement" in query["sql"]
            for query in captured.captured_queries
        )
        assert not any("OFFSET" in query["sql"] for query in captured.captured_queries)
        assert "Engagements" in page


def test_an_empty_list_says_what_to_do(browser: Client) -> None:
    assert "It takes about two minutes." in seen(browser, LIST)
    assert "Nothing is shared with you yet" in seen(browser, SHARED)
    assert "Nothing fits these filters" in seen(browser, LIST, kind="call")


def test_a_counterparts_page_lists_only_what_one_may_see(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    engagement = make.filed(maria, title="Quiet talks")
    body = engagement.counterparts.get()
    address = reverse("engagements:with_counterpart", args=[body.reference])
    assert "Quiet talks" in seen(client_for(maria), address)
    assert "Quiet talks" not in seen(client_for(tom), address)
    part = client_for(maria).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Quiet talks" in part and "<html" not in part
