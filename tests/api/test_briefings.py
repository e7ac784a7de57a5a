"""Briefings over HTTP: two people release, each reader gets their own cut, and briefers see what became of it."""

from typing import Any

import pytest

from accounts.models import Member
from briefings.models import Delivery
from tests.api.conftest import CallAs, problem
from tests.factories import briefings as make
from tests.plugin_statements import Counting

pytestmark = pytest.mark.django_db


def writing(gov: Member, maria: Member) -> dict[str, Any]:
    return {
        "title": "Before the water dialogue",
        "sections": [
            {"heading": "In short", "body": "Ask about the river.", "label": "AMBER"},
            {"heading": "For you alone", "body": "He will offer a gift.", "label": "RED"},
            {"heading": "Background", "body": "The river is shared.", "label": "CLEAR"},
        ],
        "audience": [
            {"who": f"office:{maria.office.reference}"},
            {"who": f"person:{gov.user.email}"},
            {"who": f"person:{gov.user.email}", "section": 2},
        ],
    }


def test_two_people_release_and_each_reader_gets_their_cut(
    briefer: Member, second_briefer: Member, gov: Member, maria: Member, tom: Member, call_as: CallAs
) -> None:
    author, other = call_as(briefer), call_as(second_briefer)
    made = author.post("briefings/", writing(gov, maria), Idempotency_Key="b-1")
    assert made.status_code == 201, made.content
    again = author.post("briefings/", writing(gov, maria), Idempotency_Key="b-1")
    assert (again.status_code, again.json()) == (200, made.json())
    here = made.headers["Location"]
    assert made.json()["audience"][2]["section"] == 2
    shown = author.get(f"{here}preview/").json()
    assert [group["sections"] for group in shown["groups"]] == [[1, 2, 3], [1, 3]]
    assert author.post(f"{here}submit/").json()["status"] == "submitted"
    problem(author.post(f"{here}release/", {"seen": shown["seen"]}), 403)
    problem(other.post(f"{here}release/", {"seen": "0" * 64}), 412)
    assert other.post(f"{here}release/", {"seen": shown["seen"]}).json()["status"] == "released"
    problem(author.get(f"{here}preview/"), 409)

    for reader, headings in (
        (gov, ["In short", "For you alone", "Background"]),
        (maria, ["In short", "Background"]),
    ):
        (line,) = call_as(reader).get("deliveries/").json()["results"]
        copy = call_as(reader).get(f"deliveries/{line['reference']}/").json()
        assert [part["heading"] for part in copy["sections"]] == headings
        assert [part["order"] for part in copy["sections"]] == list(range(1, len(headings) + 1))
        problem(call_as(tom).get(f"deliveries/{line['reference']}/"), 404)
        problem(call_as(reader).get(here), 404)
    told = {row["reader"]: row for row in author.get(f"{here}receipts/").json()["results"]}
    assert told[gov.user.name]["opened_at"]
    assert told[gov.user.name]["acknowledged_at"] is None


def test_a_list_opens_nothing_and_reading_does(
    briefer: Member, second_briefer: Member, gov: Member, call_as: CallAs
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    api, here = call_as(gov), f"deliveries/{copy.reference}/"
    assert len(api.get("deliveries/?unopened=true").json()["results"]) == 1
    assert api.send("HEAD", here).status_code == 200
    assert Delivery.objects.visible_to(gov.user).get().opened_at is None
    assert api.get(here).json()["opened_at"]
    assert api.post(f"{here}acknowledge/").json()["acknowledged_at"]
    assert api.get("deliveries/?unopened=true").json()["results"] == []


def test_a_reader_asks_and_is_answered(
    briefer: Member, second_briefer: Member, gov: Member, maria: Member, call_as: CallAs
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    asked = call_as(gov).post(f"deliveries/{copy.reference}/questions/", {"text": "Who will come?"})
    assert asked.status_code == 201
    here = f"briefings/{copy.briefing.reference}/questions/"
    (question,) = call_as(second_briefer).get(here).json()["results"]
    assert question["reader"] == gov.user.name
    answer = f"{here}{question['reference']}/answer/"
    problem(call_as(maria).post(answer, {"text": "x"}), 404)
    problem(call_as(gov).post(answer, {"text": "x"}), 404)
    assert call_as(briefer).post(answer, {"text": "Two engineers."}).json()["answer"] == "Two engineers."
    problem(call_as(briefer).post(answer, {"text": "Three."}), 409)
    said = call_as(gov).get(f"deliveries/{copy.reference}/").json()["questions"][0]
    assert said["answer"] == "Two engineers."


def test_a_recalled_briefing_says_that_and_nothing_else(
    briefer: Member, second_briefer: Member, gov: Member, call_as: CallAs
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    here = f"briefings/{copy.briefing.reference}/recall/"
    assert set(problem(call_as(briefer).post(here, {}), 400)["errors"]) == {"reason"}
    assert call_as(briefer).post(here, {"reason": "A name was wrong."}).json()["status"] == "recalled"
    seen = call_as(gov).get(f"deliveries/{copy.reference}/").json()
    assert (seen["title"], seen["sections"], seen["questions"]) == ("Recalled briefing", [], [])
    assert "A name was wrong" not in str(seen)
    problem(call_as(gov).post(f"deliveries/{copy.reference}/acknowledge/"), 409)


def test_only_briefers_write_and_look_people_up(
    maria: Member, liaison: Member, briefer: Member, call_as: CallAs
) -> None:
    for person in (maria, liaison):
        problem(call_as(person).post("briefings/", {"title": "x"}), 403)
        problem(call_as(person).get("briefings/targets/?q=maria"), 403)
    (found,) = call_as(briefer).get("briefings/targets/?q=Maria Lopez").json()["results"]
    assert found["who"] == f"person:{maria.user.email}"


def test_an_edit_that_would_widen_a_section_by_accident_is_refused(
    briefer: Member, gov: Member, maria: Member, call_as: CallAs
) -> None:
    api = call_as(briefer)
    made = api.post("briefings/", writing(gov, maria))
    here, tag = made.headers["Location"], made.headers["ETag"]
    problem(api.patch(here, {"title": "x"}), 428)
    said = {"sections": writing(gov, maria)["sections"][1:]}
    assert set(problem(api.patch(here, said, If_Match=tag), 400)["errors"]) == {"audience"}
    assert api.patch(here, {"title": "New"}, If_Match=tag).json()["title"] == "New"
    problem(api.patch(here, {"title": "Newer"}, If_Match=tag), 412)


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"who": "person:nobody@example.gov"}, "who"),
        ({"who": "everyone"}, "who"),
        ({"who": "role:auditor"}, "who"),
        ({"who": "role:principal", "role": "lead"}, "role"),
        ({"who": "topic:water", "days": 3}, "days"),
        ({"who": "country:MX", "days": 400}, "days"),
        ({"who": "country:US"}, "who"),
    ],
)
def test_a_rule_of_the_audience_that_does_not_hold_is_named(
    briefer: Member, call_as: CallAs, rule: dict[str, Any], field: str
) -> None:
    refused = problem(call_as(briefer).post("briefings/", {"title": "x", "audience": [rule]}), 400)
    assert set(refused["errors"]["audience"]["0"]) == {field}


def test_lists_cost_the_same_however_long(
    briefer: Member,
    second_briefer: Member,
    gov: Member,
    call_as: CallAs,
    asks: Counting,
) -> None:
    for _ in range(4):
        make.delivered(briefer, second_briefer, gov)
    api = call_as(gov)
    with asks(4):
        assert len(api.get("deliveries/").json()["results"]) == 4
