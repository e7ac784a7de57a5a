"""Who reads which record at which address, and who may write: access.md's table, over HTTP."""

from typing import Any

import pytest

from accounts.models import Member
from briefings import actions as briefing_actions
from engagements import actions
from tests.api.conftest import CallAs, Caller, problem
from tests.factories import briefings as make_briefings
from tests.factories import engagements as make
from tests.factories import list_files as make_list

pytestmark = pytest.mark.django_db

OFFICE, DESK = {"maria", "lee", "gov"}, {"liaison", "desk_lead"}
FEDERAL = DESK | {"other_liaison"}
SERVING = OFFICE | FEDERAL | {"tom", "ana", "briefer", "second_briefer", "auditor"}
ALL = SERVING | {"outsider", "operator"}
READS: dict[str, set[str]] = {
    "engagements/{draft}/": OFFICE,
    "engagements/{draft}/timeline/": OFFICE,
    "engagements/{filed}/": OFFICE | FEDERAL,
    "engagements/{filed}/versions/": OFFICE | FEDERAL,
    "engagements/{filed}/differences/?since=0": OFFICE | FEDERAL,
    "engagements/{filed}/commitments/": OFFICE | FEDERAL,
    "engagements/{filed}/timeline/": OFFICE | FEDERAL,
    "engagements/{filed}/notes/": OFFICE,
    "engagements/{shared}/": OFFICE | FEDERAL | {"tom"},
    "engagements/{public}/": OFFICE | FEDERAL | {"tom", "ana", "briefer", "second_briefer"},
    "engagements/{restricted}/": {"maria", "gov"},
    "advice-requests/{request}/": OFFICE | FEDERAL,
    "advice-requests/{request}/draft/": DESK,
    "commitments/{commitment}/": OFFICE | FEDERAL,
    "briefings/{briefing}/": {"briefer", "second_briefer"},
    "briefings/{briefing}/receipts/": {"briefer", "second_briefer"},
    "briefings/{briefing}/questions/": {"briefer", "second_briefer"},
    "deliveries/{copy}/": {"gov"},
    "counterparts/{counterpart}/": SERVING,
    "lists/{edition}/": SERVING,
    "listings/{listing}/": SERVING,
    "offices/{office}/": SERVING,
}
WRITES: dict[str, set[str]] = {
    "engagements/{filed}/postpone/": {"maria", "lee"},
    "engagements/{filed}/notes/": {"maria", "lee"},
    "engagements/{filed}/commitments/": {"maria", "lee"},
    "advice-requests/{request}/desk-notes/": DESK,
    "deliveries/{copy}/questions/": {"gov"},
}


@pytest.fixture
def named(
    maria: Member, gov: Member, tom: Member, liaison: Member, briefer: Member, second_briefer: Member
) -> dict[str, str]:
    request = make.assigned(maria, liaison)
    actions.draft_advice(request, by=liaison, position="concern", reasoning="Not yet.")
    shared, public, restricted = make.filed(maria), make.filed(maria), make.drafted(maria)
    actions.share(shared, by=maria, visibility="shared", offices=[tom.office])
    actions.share(public, by=maria, visibility="public")
    restricted.advice_requests.all().delete()
    actions.save(restricted, actions.Plan(fields={"wants_advice": False}), by=maria, version=1)
    actions.file(restricted, by=maria)
    actions.share(restricted, by=maria, visibility="restricted", people=[gov.user])
    copy = make_briefings.delivered(briefer, second_briefer, gov)
    briefing_actions.ask(copy, by=gov, text="Who will come?")
    commitment = actions.add_commitment(request.engagement, by=maria, text="Send readings")
    records: dict[str, Any] = {
        "draft": make.drafted(maria),
        "filed": request.engagement,
        "shared": shared,
        "public": public,
        "restricted": restricted,
        "request": request,
        "commitment": commitment,
        "briefing": copy.briefing,
        "copy": copy,
        "counterpart": request.engagement.counterparts.first(),
        "office": maria.office,
        "edition": make_list.listing().edition,
        "listing": make_list.listing(),
    }
    return {name: record.reference for name, record in records.items()}


@pytest.fixture
def cast(request: pytest.FixtureRequest, call_as: CallAs) -> dict[str, Caller]:
    return {who: call_as(request.getfixturevalue(who)) for who in sorted(ALL)}


def test_each_record_is_read_by_exactly_those_it_is_for(
    named: dict[str, str], cast: dict[str, Caller]
) -> None:
    for path, readers in READS.items():
        answers = {who: caller.get(path.format(**named)) for who, caller in cast.items()}
        assert {who for who, answer in answers.items() if answer.status_code == 200} == readers, path
        for who in SERVING - readers:
            missing = "E-00000000" if who else ""
            unseen = problem(answers[who], 404)
            assert unseen == problem(cast[who].get(f"engagements/{missing}/"), 404), (path, who)
        for who in ALL - SERVING:
            problem(answers[who], 403)


def test_each_write_is_open_to_exactly_those_whose_it_is(
    named: dict[str, str], cast: dict[str, Caller]
) -> None:
    for path, writers in WRITES.items():
        body = {"reason": "Storm"} if path.endswith("postpone/") else {"text": "Words"}
        for who in sorted(ALL - writers):
            assert cast[who].post(path.format(**named), body).status_code in {403, 404}, (path, who)
        for who in sorted(writers):
            done = cast[who].post(path.format(**named), body).status_code
            assert done in {200, 201, 409}, (path, who)
