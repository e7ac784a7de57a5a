"""A parent that is one's own, with a child that belongs to another."""

import pytest
from django.urls import reverse

from accounts.models import Member
from briefings import actions as briefing_actions
from briefings.models import ReaderQuestion
from tests.conftest import ClientFor
from tests.factories import briefings as make_briefings
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(briefer: Member, second_briefer: Member, gov: Member) -> ReaderQuestion:
    copy = make_briefings.delivered(briefer, second_briefer, gov)
    return briefing_actions.ask(copy, by=gov, text="By when?")


def test_a_readers_question_is_answered_under_its_own_briefing_only(
    briefer: Member, second_briefer: Member, gov: Member, question: ReaderQuestion, client_for: ClientFor
) -> None:
    other = make_briefings.delivered(briefer, second_briefer, gov).briefing
    right = reverse("briefings:answer", args=[question.delivery.briefing.reference, question.reference])
    swapped = reverse("briefings:answer", args=[other.reference, question.reference])
    browser = client_for(briefer)
    assert browser.get(right).status_code == 200
    assert browser.get(swapped).status_code == 404
    assert browser.post(swapped, {"answer": "Tomorrow."}).status_code == 404
    question.refresh_from_db()
    assert not question.answer


def test_a_row_of_another_record_is_not_taken_by_naming_its_id(
    maria: Member, tom: Member, client_for: ClientFor
) -> None:
    mine, theirs = make.drafted(maria), make.drafted(tom)
    stop = theirs.stops.get()
    for name in ("id", "pk", "engagement", "engagement_id"):
        row = {name: stop.pk, "city": "Taken", "country": "MX", "subdivision": "MX-BCN"}
        answer = client_for(maria).patch(
            f"/api/v1/engagements/{mine.reference}/",
            {"stops": [row]},
            content_type="application/json",
            headers={"If-Match": f'"{mine.version}"'},
        )
        assert answer.status_code == 400, name
    stop.refresh_from_db()
    assert (stop.engagement, stop.city) == (theirs, "Tijuana")
