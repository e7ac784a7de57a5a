"""The room of coordinators: where and when plans cross, what waits for them, and nothing that they may not read."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member
from counterparts.models import Counterpart
from diplomacy.lib import atlas
from engagements import actions, clock, coordination
from engagements.models import Coverage, Engagement, Overlap
from tests.api.conftest import Caller
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.factories import overlaps as cross
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db
WEEKS, CALENDAR, MAP = (
    f"engagements:{name}" for name in ("crossings", "crossings_calendar", "crossings_map")
)


def told(browser: Client, name: str, query: str = "") -> str:
    answer = browser.get(reverse(name) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def in_mexico() -> Counterpart:
    return make.counterpart(make_member(), name="Secretariat", country="MX", subdivision="MX-BCN")


def cell(page: str, country: str) -> list[tuple[str, str]]:
    """(heading, number) of what the table of weeks says of a country."""
    (row,) = [row for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL) if f">{country}</a></th>" in row]
    found = re.findall(r'data-label="([^"]+)">(?:<a[^>]*>(\d+))?', row)
    return [(label, number) for label, number in found if number]


def test_a_plan_crosses_on_the_later_first_day_and_where_both_go(maria: Member, tom: Member) -> None:
    row = cross.crossing(maria, tom).overlap
    assert row.crosses_on == make.in_days(33)
    assert row.countries == ["JP"]


def test_it_follows_the_plans_when_they_move(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom)
    day = make.in_days(35)
    actions.amend(
        here.ours,
        cross.plan(here.ours.counterparts.get(), starts_on=day, ends_on=day),
        by=maria,
        version=here.ours.version,
    )
    assert Overlap.objects.get(pk=here.overlap.pk).crosses_on == day


def test_it_follows_a_counterpart_that_moves_to_another_country(maria: Member, tom: Member) -> None:
    met = in_mexico()
    ours = cross.filed(maria, met)
    here = cross.of(ours, cross.filed(tom, met))
    assert here.overlap.countries == ["JP", "MX"], "both also stop in Japan"
    Counterpart.objects.filter(pk=met.pk).update(country="GT", subdivision="")
    actions.recompute_overlaps(met)
    assert Overlap.objects.get(pk=here.overlap.pk).countries == ["GT", "JP"]


def test_plans_that_touch_no_country_abroad_are_not_lost(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    met = make.counterpart(make_member(), name="Commission", kind="international", country="", subdivision="")
    stops = [{"city": "Sacramento", "country": "US", "subdivision": "US-CA"}]
    ours, theirs = (
        actions.file(actions.draft(replace(cross.plan(met), stops=stops), by=by), by=by)
        for by in (maria, tom)
    )
    row = cross.of(ours, theirs).overlap
    assert row.countries == ["ZZ"]
    desk = client_for(liaison)
    assert cell(told(desk, WEEKS), "No country abroad")
    assert row.reference in told(desk, WEEKS, "?country=ZZ")
    assert "No country abroad" in told(desk, MAP)


def test_the_table_says_how_many_cross_in_a_country_and_week_and_leads_to_them(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    here, desk = cross.crossing(maria, tom), client_for(liaison)
    cross.crossing(maria, tom, our={"starts_on": make.in_days(40), "ends_on": make.in_days(40)})
    page = told(desk, WEEKS)
    week = coordination.monday(make.in_days(33))
    assert here.overlap.reference in page
    numbers = dict(cell(page, "Japan"))
    assert numbers[coordination.Week(week).label] >= "1"
    link = f"country=JP&amp;week={coordination.week_name(week)}"
    assert link in page
    assert here.overlap.reference in told(desk, WEEKS, f"?{link.replace('&amp;', '&')}")
    assert here.overlap.reference not in told(desk, WEEKS, "?country=MX")
    assert here.overlap.reference not in told(
        desk, WEEKS, f"?week={coordination.week_name(week - timedelta(21))}"
    )


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("?touch=1", True),
        ("?touch=3", False),
        ("?mutual=no", True),
        ("?mutual=yes", False),
        ("?waits=yes", False),
        ("?waits=no", True),
        ("?scope=all", True),
    ],
)
def test_each_filter_narrows_list_table_calendar_and_map_alike(
    query: str, is_there: bool, maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    here, desk = cross.crossing(maria, tom), client_for(liaison)
    month = f"&month={make.in_days(33):%Y-%m}"
    assert (here.overlap.reference in told(desk, WEEKS, query)) is is_there
    assert (here.overlap.get_absolute_url() in told(desk, CALENDAR, query + month)) is is_there
    assert ("#JP" in told(desk, MAP, query)) is is_there


def test_days_narrow_too(maria: Member, tom: Member, liaison: Member, client_for: ClientFor) -> None:
    here, desk = cross.crossing(maria, tom), client_for(liaison)
    day, next_day = make.in_days(33), make.in_days(34)
    assert here.overlap.reference in told(desk, WEEKS, f"?since={day}&until={day}")
    assert here.overlap.reference not in told(desk, WEEKS, f"?since={next_day}")
    assert "This day is before the first one." in told(desk, WEEKS, f"?since={next_day}&until={day}")


def test_a_question_that_waits_stands_first_until_it_is_answered(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    here, desk = cross.crossing(maria, tom), client_for(liaison)
    asked = actions.ask_coordinator(here.our_side, by=maria, text="Who are <they>?")
    page = told(desk, WEEKS)
    assert page.index("Who are &lt;they&gt;?") < page.index('class="table')
    assert "Waits for you" in page
    assert here.overlap.reference in told(desk, WEEKS, "?waits=yes")
    actions.answer_office(asked, by=liaison, text="We cannot say.")
    assert "Offices wait for your answer" not in told(desk, WEEKS)
    assert here.overlap.reference not in told(desk, WEEKS, "?waits=yes")


def test_home_says_how_many_questions_wait(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    desk, words = client_for(liaison), r'crossing plans</span><span class="stat__number">(\d+)'

    def number() -> str:
        return str(re.findall(words, desk.get("/").content.decode())[0])

    assert number() == "0"
    actions.ask_coordinator(cross.crossing(maria, tom).our_side, by=maria, text="Who are they?")
    assert number() == "1"


def test_a_desk_begins_with_what_it_covers_and_one_link_shows_all(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    here, desk = cross.crossing(maria, tom), client_for(liaison)
    Coverage.objects.create(desk=liaison.office, country="MX")
    page = told(desk, WEEKS)
    assert here.overlap.reference not in page and "covers: Mexico" in page
    assert "scope=all" in page
    assert here.overlap.reference in told(desk, WEEKS, "?scope=all")
    assert here.overlap.reference in told(desk, WEEKS, "?country=JP"), "a country that is asked for is shown"
    Coverage.objects.create(desk=liaison.office, topic="water")
    assert here.overlap.reference in told(desk, WEEKS), "a topic may be anywhere"


def test_the_calendar_names_the_day_and_leads_to_the_months_beside_it(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    here, desk = cross.crossing(maria, tom), client_for(liaison)
    day = make.in_days(33)
    page = told(desk, CALENDAR, f"?month={day:%Y-%m}")
    place = page.index(f'datetime="{day}"')
    assert here.overlap.get_absolute_url() in page[place : place + 900]
    assert f"month={coordination.next_month(day):%Y-%m}" in page
    assert "Nothing begins to cross" in told(desk, CALENDAR, "?month=2031-01")


def heading(page: str) -> str:
    return re.search(r'<h2 id="month">([^<]*)', page)[1]  # type: ignore[index]


def month_of(day: date) -> str:
    return f"{day:%B %Y}"


def test_the_calendar_opens_where_something_waits(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    desk, today = client_for(liaison), clock.today()
    assert heading(told(desk, CALENDAR)) == month_of(today)
    assert "next month in which" not in told(desk, CALENDAR)
    far, farther = make.in_days(100), make.in_days(200)
    for day in (farther, far):
        cross.crossing(maria, tom, starts_on=day, ends_on=day, our={"starts_on": day, "ends_on": day})
    page = told(desk, CALENDAR)
    assert heading(page) == month_of(far)
    assert f"Nothing begins to cross in {month_of(today)}. This is the next month" in page
    assert heading(told(desk, CALENDAR, f"?month={today:%Y-%m}")) == month_of(today)
    Overlap.objects.filter(crosses_on=far).update(crosses_on=today)
    assert heading(told(desk, CALENDAR)) == month_of(today)
    Overlap.objects.update(crosses_on=today - timedelta(days=70))
    page = told(desk, CALENDAR)
    assert heading(page) == month_of(today - timedelta(days=70))
    assert "This is the last month" in page


def test_the_month_that_was_chosen_stays_when_a_filter_is_set_or_cleared(
    liaison: Member, client_for: ClientFor
) -> None:
    desk, chosen = client_for(liaison), "2027-05"
    page = told(desk, CALENDAR, f"?month={chosen}")
    assert f'<input type="hidden" name="month" value="{chosen}">' in page
    said = {"to": reverse(CALENDAR), "month": chosen, "country": "JP"}
    led = desk.post(reverse("search"), said).headers["Location"]
    page = desk.get(led).content.decode()
    assert heading(page) == "May 2027"
    assert f'href="{reverse(CALENDAR)}?month={chosen}">Clear filters' in page
    assert 'name="month"' not in told(desk, CALENDAR)
    assert 'name="month"' not in told(desk, CALENDAR, "?month=2027-13")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("month=2027-05&since=2027-03-04", "May 2027"),
        ("month=2027-05&since=2027-06-04", "June 2027"),
        ("month=2027-05&week=2027-W02", "January 2027"),
        ("month=2027-05&until=2027-03-04", "May 2027"),
    ],
)
def test_days_of_a_filter_lead_out_of_a_month_that_has_none_of_them(
    asked: str, shown: str, liaison: Member, client_for: ClientFor
) -> None:
    page = told(client_for(liaison), CALENDAR, f"?{asked}")
    assert heading(page) == shown
    links = re.findall(r'<a class="pages__link"[^>]*href="([^"]*)"', page)
    assert links
    assert not any(word in link for link in links for word in ("since", "until", "week"))


def test_a_full_day_says_a_few_and_how_many_more(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    met = cross.met_by_all()
    cross.filed(tom, met)
    for _ in range(5):
        cross.filed(maria, met)
    day = make.in_days(30)
    page = told(client_for(liaison), CALENDAR, f"?month={day:%Y-%m}")
    assert page.count('href="/coordination/OC-') == 3
    assert "2 more" in page and f"since={day}" in page


def test_a_restricted_or_ended_plan_is_counted_nowhere(
    maria: Member, lee: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    here, desk = cross.crossing(maria, tom), client_for(liaison)
    actions.ask_coordinator(here.our_side, by=maria, text="Who are they?")
    month = f"?month={make.in_days(33):%Y-%m}"
    before = {name: told(desk, name, month) for name in (WEEKS, CALENDAR, MAP)}
    actions.share(Engagement.objects.get(pk=here.theirs.pk), by=tom, visibility="restricted")
    for name in (WEEKS, CALENDAR, MAP):
        page = told(desk, name, month)
        assert page != before[name]
        assert here.overlap.reference not in page
        assert "Japan</a></th>" not in page and "#JP" not in page
        assert "Who are they?" not in page


def test_to_others_the_room_does_not_exist(
    maria: Member, gov: Member, briefer: Member, auditor: Member, tom: Member, client_for: ClientFor
) -> None:
    cross.crossing(maria, tom)
    for person in (maria, gov, briefer, auditor):
        browser = client_for(person)
        for name in (WEEKS, CALENDAR, MAP):
            assert browser.get(reverse(name)).status_code == 404
        for path in ("coordination/", "coordination/counts/", "coordination/counts/?by=country"):
            assert Caller(browser).get(path).json()["results"] == []


@pytest.mark.parametrize("name", [WEEKS, CALENDAR, MAP])
@pytest.mark.parametrize(
    "query",
    [
        *("?week=2026-W54", "?week=0001-W01", "?week=9999-W52", "?week=%00", "?week=２０２６-W01"),
        *("?since=0001-01-01", "?since=9999-12-31", "?until=0001-01-01", "?since=x", "?country=QQ"),
        *("?at=9999-W52", "?at=0001-W01", "?at=x", "?month=0000-00", "?month=9999-12", "?month=2026-13"),
        *("?month=1900-01", "?month=2200-12", "?at=2200-W52", "?at=1900-W01", "?touch=9", "?touch=x"),
        *("?after=x", "?before=x", "?scope=x", "?waits=%27", "?mutual=x", "?country=MX&country=JP"),
    ],
)
def test_what_cannot_be_is_never_an_error(
    name: str, query: str, liaison: Member, client_for: ClientFor
) -> None:
    told(client_for(liaison), name, query)


@pytest.mark.parametrize("name", [WEEKS, CALENDAR, MAP])
def test_one_or_many_take_as_many_statements(
    name: str, maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    desk, counts = client_for(liaison), []
    Coverage.objects.create(desk=liaison.office, country="JP")
    for _ in range(2):
        actions.ask_coordinator(cross.crossing(maria, tom).our_side, by=maria, text="Who?")
        told(desk, name)
        with CaptureQueriesContext(connection) as queries:
            told(desk, name)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


# The API ----------------------------------------------------------------------------------------------------------------


def test_the_api_counts_what_the_pages_count(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    cross.crossing(maria, tom)
    desk, day = Caller(client_for(liaison)), make.in_days(33)
    week = coordination.monday(day)

    def counted(query: str) -> Any:
        return desk.get(f"coordination/counts/{query}").json()["results"]

    assert counted("?by=country") == [{"country": "JP", "starts_on": None, "count": 1}]
    assert counted("?by=week") == [{"country": None, "starts_on": str(week), "count": 1}]
    assert counted("?by=day") == [{"country": None, "starts_on": str(day), "count": 1}]
    assert counted("") == [{"country": "JP", "starts_on": str(week), "count": 1}]
    assert (
        counted("?country=MX")
        == counted("?mutual=true")
        == counted("?touch=3")
        == counted("?waits=true")
        == []
    )
    assert counted(f"?week={coordination.week_name(day)}") != []
    assert counted(f"?week={coordination.week_name(day - timedelta(14))}") == []
    assert counted(f"?until={day - timedelta(1)}") == []


def test_the_api_lists_with_the_same_filters(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    here, desk = cross.crossing(maria, tom), Caller(client_for(liaison))
    Coverage.objects.create(desk=liaison.office, country="MX")

    def listed(query: str) -> list[str]:
        return [row["reference"] for row in desk.get(f"coordination/{query}").json()["results"]]

    week, day = coordination.week_name(make.in_days(33)), make.in_days(33)
    for query in (
        "",
        "?country=jp",
        f"?week={week}",
        f"?since={day}&until={day}",
        "?touch=1",
        "?waits=false",
    ):
        assert listed(query) == [here.overlap.reference], query
    for query in ("?country=MX", "?week=2020-W01", f"?until={day - timedelta(1)}", "?touch=2", "?waits=true"):
        assert listed(query) == [], query
    assert listed("?covered=true") == [], "the desk covers Mexico"
    Coverage.objects.create(desk=liaison.office, country="JP")
    assert listed("?covered=true") == [here.overlap.reference]
    row = desk.get("coordination/").json()["results"][0]
    assert (row["crosses_on"], row["countries"]) == (str(day), ["JP"])


@pytest.mark.parametrize(
    "query",
    [
        "?week=2026-W54",
        "?week=x",
        "?by=x",
        "?since=x",
        "?touch=9",
        "?touch=x",
        "?waits=x",
        "?covered=x",
        "?no=1",
    ],
)
def test_the_api_refuses_what_cannot_be(query: str, liaison: Member, client_for: ClientFor) -> None:
    for path in ("coordination/", "coordination/counts/"):
        assert Caller(client_for(liaison)).get(path + query).status_code == 400


# Days and weeks ---------------------------------------------------------------------------------------------------------


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    assert coordination.read_week("2026-W53") == date(2026, 12, 28)
    assert coordination.week_name(date(2027, 1, 3)) == "2026-W53"
    assert coordination.week_name(date(2027, 1, 4)) == "2027-W01"
    assert coordination.read_week("2027-W53") is None


@pytest.mark.parametrize("most", [0, 1, 2, 3, 4, 5, 7, 16, 100, 101, 12_345])
def test_the_map_has_at_most_four_shades_without_a_gap(most: int) -> None:
    steps = coordination.shades(most)
    assert len(steps) <= coordination.SHADES
    assert [number for step in steps for number in range(step.least, step.most + 1)] == list(
        range(1, most + 1)
    )


def test_the_number_of_a_small_country_stands_beside_it_and_covers_no_other() -> None:
    shown = {
        one.code: one
        for one in coordination.world([("TW", 3), ("IL", 12), ("LB", 7), ("MX", 5), ("FJ", 2)]).countries
    }
    assert [shown[code].leans for code in ("TW", "IL", "MX", "FJ")] == [1, 1, 0, -1]
    for one in shown.values():
        left, right, _ = one.number(coordination.LARGE)
        assert one.place
        assert 0 < left < right < atlas.WIDTH
        if one.leans:
            assert not left < one.place.x < right, one.code
    drawn = coordination.legible(shown.values(), coordination.SMALL)
    assert [one.code for one in drawn] == ["TW", "IL", "MX", "FJ"], "Lebanon is too near"


def test_the_form_of_filters_leads_back_to_the_page_it_stands_on(
    liaison: Member, client_for: ClientFor
) -> None:
    desk = client_for(liaison)
    for name in (WEEKS, CALENDAR, MAP):
        said = {"to": reverse(name), "country": "MX", "week": "2027-W05", "touch": "", "scope": "all"}
        answer = desk.post(reverse("search"), said)
        assert answer["Location"] == f"{reverse(name)}?country=MX&week=2027-W05&scope=all"
        page = told(desk, name, answer["Location"].removeprefix(reverse(name)))
        assert '<option value="MX" selected>' in page and 'value="2027-W05"' in page


def test_what_one_desk_looks_at_is_no_other_desk_s_form(
    liaison: Member, other_liaison: Member, client_for: ClientFor
) -> None:
    """Empty filters are drawn once for everybody; whether all countries are shown is not everybody's."""
    for member in (liaison, other_liaison):
        Coverage.objects.create(desk=member.office, country="JP")
    assert '<option value="all" selected>' in told(client_for(liaison), WEEKS, "?scope=all")
    assert '<option value="all" selected>' not in told(client_for(other_liaison), WEEKS)


def test_pages_of_the_list_hold_each_once(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    met, desk = cross.met_by_all(), Caller(client_for(liaison))
    cross.filed(tom, met)
    for _ in range(5):
        cross.filed(maria, met)
    found, path = list[str](), "coordination/?limit=2"
    while path:
        page = desk.get(path).json()
        found += [row["reference"] for row in page["results"]]
        path = (page["next"] or "").partition("/api/v1/")[2]
    assert sorted(found) == sorted(Overlap.objects.values_list("reference", flat=True))
    assert len(found) == 5


def test_what_people_wrote_is_text_in_every_view(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    nasty = '"><script>alert(1)</script>'
    maria.office.short_name = nasty
    maria.office.save()
    here = cross.crossing(maria, tom, our={"title": nasty})
    actions.ask_coordinator(here.our_side, by=maria, text=nasty)
    desk, month = client_for(liaison), f"?month={make.in_days(33):%Y-%m}"
    for name in (WEEKS, CALENDAR, MAP):
        assert "<script>alert" not in told(desk, name, month)
    assert "&lt;script&gt;alert" in told(desk, WEEKS)
