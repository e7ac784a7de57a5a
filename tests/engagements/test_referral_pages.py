"""The pages and the API of referrals: found, written, sent once, answered, and absent for everybody else."""

import html
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from diplomacy.lib.templatetags.ui import day_words
from engagements import actions
from engagements.models import Engagement, Referral
from tests.api.conftest import Caller, problem
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.factories import referrals as refer
from tests.factories.accounts import make_member, make_office

pytestmark = pytest.mark.django_db

KEY = "00000000-0000-4000-8000-000000000001"
MOVES = ("take_up", "decline", "close", "correct", "plan", "withdraw")


def written(by: Member, to: Member, **fields: Any) -> dict[str, Any]:
    said = {
        "key": KEY,
        "receiver": to.office.name,
        "subject": "A trade mission that wants ports",
        "text": "Twelve people in May.",
        "topics": ["trade"],
        "contact": by.pk,
        "counterpart_name": "A port authority",
        "met-TOTAL_FORMS": 1,
        "met-INITIAL_FORMS": 0,
    }
    return said | fields


def send(browser: Client, said: dict[str, Any]) -> Any:
    return browser.post(reverse("engagements:refer"), said)


def press(browser: Client, referral: Referral, move: str, **said: Any) -> Any:
    place = reverse(f"engagements:referral_{move}", args=[referral.reference])
    return browser.post(place, {f"{move.replace('_', '-')}-{name}": value for name, value in said.items()})


def shown(browser: Client, place: str) -> str:
    answer = browser.get(place)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def page(browser: Client, referral: Referral) -> str:
    return shown(browser, referral.get_absolute_url())


# Sending ---------------------------------------------------------------------------------------------------------------


def test_from_the_form_to_an_outcome(maria: Member, tom: Member, client_for: ClientFor) -> None:
    ours, theirs = client_for(maria), client_for(tom)
    port = make.counterpart(maria, name="Port of Ensenada")
    sent = send(ours, written(maria, tom, **{"met-0-name": port.name, "met-0-reference": port.reference}))
    referral = Referral.objects.get()
    assert sent.headers["Location"] == referral.get_absolute_url()
    for browser in (ours, theirs):
        seen = page(browser, referral)
        for words in (
            "Twelve people in May.", "Port of Ensenada", "A port authority", maria.user.email, "Trade and investment"
        ):  # fmt: skip
            assert words in seen
    assert "Take it up" not in page(ours, referral)
    assert press(theirs, referral, "take_up", version=1).status_code == 302
    assert "Texas Office of Foreign Affairs took it up" in page(ours, referral)
    close = {"outcome": "contact", "text": "We sent them three names.", "version": 2}
    assert press(theirs, referral, "close", **close).status_code == 302
    assert "Contact was made" in page(ours, referral)
    assert "We sent them three names." in page(ours, referral)
    assert "Say what came of it" not in page(theirs, referral)


def test_a_form_sent_twice_sends_once_and_other_words_send_again(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    browser = client_for(maria)
    first, again = (send(browser, written(maria, tom)) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert Referral.objects.count() == 1
    send(browser, written(maria, tom, subject="Another thing"))
    met = make.counterpart(maria)
    send(browser, written(maria, tom, **{"met-0-name": met.name}))
    assert Referral.objects.count() == 3


def test_what_stands_in_the_way_is_said_at_its_field_and_nothing_typed_is_lost(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    browser = client_for(maria)
    wrong = (
        (
            {"receiver": "Ministry of Nowhere"},
            "We know no other office or desk called “Ministry of Nowhere”.",
        ),
        ({"receiver": maria.office.name}, "We know no other office or desk called"),
        ({"counterpart_name": ""}, "Say who came to you"),
        ({"met-0-name": "Nobody we know"}, "“Nobody we know” is not on the register."),
        ({"subject": ""}, "Fill this in."),
        ({"useful_by": "2001-01-01"}, "Choose today or a later day."),
        ({"contact": tom.pk}, "Choose one of the answers"),
        ({"about": "No such plan"}, "No single engagement of your office is called this."),
        ({"met-TOTAL_FORMS": "x"}, "There is a problem"),
        ({"text": "x" * 5001}, "Shorten this to 5000 characters"),
    )
    for fields, words in wrong:
        answer = send(browser, written(maria, tom, **fields))
        assert answer.status_code in {200, 400}, fields
        said = html.unescape(answer.content.decode())
        assert words in said, fields
        if "text" not in fields:
            assert "Twelve people in May." in said
    assert not Referral.objects.exists()


def test_all_that_is_missing_is_said_at_once_and_down_the_page(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    said = written(maria, tom, subject="", counterpart_name="", useful_by="2001-01-01", about="No such plan")
    answer = send(client_for(maria), said)
    assert answer.status_code == 400
    labels = [label for _, label, _ in answer.context["problems"]]
    assert labels == [
        "What is it about, in a line?", "Counterpart 1: Name", "By when is an answer useful?", "Engagement of ours"
    ]  # fmt: skip
    summary = html.unescape(answer.content.decode())
    assert "What is it about, in a line? Fill this in." in summary


def test_another_row_without_script_sends_nothing(maria: Member, tom: Member, client_for: ClientFor) -> None:
    said = send(client_for(maria), written(maria, tom, **{"met-more": "1"})).content.decode()
    assert 'name="met-1-name"' in said
    assert "There is a problem" not in said
    assert not Referral.objects.exists()


def test_the_form_begins_with_the_engagement_it_comes_from(
    maria: Member, lee: Member, tom: Member, client_for: ClientFor
) -> None:
    browser, place = client_for(maria), reverse("engagements:refer")
    filed = make.filed(maria)
    begun = shown(browser, f"{place}?engagement={filed.reference}")
    assert filed.title in begun
    assert "Government of Baja California" in begun
    hidden = make.filed(tom, title="A plan of Texas")
    restricted = actions.share(make.filed(lee, title="Kept"), by=lee, visibility="restricted")
    for other in (hidden, restricted):
        assert other.title not in shown(browser, f"{place}?engagement={other.reference}")
    begun = shown(client_for(lee), f"{place}?engagement={restricted.reference}")
    assert "Kept" in begun
    assert "Government of Baja California" not in begun
    send(browser, written(maria, tom, about=filed.title, about_reference=filed.reference))
    referral = Referral.objects.get()
    assert filed.title in page(browser, referral)
    assert filed.title not in page(client_for(tom), referral)
    assert referral.subject in shown(browser, filed.get_absolute_url())
    assert "Refer something of this" in shown(browser, filed.get_absolute_url())


def test_lookups_find_other_offices_and_one_s_own_engagements(
    maria: Member, lee: Member, tom: Member, oversight: Any, liaison: Member, client_for: ClientFor
) -> None:
    mine, theirs = make.filed(maria, title="Water plan"), make.filed(tom, title="Water of Texas")
    restricted = actions.share(make.filed(lee, title="Water kept"), by=lee, visibility="restricted")
    browser = client_for(maria)

    def found(name: str, text: str) -> set[str]:
        rows = browser.get(reverse(f"engagements:{name}"), {"q": text}).json()["results"]
        return {row["name"] for row in rows}

    assert found("referral_offices", "office") == {tom.office.name}
    assert found("referral_offices", "mexico") == {liaison.office.name}
    assert found("referral_offices", "") == set()
    assert found("referral_engagements", "water") == {mine.title}
    for other in (theirs, restricted):
        assert found("referral_engagements", other.reference) == set()


# Acting ----------------------------------------------------------------------------------------------------------------


def test_buttons_pressed_twice_do_their_work_once(maria: Member, tom: Member, client_for: ClientFor) -> None:
    referral, browser = refer.referred(maria, tom.office), client_for(tom)
    for _ in range(2):
        assert press(browser, referral, "take_up", version=1, key=KEY).status_code == 302
    places = {press(browser, referral, "plan", version=2, key=KEY).headers["Location"] for _ in range(2)}
    draft = Engagement.objects.get()
    assert places == {reverse("engagements:step", args=[draft.reference, "what"])}
    assert referral.subject in shown(browser, places.pop())


def test_planning_again_leads_to_what_is_planned_and_the_page_leads_there_too(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    referral, browser = refer.taken_up(maria, tom), client_for(tom)
    assert "Plan an engagement from this" in page(browser, referral)
    first = press(browser, referral, "plan", version=2, key=KEY).headers["Location"]
    seen = page(browser, referral)
    assert "Plan an engagement from this" not in seen
    draft = Engagement.objects.get()
    assert draft.get_absolute_url() in seen
    assert draft.get_absolute_url() not in page(client_for(maria), referral)
    assert referral.get_absolute_url() in shown(browser, draft.get_absolute_url())
    again = press(browser, referral, "plan", version=2, key=KEY[:-1] + "2")
    assert again.headers["Location"] == first
    assert "This is it: no second one is begun." in shown(browser, first)
    assert Engagement.objects.count() == 1


def test_the_engagement_that_is_planned_is_asked_for_and_nothing_typed_is_lost(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    referral, browser = refer.taken_up(maria, tom), client_for(tom)
    press(browser, referral, "plan", version=2, key=KEY)
    draft = Engagement.objects.get()
    assert f'value="{draft.reference}"' in page(browser, referral)
    said: dict[str, Any] = {"outcome": "planned", "text": "They come in May.", "version": 2}
    asked = press(browser, referral, "close", **said)
    assert asked.status_code == 400
    assert "Say which engagement is planned" in asked.content.decode()
    assert "They come in May." in asked.content.decode()
    named = said | {"about": draft.title, "about_reference": draft.reference}
    assert press(browser, referral, "close", **named).status_code == 302
    assert "What you can do" in page(browser, referral)


def test_a_correction_is_made_on_what_stands_there_and_both_read_what_it_was(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    referral, browser = refer.closed(maria, tom), client_for(tom)
    seen = page(browser, referral)
    assert "Correct what came of it" in seen
    assert "We sent them three names." in seen
    assert "Correct what came of it" not in page(client_for(maria), referral)
    right = {"outcome": "nothing", "text": "They never wrote back."}
    actions.correct_referral(referral, by=tom, outcome="passed_on", text="Houston has it.")
    late = press(browser, referral, "correct", version=3, **right)
    assert late.status_code == 409
    body = html.unescape(late.content.decode())
    assert "Somebody else changed this" in body
    assert "They never wrote back." in body
    assert 'name="correct-version" value="4"' in body
    assert press(browser, referral, "correct", version=4, **right).status_code == 302
    for one in (browser, client_for(maria)):
        now = page(one, referral)
        for words in ("They never wrote back.", "Houston has it.", "We sent them three names."):
            assert words in now
        assert "What it said before (2)" in now


def test_who_was_slower_is_told_and_keeps_what_they_wrote(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    referral, browser = refer.referred(maria, tom.office), client_for(tom)
    actions.take_up_referral(referral, by=make_member(tom.office, "lead"))
    late = press(browser, referral, "decline", reason="We have no port.", version=1)
    assert late.status_code == 409
    assert "We have no port." in late.content.decode()
    assert press(browser, referral, "decline", reason="").status_code == 409
    assert press(client_for(maria), referral, "withdraw", version=1).status_code == 409
    assert Referral.objects.get().status == "taken_up"


def test_who_reads_and_does_not_write_is_offered_nothing_and_refused(
    maria: Member, gov: Member, tom: Member, client_for: ClientFor
) -> None:
    for person in (gov, make_member(tom.office, "reader"), make_member(tom.office, "principal")):
        referral, browser = refer.referred(maria, tom.office), client_for(person)
        seen = page(browser, referral)
        assert "What you can do" not in seen
        assert "Withdraw it" not in seen
        for move in MOVES:
            assert press(browser, referral, move).status_code == 403, move
        assert browser.get(reverse("engagements:refer")).status_code == 403


def test_for_everybody_else_it_is_as_if_it_were_not_there(
    maria: Member, tom: Member, ana: Member, other_liaison: Member, briefer: Member, auditor: Member,
    client_for: ClientFor,
) -> None:  # fmt: skip
    referral = refer.referred(maria, tom.office)
    for person in (ana, other_liaison, briefer, auditor):
        browser = client_for(person)
        for name, method in [("referral", "get"), *((f"referral_{move}", "post") for move in MOVES)]:
            there, nowhere = (
                getattr(browser, method)(reverse(f"engagements:{name}", args=[reference]))
                for reference in (referral.reference, "RF-AAAAAAAA")
            )
            assert there.status_code == nowhere.status_code == 404, (person, name)
            assert stripped(there) == stripped(nowhere)
        for place in ("referrals", "referrals_sent"):
            assert referral.reference not in browser.get(reverse(f"engagements:{place}")).content.decode()
        met = referral.counterparts.get()
        assert "No referral about this counterpart" in shown(
            browser, reverse("engagements:referrals_with", args=[met.reference])
        )


def stripped(answer: Any) -> bytes:
    """Without the token against forged requests, which is another on each page."""
    body: bytes = answer.content
    return b"".join(line for line in body.splitlines() if b"csrf" not in line)


def test_the_link_to_a_planned_engagement_shows_to_the_sender_only_once_they_may_read_it(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    referral, plan = refer.taken_up(maria, tom), make.filed(tom, title="The tour of ports")
    said = {"outcome": "planned", "text": "In May.", "about": plan.title, "version": 2}
    assert press(client_for(tom), referral, "close", **said).status_code == 302
    assert plan.title in page(client_for(tom), referral)
    assert plan.title not in page(client_for(maria), referral)
    actions.share(Engagement.objects.get(pk=plan.pk), by=tom, visibility="shared", offices=[maria.office])
    assert plan.title in page(client_for(maria), referral)


def test_a_desk_closes_without_naming_an_engagement(
    maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    referral, desk = refer.taken_up(maria, liaison), client_for(liaison)
    seen = page(desk, referral)
    assert "The engagement that is planned" not in seen
    assert "Plan an engagement from this" not in seen
    plan = make.filed(maria, title="Ours")
    said = {"outcome": "planned", "text": "They come in May.", "about": plan.title, "version": 2}
    assert press(desk, referral, "close", **said).status_code == 302
    assert "Ours" not in page(desk, referral)


# Lists -----------------------------------------------------------------------------------------------------------------


def test_lists_show_what_waits_first_and_filter_by_state(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    browser = client_for(tom)
    refer.closed(maria, tom, subject="Closed one")
    refer.taken_up(maria, tom, subject="Taken one")
    refer.referred(maria, tom.office, subject="Some day")
    refer.referred(maria, tom.office, subject="Soon", useful_by=make.in_days(3))
    refer.referred(tom, maria.office, subject="Sent by Texas")
    here = reverse("engagements:referrals")
    order = [shown(browser, here).index(words) for words in ("Soon", "Some day", "Taken one", "Closed one")]
    assert order == sorted(order)
    assert "Sent by Texas" not in shown(browser, here)
    assert "Sent by Texas" in shown(browser, reverse("engagements:referrals_sent"))
    owed = shown(browser, f"{here}?state=open")
    assert "Taken one" in owed
    assert "Closed one" not in owed
    assert "No referral matches" in shown(browser, f"{here}?state=withdrawn")
    assert "Some day" in shown(browser, f"{here}?state=no-such")
    led = browser.post(reverse("search"), {"to": here, "state": "closed"})
    assert led.headers["Location"] == f"{here}?state=closed"


def test_lists_go_on_page_after_page_and_hold_each_once(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    browser, here = client_for(tom), reverse("engagements:referrals")
    met = make.counterpart(maria)
    made = [
        *(
            refer.referred(maria, tom.office, counterparts=[met], useful_by=make.in_days(9 - number % 3))
            for number in range(12)
        ),
        *(refer.referred(maria, tom.office, counterparts=[met]) for _ in range(12)),
        *(refer.taken_up(maria, tom, counterparts=[met]) for _ in range(12)),
        *(refer.declined(maria, tom, counterparts=[met]) for _ in range(20)),
    ]
    Referral.objects.filter(pk__in=[one.pk for one in made[-9:]]).update(status_since=timezone.now())

    def walked(place: str, way: str, begin: str = "") -> tuple[list[str], list[str]]:
        """References in the order in which they are met, and the cursors that led there."""
        found, cursors, cursor = [], [], begin
        while True:
            page = browser.get(place, {way: cursor} if cursor else {}).context["page"]
            rows = [row.reference for row in page.rows]
            found += rows if way == "after" else rows[::-1]
            cursors.append(cursor)
            cursor = page.next if way == "after" else page.previous
            if not cursor:
                return found, cursors

    whole = [one.reference for one in Referral.objects.what_waits_first()]
    for place in (here, reverse("engagements:referrals_with", args=[met.reference])):
        forward, cursors = walked(place, "after")
        assert forward == whole
        assert len(cursors) == 3
        last = browser.get(place, {"after": cursors[-1]}).context["page"]
        back, _ = walked(place, "before", last.previous)
        assert back[::-1] == whole[:50]
    assert "Next" in shown(browser, here)
    second = shown(browser, f"{here}?state=sent")
    assert "Next" not in second
    part = browser.get(
        reverse("engagements:referrals_with", args=[met.reference]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "All referrals about" in part
    assert "Next" not in part


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%00",
        "W10",
        "WzEsMl0",
        "WzAsIjIwMjYtMDEtMDEiLCIyMDI2LTAxLTAxIiw1XQ",
        "A" * 5000,
        "W251bGwsbnVsbCxudWxsLG51bGxd",
    ],
)
def test_a_place_that_does_not_read_opens_the_first_page(
    cursor: str, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    refer.referred(maria, tom.office, subject="The first of them")
    for way in ("after", "before"):
        place = f"{reverse('engagements:referrals')}?{way}={cursor}"
        assert "The first of them" in shown(client_for(tom), place)


def test_lists_take_as_many_statements_for_one_as_for_many(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    browser = client_for(tom)
    met = make.counterpart(maria)
    places = (
        reverse("engagements:referrals"), reverse("engagements:referrals_with", args=[met.reference])
    )  # fmt: skip
    counts: list[list[int]] = []
    for _ in range(2):
        refer.referred(maria, tom.office, counterparts=[met])
        counts.append([])
        for place in places:
            browser.get(place)
            with CaptureQueriesContext(connection) as queries:
                browser.get(place)
            counts[-1].append(len(queries))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15


def test_one_acts_for_one_office_and_lists_are_that_office_s(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    elsewhere = make_member(make_office(), "staff", user=tom.user)
    refer.referred(maria, tom.office, subject="For Texas")
    here = reverse("engagements:referrals")
    assert "For Texas" in shown(client_for(tom), here)
    assert "For Texas" not in shown(client_for(elsewhere), here)
    referral = Referral.objects.get()
    assert press(client_for(elsewhere), referral, "take_up", version=1).status_code == 403


def test_home_says_what_waits_and_what_came_of_it(
    maria: Member, tom: Member, liaison: Member, gov: Member, client_for: ClientFor
) -> None:
    referral, asked = (
        refer.referred(maria, tom.office, useful_by=make.in_days(3)),
        refer.referred(maria, liaison.office, subject="Water"),
    )
    assert "Referred to you" in shown(client_for(tom), "/")
    assert f"useful by {day_words(make.in_days(3))}" in shown(client_for(tom), "/")
    assert "Water" in shown(client_for(liaison), "/")
    assert "What came of what you referred" not in shown(client_for(maria), "/")
    actions.take_up_referral(referral, by=tom)
    actions.decline_referral(asked, by=liaison, reason="Not ours.")
    assert "What came of what you referred" in shown(client_for(maria), "/")
    assert "Referred to you" in shown(client_for(tom), "/")
    assert "Referred to you" not in shown(client_for(liaison), "/")
    actions.close_referral(referral, by=tom, outcome="nothing", text="They did not answer.")
    assert "Referred to you" not in shown(client_for(tom), "/")
    assert "Nothing came of it" in shown(client_for(maria), "/")
    assert referral.subject not in shown(client_for(gov), "/")


def test_the_counterpart_s_page_loads_its_referrals(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    referral = refer.referred(maria, tom.office)
    met = referral.counterparts.get()
    place = reverse("engagements:referrals_with", args=[met.reference])
    assert place in shown(client_for(tom), met.get_absolute_url())
    part = client_for(tom).get(place, headers={"HX-Request": "true"}).content.decode()
    assert referral.reference in part
    assert "<html" not in part


def test_hostile_words_are_shown_as_words(maria: Member, tom: Member, client_for: ClientFor) -> None:
    evil = "<script>alert(1)</script>{{ 7*7 }}"
    fields = {"subject": evil, "text": evil, "counterpart_name": evil}
    referral = refer.taken_up(maria, tom, **fields)
    actions.close_referral(referral, by=tom, outcome="nothing", text=evil)
    browser = client_for(maria)
    for place in (referral.get_absolute_url(), reverse("engagements:referrals_sent"), "/"):
        body = browser.get(place).content.decode()
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert(1)" in body


# Programs --------------------------------------------------------------------------------------------------------------


def test_all_of_it_over_the_api(maria: Member, tom: Member, ana: Member, client_for: ClientFor) -> None:
    ours, theirs, others = (Caller(client_for(one)) for one in (maria, tom, ana))
    met, filed = make.counterpart(maria), make.filed(maria)
    said = {
        "receiver": tom.office.reference,
        "subject": "Ports",
        "text": "Twelve people.",
        "counterparts": [met.reference],
        "engagement": filed.reference,
        "contact": maria.user.email,
    }
    sent = [ours.post("referrals/", said, Idempotency_Key="a") for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 200]
    made = sent[0].json()
    here = f"referrals/{made['reference']}/"
    assert (made["status"], made["came_from"], made["allowed_moves"]) == (
        "sent",
        filed.reference,
        ["withdraw"],
    )
    read = theirs.get(here).json()
    assert (read["came_from"], read["allowed_moves"]) == ("", ["take_up", "decline"])
    assert read["contact"]["name"] == "Maria Lopez"
    problem(others.get(here), 404)
    problem(others.post(f"{here}take-up/"), 404)
    problem(ours.post(f"{here}take-up/"), 403)
    problem(theirs.post(f"{here}close/", {"outcome": "contact", "text": "x"}), 409)
    problem(theirs.post(f"{here}take-up/", {}, If_Match='"9"'), 412)
    assert theirs.post(f"{here}take-up/", {}, If_Match='"1"').json()["status"] == "taken_up"
    planned = [theirs.post(f"{here}plan/", {}, Idempotency_Key="b") for _ in range(2)]
    assert [answer.status_code for answer in planned] == [201, 200]
    plan = planned[0].json()["reference"]
    problem(
        theirs.post(f"{here}close/", {"outcome": "planned", "text": "May.", "engagement": filed.reference}),
        400,
    )
    closed = theirs.post(f"{here}close/", {"outcome": "planned", "text": "May.", "engagement": plan}).json()
    assert (closed["status"], closed["led_to"], closed["earlier"]) == ("closed", [plan], [])
    assert ours.get(here).json()["led_to"] == []
    right = {"outcome": "contact", "text": "They come in June, perhaps."}
    problem(ours.post(f"{here}correct/", right), 403)
    problem(others.post(f"{here}correct/", right), 404)
    problem(theirs.post(f"{here}correct/", right, If_Match='"2"'), 412)
    corrected = theirs.post(f"{here}correct/", right, If_Match='"3"').json()
    assert (corrected["outcome"], corrected["led_to"]) == ("contact", [])
    assert [(one["outcome"], one["text"]) for one in ours.get(here).json()["earlier"]] == [
        ("planned", "May.")
    ]
    kinds = [line["kind"] for line in ours.get(f"{here}timeline/").json()["results"]]
    assert kinds == [
        "engagements.referral_corrected",
        "engagements.referral_closed",
        "engagements.referral_taken_up",
        "engagements.referred",
    ]


def test_lists_over_the_api_hold_what_one_may_see(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    ours, theirs, desk = (Caller(client_for(one)) for one in (maria, tom, liaison))
    to_texas, to_desk = refer.referred(maria, tom.office), refer.declined(maria, liaison)

    def found(caller: Caller, query: str = "") -> list[str]:
        return [row["reference"] for row in caller.get(f"referrals/{query}").json()["results"]]

    assert found(ours) == [to_desk.reference, to_texas.reference]
    assert found(theirs) == [to_texas.reference]
    assert found(desk, "?box=received&status=declined") == [to_desk.reference]
    assert found(desk, "?box=sent") == []
    met = to_texas.counterparts.get().reference
    assert found(ours, f"?box=sent&counterpart={met}&status=sent") == [to_texas.reference]
    problem(ours.get("referrals/?box=secret"), 400)


def test_a_withdrawn_one_is_said_to_be_over_the_api(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    referral = refer.referred(maria, tom.office)
    ours, theirs = Caller(client_for(maria)), Caller(client_for(tom))
    here = f"referrals/{referral.reference}/"
    assert ours.post(f"{here}withdraw/").json()["status"] == "withdrawn"
    problem(theirs.post(f"{here}take-up/"), 409)
    assert theirs.get(here).json()["text"] == referral.text
