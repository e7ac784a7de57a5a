"""What becomes of a filed engagement, and what its page shows to whom."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, User
from engagements import actions
from engagements.models import Commitment, Engagement
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(maria: Member, client_for: ClientFor) -> Client:
    return client_for(maria)


def act(client: Client, engagement: Engagement, move: str, **said: Any) -> Any:
    engagement.refresh_from_db()
    given = {"version": engagement.version} | said
    answer = client.post(reverse(f"engagements:{move}", args=[engagement.reference]), given)
    engagement.refresh_from_db()
    return answer


def page_key(client: Client, engagement: Engagement, move: str) -> dict[str, str]:
    """What a form carries so that it is taken once."""
    shown = client.get(reverse(f"engagements:{move}", args=[engagement.reference])).content.decode()
    return {"key": shown.partition('name="key" value="')[2].partition('"')[0]}


def page(client: Client, engagement: Engagement) -> str:
    return client.get(engagement.get_absolute_url()).content.decode()


def test_postponed_given_new_dates_and_cancelled(browser: Client, maria: Member) -> None:
    engagement = make.filed(maria)
    act(browser, engagement, "postpone", reason="Storm")
    assert engagement.status == "postponed" and "Storm" in page(browser, engagement)
    lacking = act(browser, engagement, "resume", starts_on="")
    assert lacking.status_code == 200 and "Enter a date." in lacking.content.decode()
    backwards = act(browser, engagement, "resume", starts_on="2027-05-02", ends_on="2027-05-01")
    assert "cannot be before" in backwards.content.decode()
    act(browser, engagement, "resume", starts_on=str(make.in_days(50)))
    assert (engagement.status, engagement.starts_on, engagement.ends_on) == (
        "filed",
        make.in_days(50),
        make.in_days(50),
    )
    act(browser, engagement, "cancel", reason="x" * 1001)
    assert engagement.status == "filed"
    act(browser, engagement, "cancel", reason="")
    assert engagement.status == "cancelled" and "It will not take place." in page(browser, engagement)


def test_a_move_the_status_forbids_is_refused_with_its_reason(browser: Client, maria: Member) -> None:
    engagement = make.filed(maria)
    answer = act(browser, engagement, "resume", starts_on="2027-05-02")
    assert answer.status_code == 409 and "not possible while" in answer.content.decode()


def test_it_is_not_held_before_it_begins(browser: Client, maria: Member) -> None:
    engagement = make.filed(maria)
    answer = act(browser, engagement, "hold")
    assert answer.status_code == 400 and "Mark it as held once it has begun." in answer.content.decode()
    assert "Mark as held" not in page(browser, engagement)


def test_it_has_begun_by_the_date_of_the_place_whatever_zone_its_writer_lives_in(
    browser: Client, maria: Member
) -> None:
    def begins_in(zone: str, days: int) -> Engagement:
        today = timezone.localdate(timezone=ZoneInfo(zone))
        return make.filed(maria, time_zone=zone, starts_on=today + timedelta(days=days))

    ahead, behind = "Pacific/Kiritimati", "Pacific/Pago_Pago"  # 25 hours apart: never on the same date
    User.objects.filter(pk=maria.user_id).update(time_zone=behind)
    engagement = begins_in(ahead, 0)
    assert "Mark as held" in page(browser, engagement)
    act(browser, engagement, "hold")
    assert engagement.status == "held"
    User.objects.filter(pk=maria.user_id).update(time_zone=ahead)
    assert act(browser, begins_in(behind, 1), "hold").status_code == 400


def test_a_stale_move_is_asked_again(browser: Client, maria: Member, lee: Member) -> None:
    engagement = make.filed(maria)
    version = engagement.version
    actions.amend(engagement, actions.Plan(fields={"title": "Other"}), by=lee, version=version)
    answer = act(browser, engagement, "postpone", version=version, reason="Storm")
    assert answer.status_code == 409
    assert "Storm" in answer.content.decode() and "Lee Nguyen" in answer.content.decode()
    assert engagement.status == "filed"


def report(**said: Any) -> dict[str, Any]:
    none = {"commitments-TOTAL_FORMS": "0", "commitments-INITIAL_FORMS": "0"}
    return {"summary": "They agreed to share data."} | none | said


def promised(**said: str) -> dict[str, str]:
    row = {"commitments-0-text": "Send the gauge data", "commitments-0-side": "ours"} | said
    return {"commitments-TOTAL_FORMS": "1", **row}


def test_held_then_reported_with_what_was_promised(browser: Client, maria: Member) -> None:
    engagement = make.filed(maria, starts_on=make.in_days(-2), ends_on=make.in_days(-1))
    answer = act(browser, engagement, "hold")
    assert answer.headers["Location"] == reverse("engagements:report", args=[engagement.reference])
    prefilled = browser.get(answer.headers["Location"]).content.decode()
    assert "Inbound visit with Government of Baja California" in prefilled
    act(browser, engagement, "report", **(report(gifts="A plate", gifts_value="40.50") | promised()))
    assert engagement.status == "reported"
    assert "Send the gauge data" in page(browser, engagement) and "$40.50" in page(browser, engagement)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (report(summary=""), "Fill this in."),
        (report(summary="x" * 10001), "10000"),
        (report(gifts_value="-1"), "A value cannot be less than zero."),
        (report(gifts_value="many"), "number"),
        (report(gifts_value="9" * 30), "digits"),
        (report(hosted_travel_value="NaN"), "number"),
        (report() | promised(**{"commitments-0-text": "x" * 501}), "500"),
        (report() | promised(**{"commitments-0-due_on": "soon"}), "date"),
        (report() | promised(**{"commitments-0-side": "nobody"}), "Choose one"),
    ],
)
def test_a_report_with_bad_input_saves_nothing(
    browser: Client, maria: Member, said: Any, message: str
) -> None:
    engagement = make.held(maria)
    answer = act(browser, engagement, "report", **said)
    assert message in answer.content.decode()
    assert engagement.status == "held" and not Commitment.objects.exists()


def test_a_promise_is_closed_with_evidence(
    browser: Client, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    engagement = make.filed(maria)
    said = {"text": "Send the gauge data", "side": "ours"} | page_key(browser, engagement, "commit")
    for _ in range(2):
        act(browser, engagement, "commit", **said)
    commitment = Commitment.objects.get()
    address = reverse("engagements:close_commitment", args=[commitment.reference])
    assert client_for(tom).get(address).status_code == 404
    assert "Fill this in." in browser.post(address, {"evidence": " "}).content.decode()
    assert browser.post(address, {"evidence": "Sent on Friday."}).status_code == 302
    assert "Sent on Friday." in page(browser, engagement)
    assert browser.post(address, {"evidence": "Again."}).status_code == 409


@pytest.mark.parametrize(
    ("move", "said"), [("note", {"text": "Bring a gift."}), ("commit", {"text": "Send it.", "side": "ours"})]
)
def test_whoever_goes_back_and_writes_something_else_adds_that_too(
    browser: Client, maria: Member, move: str, said: dict[str, str]
) -> None:
    engagement = make.filed(maria)
    key = page_key(browser, engagement, move)
    for text in ("Bring a gift.", "Bring a gift.", "Bring none."):
        assert act(browser, engagement, move, **said | key | {"text": text}).status_code == 302
    kept = engagement.office_notes if move == "note" else engagement.commitments
    assert sorted(kept.values_list("text", flat=True)) == ["Bring a gift.", "Bring none."]


def test_office_notes_stay_in_the_office(
    browser: Client, maria: Member, gov: Member, liaison: Member, client_for: ClientFor
) -> None:
    engagement = make.filed(maria)
    act(browser, engagement, "note", text="Bring the small gift.")
    assert "Bring the small gift." in page(client_for(gov), engagement)
    seen = page(client_for(liaison), engagement)
    assert "Bring the small gift." not in seen and "Office notes" not in seen and "office note" not in seen


def test_readers_who_do_not_own_it_see_no_buttons(
    maria: Member, gov: Member, liaison: Member, client_for: ClientFor
) -> None:
    engagement = make.filed(maria)
    for reader in (gov, liaison):
        seen = page(client_for(reader), engagement)
        for move in ("amend", "postpone", "cancel", "share", "note"):
            assert reverse(f"engagements:{move}", args=[engagement.reference]) not in seen


def test_a_reader_sees_what_changed_since_the_version_they_read(
    maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    engagement = make.filed(maria)
    client = client_for(liaison)
    assert "Changed since you last read it" not in page(client, engagement)
    actions.amend(
        engagement, actions.Plan(fields={"title": "River talks"}), by=maria, version=engagement.version
    )
    seen = page(client, engagement)
    assert "Changed since you last read it" in seen and "Water dialogue" in seen
    assert "Changed since you last read it" not in page(client, engagement)


def test_its_page_costs_the_same_however_much_is_on_it(
    browser: Client, maria: Member, django_assert_max_num_queries: Any
) -> None:
    engagement = make.filed(maria)
    page(browser, engagement)
    for number in range(3):
        engagement.refresh_from_db()
        plan = actions.Plan(
            fields={"title": f"Title {number}"}, counterparts=[make.counterpart(maria) for _ in range(4)]
        )
        actions.amend(engagement, plan, by=maria, version=engagement.version)
        actions.note_for_office(engagement, by=maria, text="Note")
        actions.add_commitment(engagement, by=maria, text="Do it")
    with django_assert_max_num_queries(33):
        page(browser, engagement)
