"""Advice over HTTP: the desk's queue and the office's answer, and nothing unreleased for the office."""

from typing import Any

import pytest

from accounts.models import Member
from tests.api.conftest import CallAs, problem
from tests.factories import engagements as make
from tests.factories.accounts import make_member
from tests.plugin_statements import Counting

pytestmark = pytest.mark.django_db

ADVICE = {"position": "considerations", "reasoning": "Invite the boundary commission."}


def test_a_desk_takes_asks_and_advises_and_the_office_answers(
    maria: Member, liaison: Member, call_as: CallAs
) -> None:
    make.requested(maria, liaison)
    desk, office = call_as(liaison), call_as(maria)
    (line,) = desk.get("advice-requests/?open=true").json()["results"]
    here = f"advice-requests/{line['reference']}/"
    assert desk.get(here).json()["allowed_moves"] == ["take", "note"]
    assert desk.post(f"{here}take/").json()["assigned_to"]["name"] == "Dana Liaison"
    asked = desk.post(f"{here}questions/", {"text": "Who comes?"}, Idempotency_Key="q")
    assert (asked.status_code, asked.json()["status"]) == (201, "question")
    assert desk.post(f"{here}questions/", {"text": "Who comes?"}, Idempotency_Key="q").status_code == 200
    answered = office.post(f"{here}answer/", {"text": "Two engineers."})
    assert answered.json()["questions"][0]["answer"] == "Two engineers."
    problem(office.post(f"{here}answer/", {"text": "Again."}), 409)
    desk.post(f"{here}questions/", {"text": "And when?"})
    problem(office.post(f"{here}answer/", {"text": "Three engineers.", "number": 1}), 409)
    answered = office.post(f"{here}answer/", {"text": "In May.", "number": 2})
    assert [one["answer"] for one in answered.json()["questions"]] == ["Two engineers.", "In May."]
    given = desk.post(f"{here}give/", ADVICE)
    assert given.json()["status"] == "given"
    assert office.get(here).json()["advice"][0]["reasoning"] == ADVICE["reasoning"]
    assert set(problem(office.post(f"{here}respond/", {"number": 2, "kind": "followed"}), 400)["errors"]) == {
        "number"
    }
    responded = office.post(f"{here}respond/", {"number": 1, "kind": "adapted", "reason": "In part."})
    assert responded.json()["advice"][0]["response"]["kind"] == "adapted"


def test_the_office_sees_no_trace_of_what_is_not_released(
    maria: Member, liaison: Member, call_as: CallAs
) -> None:
    request = make.assigned(maria, liaison)
    here = f"advice-requests/{request.reference}/"
    office, desk = call_as(maria), call_as(liaison)
    before = office.get(here)
    made = desk.put(f"{here}draft/", ADVICE, If_None_Match="*")
    assert made.status_code == 200
    assert desk.post(f"{here}desk-notes/", {"text": "For us."}).status_code == 201
    after = office.get(here)
    assert (after.content, after.headers["ETag"]) == (before.content, before.headers["ETag"])
    problem(office.get(f"{here}draft/"), 404)
    assert office.get(f"{here}desk-notes/").json()["results"] == []
    timeline = office.get(f"engagements/{request.engagement.reference}/timeline/").content.decode()
    assert "draft" not in timeline.replace("engagements.drafted", "").replace("started a draft", "")
    assert "note" not in timeline
    assert desk.get(here).json()["advice"][0]["released_at"] is None


def test_two_colleagues_do_not_write_over_each_other(
    maria: Member, liaison: Member, desk_lead: Member, call_as: CallAs
) -> None:
    here = f"advice-requests/{make.assigned(maria, liaison).reference}/"
    problem(call_as(liaison).put(f"{here}draft/", ADVICE), 428)
    first = call_as(liaison).put(f"{here}draft/", ADVICE, If_None_Match="*")
    problem(call_as(desk_lead).put(f"{here}draft/", ADVICE, If_None_Match="*"), 412)
    mine = ADVICE | {"reasoning": "Mine."}
    second = call_as(desk_lead).put(f"{here}draft/", mine, If_Match=first.headers["ETag"])
    assert second.json()["reasoning"] == "Mine."
    problem(call_as(liaison).post(f"{here}give/", ADVICE, If_Match=first.headers["ETag"]), 412)
    assert call_as(liaison).get(f"{here}draft/").json()["reasoning"] == "Mine."


def test_each_acts_on_their_own_side(
    maria: Member, liaison: Member, other_liaison: Member, tom: Member, call_as: CallAs
) -> None:
    here = f"advice-requests/{make.assigned(maria, liaison).reference}/"
    for path, body in (
        ("take/", {}),
        ("questions/", {"text": "x"}),
        ("give/", ADVICE),
        ("desk-notes/", {"text": "x"}),
    ):
        problem(call_as(maria).post(here + path, body), 403)
        problem(call_as(other_liaison).post(here + path, body), 403)
        problem(call_as(tom).post(here + path, body), 404)
    problem(call_as(liaison).post(f"{here}answer/", {"text": "x"}), 403)
    problem(call_as(liaison).post(f"{here}respond/", {"number": 1, "kind": "followed"}), 403)


def test_a_lead_gives_a_request_to_a_colleague_of_the_desk(
    maria: Member, liaison: Member, desk_lead: Member, other_liaison: Member, call_as: CallAs
) -> None:
    here = f"advice-requests/{make.requested(maria, desk_lead).reference}/take/"
    given = call_as(desk_lead).post(here, {"to": liaison.user.email})
    assert given.json()["assigned_to"]["name"] == "Dana Liaison"
    for other in (other_liaison.user.email, maria.user.email, "nobody@example.gov"):
        assert set(problem(call_as(desk_lead).post(here, {"to": other}), 400)["errors"]) == {"to"}
    problem(call_as(liaison).post(here, {"to": desk_lead.user.email}), 403)


def test_a_queue_is_of_the_desk_one_acts_for(
    maria: Member, liaison: Member, other_liaison: Member, call_as: CallAs
) -> None:
    request = make.requested(maria, liaison)

    def seen(person: Member, query: str = "") -> list[Any]:
        return [row["reference"] for row in call_as(person).get(f"advice-requests/{query}").json()["results"]]

    assert seen(liaison) == seen(maria) == seen(other_liaison, "?mine=false") == [request.reference]
    assert seen(other_liaison) == []
    assert seen(liaison, "?assigned=true") == []
    assert seen(liaison, "?status=given") == []
    assert seen(liaison, f"?engagement={request.engagement.reference}&desk={request.desk.reference}") == [
        request.reference
    ]


def test_a_queue_costs_the_same_however_long(
    maria: Member, liaison: Member, call_as: CallAs, asks: Counting
) -> None:
    for _ in range(4):
        make.assigned(maria, liaison)
    api = call_as(liaison)
    with asks(4):
        assert len(api.get("advice-requests/").json()["results"]) == 4


def test_a_record_costs_the_same_however_much_was_said(
    maria: Member, liaison: Member, call_as: CallAs, asks: Counting
) -> None:
    advice = make.advised(maria, liaison)
    api, here = call_as(maria), f"advice-requests/{advice.request.reference}/"
    with asks(6):
        api.get(here)
    desk = call_as(liaison)
    make_member(maria.office, "staff")
    for number in range(3):
        desk.post(f"{here}give/", ADVICE | {"reasoning": f"Again {number}"})
    with asks(6):
        assert len(api.get(here).json()["advice"]) == 4
