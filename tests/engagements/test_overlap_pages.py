"""The pages of crossing plans: what is offered, what comes of it, and a form sent twice."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member
from diplomacy.lib import cursors
from engagements import actions
from engagements.models import CoordinatorQuestion, Coverage, Engagement, OverlapMessage, OverlapSide
from tests.api.conftest import Caller
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.factories import overlaps as cross
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db


def press(browser: Client, side: OverlapSide, move: str, **said: Any) -> Any:
    return browser.post(reverse(f"engagements:overlap_{move}", args=[side.reference]), said)


def shown(browser: Client, side: OverlapSide) -> str:
    answer = browser.get(side.get_absolute_url())
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_from_a_signal_to_a_thread(maria: Member, tom: Member, client_for: ClientFor) -> None:
    here, ours, theirs = cross.crossing(maria, tom), client_for(maria), client_for(tom)
    assert "Ask to be introduced" in shown(ours, here.our_side)
    assert press(ours, here.our_side, "ask").status_code == 302
    assert "You asked to be introduced" in shown(ours, here.our_side)
    assert "The other office asks to be introduced" in shown(theirs, here.their_side)
    assert press(theirs, here.their_side, "introduce").status_code == 302
    assert tom.office.name in shown(ours, here.our_side)
    key = "00000000-0000-4000-8000-000000000001"
    for _ in range(2):
        sent = press(ours, here.our_side, "write", **{"message-text": "Shall we speak?", "message-key": key})
        assert sent.status_code == 302
    assert OverlapMessage.objects.count() == 1
    assert "Shall we speak?" in shown(theirs, here.their_side)
    assert press(theirs, here.their_side, "withdraw").status_code == 302
    assert tom.office.name not in shown(ours, here.our_side).replace(
        "Texas Office of Foreign Affairs wrote", ""
    )
    assert "Shall we speak?" not in shown(ours, here.our_side)


def test_what_taking_an_introduction_back_ends_is_said_before(
    maria: Member, gov: Member, tom: Member, client_for: ClientFor
) -> None:
    here, browser = cross.crossing(maria, tom), client_for(tom)
    place = reverse("engagements:overlap_withdraw", args=[here.their_side.reference])
    assert place not in shown(browser, here.their_side)
    assert browser.get(place).status_code == 409
    actions.introduce(here.their_side, by=tom)
    alone = browser.get(place).content.decode()
    assert "no longer sees who you are" in alone
    assert "agreed" not in alone
    assert "wrote to each other" not in alone
    actions.withdraw_introduction(here.their_side, by=tom)
    actions.ask_introduction(here.our_side, by=maria)
    actions.introduce(here.their_side, by=tom)
    actions.write_to_other(here.again().our_side, by=maria, text="Shall we speak?")
    asked = browser.get(place)
    assert asked.status_code == 200
    said = asked.content.decode()
    assert "What you agreed on ends for both" in said
    assert "closed to both of you until you know each other again" in said
    assert maria.office.name not in said
    assert OverlapSide.objects.get(pk=here.their_side.pk).introduced_at, "a question changes nothing"
    assert client_for(maria).get(place).status_code == 404
    assert browser.post(place).status_code == 302
    again = browser.post(place)
    assert again.status_code == 409
    assert "Nothing is left to take back" in again.content.decode()
    assert "no longer lets you know who it is" in shown(client_for(maria), here.our_side)


def test_a_notice_says_which_plan_and_as_much_of_the_other_as_its_reader_may_know(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    here, browser, place = cross.crossing(maria, tom), client_for(maria), reverse("activity:notices")
    page = browser.get(place).content.decode()
    assert "Another office and your plan “Our own title”" in page
    assert here.our_side.reference not in page
    for secret in ("Their own title", tom.office.name):
        assert secret not in page
    titles = [line["title"] for line in Caller(browser).get("notices/").json()["results"]]
    assert titles == ["Another office and your plan “Our own title”"]
    actions.introduce(here.their_side, by=tom)
    assert f"{tom.office.name} and your plan “Our own title”" in browser.get(place).content.decode()
    assert "Their own title" not in browser.get(place).content.decode()
    actions.withdraw_introduction(here.their_side, by=tom)
    assert tom.office.name not in browser.get(place).content.decode()
    Coverage.objects.create(desk=liaison.office, country="JP")
    actions.ask_coordinator(here.again().our_side, by=maria, text="Who are they?")
    told = client_for(liaison).get(place).content.decode()
    assert f"{maria.office} and {tom.office}" in told


def test_notices_take_as_many_statements_for_one_crossing_plan_as_for_many(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    browser, place, counts = client_for(maria), reverse("activity:notices"), []
    for _ in range(2):
        cross.crossing(maria, tom)
        browser.get(place)
        with CaptureQueriesContext(connection) as queries:
            browser.get(place)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_stale_button_is_refused_in_words(maria: Member, tom: Member, client_for: ClientFor) -> None:
    here, browser = cross.crossing(maria, tom), client_for(maria)
    press(browser, here.our_side, "ask")
    again = press(browser, here.our_side, "ask")
    assert again.status_code == 409
    assert "You have asked already" in again.content.decode()
    assert press(browser, here.our_side, "write", **{"message-text": "Hello"}).status_code == 409


def test_setting_aside_needs_a_reason_and_moves_it_to_another_tab(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    here, browser = cross.crossing(maria, tom), client_for(maria)
    assert here.our_side.reference in browser.get(reverse("engagements:overlaps")).content.decode()
    assert press(browser, here.our_side, "set_aside", **{"aside-reason": ""}).status_code == 400
    assert press(browser, here.our_side, "set_aside", **{"aside-reason": "Others."}).status_code == 302
    assert here.our_side.reference not in browser.get(reverse("engagements:overlaps")).content.decode()
    assert (
        here.our_side.reference
        in browser.get(f"{reverse('engagements:overlaps')}?tab=aside").content.decode()
    )


def test_home_says_what_waits_until_somebody_answered(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    here, browser = cross.crossing(maria, tom), client_for(maria)
    words = "Plans that may cross yours"
    assert words in browser.get("/").content.decode()
    press(browser, here.our_side, "ask")
    assert words not in browser.get("/").content.decode()
    actions.introduce(OverlapSide.objects.get(pk=here.their_side.pk), by=tom)
    assert words in browser.get("/").content.decode()


def test_a_coordinator_answers_on_the_page_of_both(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    here = cross.crossing(maria, tom, "blind", "signal")
    press(client_for(maria), here.our_side, "coordinator", **{"coordinator-text": "Who are they?"})
    question = CoordinatorQuestion.objects.get()
    desk = client_for(liaison)
    assert "Who are they?" in desk.get(here.overlap.get_absolute_url()).content.decode()
    where = reverse("engagements:coordination_answer", args=[here.overlap.reference, question.reference])
    assert desk.post(where, {f"answer-{question.reference}-text": ""}).status_code == 400
    assert desk.post(where, {f"answer-{question.reference}-text": "We cannot say."}).status_code == 302
    late = desk.post(where, {f"answer-{question.reference}-text": "Again, and longer."})
    assert late.status_code == 409
    assert "answered already" in late.content.decode()
    assert "Again, and longer.</textarea>" in late.content.decode()
    assert "Again" not in desk.get(here.overlap.get_absolute_url()).content.decode()
    assert "We cannot say." in shown(client_for(maria), here.our_side)


def test_an_answer_that_waits_because_the_other_plan_turned_blind_is_not_lost(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    here, desk = cross.crossing(maria, tom), client_for(liaison)
    question = actions.ask_coordinator(here.our_side, by=maria, text="Who are they?")
    where = reverse("engagements:coordination_answer", args=[here.overlap.reference, question.reference])
    actions.share(here.theirs, by=tom, visibility="federal", coordination="blind")
    said = {f"answer-{question.reference}-text": "Wait until they have spoken."}
    waits = desk.post(where, said)
    assert waits.status_code == 409
    page = waits.content.decode()
    assert "does not see these plans now" in page
    assert "Wait until they have spoken.</textarea>" in page
    assert page.count("<textarea") == 1
    assert not CoordinatorQuestion.objects.get().answered_at
    actions.share(here.again().theirs, by=tom, visibility="federal", coordination="signal")
    assert desk.post(where, said).status_code == 302
    assert CoordinatorQuestion.objects.get().answer == "Wait until they have spoken."


def test_a_reader_of_the_office_sees_and_may_not(
    maria: Member, gov: Member, tom: Member, client_for: ClientFor
) -> None:
    here, browser = cross.crossing(maria, tom), client_for(gov)
    assert "Ask to be introduced" not in shown(browser, here.our_side)
    for move in ("ask", "introduce", "set_aside", "write", "coordinator"):
        assert press(browser, here.our_side, move).status_code == 403, move


def test_the_list_takes_as_many_statements_for_one_as_for_many(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    browser = client_for(maria)
    counts = []
    for _ in range(2):
        cross.crossing(maria, tom)
        browser.get(reverse("engagements:overlaps"))
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("engagements:overlaps"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def crossed(maria: Member, tom: Member, ours: int, theirs: int) -> list[str]:
    """Each plan of the one office crosses each of the other: the first office's halves in the order of its list."""
    met = cross.met_by_all()
    for number in range(theirs):
        cross.filed(tom, met, starts_on=make.in_days(33), ends_on=make.in_days(34 + number))
    for number in range(ours):
        cross.filed(maria, met, starts_on=make.in_days(34 - number), ends_on=make.in_days(35))
    found = OverlapSide.objects.of_office(maria.office).select_related("engagement")
    return [row.reference for row in sorted(found, key=lambda row: (row.engagement.starts_on, row.reference))]


def test_the_list_goes_on_page_after_page_and_says_how_many_there_are(
    maria: Member, tom: Member, ana: Member, client_for: ClientFor
) -> None:
    cross.crossing(ana, tom)  # of which she sees as much as crosses her own
    whole, browser, here = crossed(maria, tom, 3, 20), client_for(maria), reverse("engagements:overlaps")
    assert len(whole) == 63

    def walked(way: str, cursor: str = "") -> tuple[list[str], list[str]]:
        """References as they are met, and the cursors that led there."""
        found, cursors = [], []
        while True:
            answer = browser.get(here, {way: cursor} if cursor else {})
            assert "Open (63)" in answer.content.decode()
            page, rows = answer.context["page"], [row.reference for row in answer.context["page"]]
            found += rows if way == "after" else rows[::-1]
            cursors.append(cursor)
            cursor = page.next if way == "after" else page.previous
            if not cursor:
                return found, cursors

    forward, cursors = walked("after")
    assert forward == whole
    assert len(cursors) == 3
    last = browser.get(here, {"after": cursors[-1]}).context["page"]
    assert walked("before", last.previous)[0][::-1] == whole[:50]

    api, found = Caller(browser), []
    answer = api.get("overlaps/?limit=25").json()
    while answer["next"]:
        found += answer["results"]
        answer = browser.get(answer["next"]).json()
    assert [row["reference"] for row in found + answer["results"]] == whole
    counts = api.get("overlaps/counts/").json()["results"]
    assert {row["state"]: row["count"] for row in counts} == {"open": 63, "set_aside": 0, "ended": 0}


@pytest.mark.parametrize(
    "place", [["x", "OV-1"], [1, "OV-1"], [None, None], ["2027-01-01", 7], ["2027-01-01"], {}, "9" * 400]
)
def test_the_api_refuses_a_place_that_was_made_up(
    place: Any, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    cross.crossing(maria, tom)
    answer = Caller(client_for(maria)).get(f"overlaps/?cursor={cursors.write(place)}")
    assert answer.status_code in {200, 400}


def test_what_is_set_aside_on_the_last_page_leaves_a_way_back_to_the_first(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    whole, browser, here = crossed(maria, tom, 2, 13), client_for(maria), reverse("engagements:overlaps")
    cursor = browser.get(here).context["page"].next
    last = browser.get(here, {"after": cursor})
    assert [row.reference for row in last.context["page"]] == whole[25:]
    actions.set_aside(OverlapSide.objects.get(reference=whole[25]), by=maria, reason="Not ours.")
    empty = browser.get(here, {"after": cursor}).content.decode()
    assert "Nothing stands on this page any more" in empty
    assert "To the first page" in empty
    for words in ("Open (25)", "Set aside (1)", "Over (0)"):
        assert words in empty
    assert "Open (0)" in client_for(make_member()).get(here).content.decode(), "counts are of one's own"


@pytest.mark.parametrize(
    "cursor", ["x", "%00", "W10", "WyIyMDI3LTAxLTAxIl0", "WzEsMl0", "WyIyMDI3LTAxLTAxIixudWxsXQ", "A" * 5000]
)
def test_a_place_that_does_not_read_opens_the_first_page(
    cursor: str, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    here = cross.crossing(maria, tom)
    for way in ("after", "before"):
        answer = client_for(maria).get(f"{reverse('engagements:overlaps')}?{way}={cursor}")
        assert here.our_side.reference in answer.content.decode()


def test_an_engagement_s_page_says_when_more_plans_cross_it_than_it_shows(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    crossed(maria, tom, 1, 10)
    plan = Engagement.objects.of_office(maria.office).get()
    more = "These are the first."
    assert more not in client_for(maria).get(plan.get_absolute_url()).content.decode()
    cross.filed(tom, plan.counterparts.get(), starts_on=make.in_days(33), ends_on=make.in_days(34))
    for person in (maria, liaison):
        assert more in client_for(person).get(plan.get_absolute_url()).content.decode()


def test_all_of_it_over_the_api(maria: Member, tom: Member, liaison: Member, client_for: ClientFor) -> None:
    here = cross.crossing(maria, tom)
    ours, theirs, desk = (Caller(client_for(one)) for one in (maria, tom, liaison))
    our, their = (f"overlaps/{side.reference}/" for side in (here.our_side, here.their_side))
    assert ours.post(f"{our}ask/").json()["asked_at"]
    assert theirs.get(their).json()["allowed_moves"] == [
        "introduce",
        "decline",
        "set_aside",
        "coordinator",
    ]
    assert theirs.post(f"{their}introduce/").json()["is_mutual"] is True
    assert ours.get(our).json()["other"]["office"] == tom.office.name
    sent = [ours.post(f"{our}messages/", {"text": "Hello."}, Idempotency_Key="a") for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 200]
    assert [row["text"] for row in theirs.get(f"{their}messages/").json()["results"]] == ["Hello."]
    assert ours.post(f"{our}set-aside/", {"reason": "Done."}).json()["reason"] == "Done."
    assert ours.post(f"{our}take-up/").status_code == 200
    asked = ours.post(f"{our}questions/", {"text": "Well?"}).json()
    both = f"coordination/{here.overlap.reference}/"
    assert desk.get(both).json()["is_mutual"] is True
    said = {"question": asked["reference"], "text": "Well."}
    assert desk.post(f"{both}answer/", said).json()["answer"] == "Well."
    assert theirs.get(f"{their}questions/").json()["results"] == []
    assert theirs.post(f"{their}withdraw/").json()["cell"] == "signal"
    assert set(ours.get(our).json()["other"]) == {"month", "matched"}
