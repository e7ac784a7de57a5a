"""Every writable field of every route meets hostile values: a problem at the field or a clean answer, never a 500.

`make test` shares the values out between neighbouring fields; `make exhaustive` gives each field every value.
"""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework import serializers

from accounts.models import Member
from briefings import actions as briefing_actions
from diplomacy.api import ROUTES
from engagements import actions
from engagements.models import Engagement
from tests.access.records import a_hit, crossed
from tests.api.conftest import CallAs, Caller, problem
from tests.factories import briefings as make_briefings
from tests.factories import engagements as make
from tests.factories import referrals as refer
from tests.factories.accounts import asked_for, make_member

pytestmark = pytest.mark.django_db

IS_FULL = os.environ.get("HOSTILE") == "full"
Cast = dict[str, Any]
VALUES: list[Any] = [
    None, True, -1, 10**400, 1.5, "", "x" * 30_000, "a\x00b\x1b", "\ud800", "' OR 1=1 --", "e\u0301" * 300, "9" * 5000,
    "NaN", "1e400", "2026-02-30", "0001-01-01", "9999-12-31", "25:61", "US", "E-00000000",
    [], [None], [[]], [{}], ["x"] * 2000, {}, {"\x00": "\ud800"},
]  # fmt: skip


FEW: list[Any] = [None, True, -1, "", "x" * 30_000, "\ud800", "0001-01-01", "E-00000000", [{}], {}]
"""For the second door to the same fields."""


def names(shape: serializers.BaseSerializer[Any]) -> Iterator[tuple[str, ...]]:
    for name, field in getattr(shape, "fields", {}).items():
        if field.read_only:
            continue
        yield (name,)
        inner = getattr(field, "child", field)
        yield from ((name, *rest) for rest in names(inner) if isinstance(inner, serializers.Serializer))


def with_value(body: dict[str, Any], name: tuple[str, ...], value: Any) -> dict[str, Any]:
    first, *rest = name
    if not rest:
        return body | {first: value}
    inner = (body.get(first) or [{}])[0]
    return body | {first: [with_value(inner, tuple(rest), value)]}


def engagement_of(cast: Cast) -> str:
    return f"engagements/{cast['engagement'].reference}/"


def request_of(cast: Cast) -> str:
    return f"advice-requests/{cast['request'].reference}/"


def side_of(cast: Cast) -> str:
    return f"overlaps/{cast['crossing'].our_side.reference}/"


PLACES: dict[tuple[str, str], tuple[str, Callable[[Cast], str]]] = {
    ("engagements", "create"): ("maria", lambda cast: "engagements/"),
    ("engagements", "partial_update"): ("maria", engagement_of),
    ("engagements", "postpone"): ("maria", lambda cast: engagement_of(cast) + "postpone/"),
    ("engagements", "cancel"): ("maria", lambda cast: engagement_of(cast) + "cancel/"),
    ("engagements", "resume"): ("maria", lambda cast: engagement_of(cast) + "resume/"),
    ("engagements", "share"): ("maria", lambda cast: engagement_of(cast) + "share/"),
    ("engagements", "write_report"): ("maria", lambda cast: f"engagements/{cast['held'].reference}/report/"),
    ("engagements", "add_note"): ("maria", lambda cast: engagement_of(cast) + "notes/"),
    ("engagements", "add_commitment"): ("maria", lambda cast: engagement_of(cast) + "commitments/"),
    ("engagements", "ask"): ("maria", lambda cast: engagement_of(cast) + "ask/"),
    ("commitments", "close"): ("maria", lambda cast: f"commitments/{cast['commitment'].reference}/close/"),
    ("overlaps", "set_aside"): ("maria", lambda cast: side_of(cast) + "set-aside/"),
    ("overlaps", "write"): ("maria", lambda cast: side_of(cast) + "messages/"),
    ("overlaps", "ask_coordinator"): ("maria", lambda cast: side_of(cast) + "questions/"),
    ("coordination", "answer_office"): (
        "liaison",
        lambda cast: f"coordination/{cast['crossing'].overlap.reference}/answer/",
    ),
    ("referrals", "create"): ("maria", lambda cast: "referrals/"),
    ("referrals", "decline"): ("liaison", lambda cast: f"referrals/{cast['referral'].reference}/decline/"),
    ("referrals", "close"): ("liaison", lambda cast: f"referrals/{cast['taken_up'].reference}/close/"),
    ("referrals", "correct"): ("liaison", lambda cast: f"referrals/{cast['closed'].reference}/correct/"),
    ("counterparts", "create"): ("maria", lambda cast: "counterparts/"),
    ("counterparts", "partial_update"): (
        "maria",
        lambda cast: f"counterparts/{cast['counterpart'].reference}/",
    ),
    ("guidance", "create"): ("liaison", lambda cast: "guidance/"),
    ("guidance", "replace"): ("liaison", lambda cast: f"guidance/{cast['guidance'].reference}/replace/"),
    ("merges", "create"): ("liaison", lambda cast: "merges/"),
    ("possible-matches", "dispose"): (
        "maria",
        lambda cast: f"possible-matches/{cast['hit'].reference}/dispose/",
    ),
    ("advice-requests", "take"): ("liaison", lambda cast: request_of(cast) + "take/"),
    ("advice-requests", "question"): ("liaison", lambda cast: request_of(cast) + "questions/"),
    ("advice-requests", "answer_question"): ("maria", lambda cast: request_of(cast) + "answer/"),
    ("advice-requests", "save_draft"): ("liaison", lambda cast: request_of(cast) + "draft/"),
    ("advice-requests", "give"): ("liaison", lambda cast: request_of(cast) + "give/"),
    ("advice-requests", "respond"): ("maria", lambda cast: request_of(cast) + "respond/"),
    ("advice-requests", "add_note"): ("liaison", lambda cast: request_of(cast) + "desk-notes/"),
    ("briefings", "create"): ("briefer", lambda cast: "briefings/"),
    ("briefings", "partial_update"): ("briefer", lambda cast: f"briefings/{cast['draft'].reference}/"),
    ("briefings", "return_to_author"): (
        "briefer",
        lambda cast: f"briefings/{cast['waiting'].reference}/return/",
    ),
    ("briefings", "release"): (
        "second_briefer",
        lambda cast: f"briefings/{cast['waiting'].reference}/release/",
    ),
    ("briefings", "recall"): ("briefer", lambda cast: f"briefings/{cast['copy'].briefing.reference}/recall/"),
    ("briefings", "answer_question"): (
        "briefer",
        lambda cast: (
            f"briefings/{cast['copy'].briefing.reference}/questions/{cast['asked'].reference}/answer/"
        ),
    ),
    ("deliveries", "ask"): ("gov", lambda cast: f"deliveries/{cast['copy'].reference}/questions/"),
    ("notices", "read"): ("maria", lambda cast: "notices/read/"),
    ("notices", "prefer"): ("maria", lambda cast: "notices/preferences/"),
    ("", "change"): ("maria", lambda cast: "me/"),
    ("offices", "change_rules"): ("lee", lambda cast: f"offices/{cast['lee'].office.reference}/settings/"),
    ("colleagues", "partial_update"): ("lee", lambda cast: f"colleagues/{cast['colleague'].key}/"),
    ("colleagues", "end"): ("lee", lambda cast: f"colleagues/{cast['colleague'].key}/end/"),
    ("colleagues", "recover"): ("lee", lambda cast: f"colleagues/{cast['colleague'].key}/recover/"),
    ("invitations", "create"): ("lee", lambda cast: "invitations/"),
    ("delegations", "create"): ("lee", lambda cast: "delegations/"),
    ("office-requests", "open"): (
        "desk_lead",
        lambda cast: f"office-requests/{cast['asked_for'].reference}/open/",
    ),
    ("office-requests", "decline"): (
        "desk_lead",
        lambda cast: f"office-requests/{cast['asked_for'].reference}/decline/",
    ),
}
METHODS = {
    "partial_update": "PATCH",
    "change": "PATCH",
    "change_rules": "PATCH",
    "prefer": "PUT",
    "save_draft": "PUT",
}
TAKEN = {(prefix, act): shape for prefix, route in ROUTES.items() for act, shape in route.takes.items()}
EXAMPLES = {prefix: route.examples for prefix, route in ROUTES.items()}


def test_every_route_that_takes_a_body_is_in_this_table() -> None:
    assert set(TAKEN) == set(PLACES)
    assert all(act in EXAMPLES[prefix] for prefix, act in TAKEN), "each has an example"


def sent_to(place: tuple[str, str], *, whole: bool) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Fields of one kind stand beside each other, so that neighbours share the values between them."""
    for at, name in enumerate(names(TAKEN[place]())):
        few = FEW if place[1] == "partial_update" else VALUES[at % 2 :: 2]
        yield from ((name, value) for value in (VALUES if whole else few))


def test_the_share_of_a_run_leaves_out_no_field_and_no_value() -> None:
    sent = [
        (place, name, VALUES.index(value)) for place in PLACES for name, value in sent_to(place, whole=False)
    ]
    assert {at for _, _, at in sent} == set(range(len(VALUES)))
    assert {(place, name) for place, name, _ in sent} == {
        (place, name) for place in PLACES for name in names(TAKEN[place]())
    }
    whole = [case for place in PLACES for case in sent_to(place, whole=True)]
    assert len(whole) == len(VALUES) * len({(place, name) for place, name, _ in sent})


@pytest.fixture
def cast(
    maria: Member,
    lee: Member,
    liaison: Member,
    desk_lead: Member,
    gov: Member,
    briefer: Member,
    second_briefer: Member,
) -> Cast:
    copy = make_briefings.delivered(briefer, second_briefer, gov)
    request = make.assigned(maria, liaison)
    engagement = request.engagement
    return {
        "maria": maria,
        "lee": lee,
        "desk_lead": desk_lead,
        "colleague": make_member(maria.office, "staff"),
        "asked_for": asked_for(maria.office),
        "referral": refer.referred(maria, liaison.office),
        "taken_up": refer.taken_up(maria, liaison),
        "closed": refer.closed(maria, liaison),
        "liaison": liaison,
        "gov": gov,
        "briefer": briefer,
        "second_briefer": second_briefer,
        "copy": copy,
        "asked": briefing_actions.ask(copy, by=gov, text="Who will come?"),
        "draft": make_briefings.drafted(briefer),
        "waiting": make_briefings.submitted(briefer, audience=[make_briefings.for_person(gov)]),
        "request": request,
        "crossing": crossed(engagement),
        "engagement": engagement,
        "held": make.held(maria),
        "commitment": actions.add_commitment(engagement, by=maria, text="Send readings"),
        "counterpart": make.counterpart(maria),
        "guidance": make.guidance(liaison),
        "hit": a_hit(engagement.counterparts.get()),
    }


class Writer:
    """Sends to one place, with the tag of what it read last."""

    def __init__(self, api: Caller, act: str, path: str) -> None:
        self.api, self.act, self.path = api, act, path
        self.conditions = self.read()

    def read(self) -> dict[str, str]:
        if self.act in {"partial_update", "share", "end"}:
            read = self.path.removesuffix("share/").removesuffix("end/")
            return {"If_Match": self.api.get(read).headers["ETag"]}
        return {"If_None_Match": "*"} if self.act == "save_draft" else {}

    def send(self, body: Any) -> Any:
        method = METHODS.get(self.act, "POST")
        answer = self.api.send(method, self.path, json.dumps(body).encode(), **self.conditions)
        if answer.status_code < 300:
            self.conditions = self.read()
        return answer


@pytest.mark.parametrize("place", sorted(PLACES), ids="/".join)
def test_no_value_of_no_field_breaks_anything(place: tuple[str, str], cast: Cast, call_as: CallAs) -> None:
    who, where = PLACES[place]
    writer = Writer(call_as(cast[who]), place[1], where(cast))
    example = {} if place[1] == "partial_update" else EXAMPLES[place[0]][place[1]]
    for name, value in sent_to(place, whole=IS_FULL):
        answer = writer.send(with_value(example, name, value))
        assert answer.status_code < 500 and answer.status_code not in {404, 405}, (name, value)
        if answer.status_code >= 400:
            problem(answer, answer.status_code)
        else:
            assert "\x00" not in answer.content.decode()


def test_markup_is_text(maria: Member, call_as: CallAs) -> None:
    made = call_as(maria).post("engagements/", {"title": "<script>alert(1)</script>"})
    assert made.json()["title"] == "<script>alert(1)</script>"
    assert made.headers["Content-Type"] == "application/json"
    assert made.headers["X-Content-Type-Options"] == "nosniff"


def test_what_cannot_be_seen_is_taken_out_and_scripts_stay(maria: Member, call_as: CallAs) -> None:
    made = call_as(maria).post("engagements/", {"title": "Wa\x00ter\n\u202eשלום e\u0301"})
    assert made.json()["title"] == "Water שלום e\u0301"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "\x00\x01"}, "title"),
        ({"title": 5}, "title"),
        ({"title": "x", "ends_on": "2030-01-01", "starts_on": "2030-01-02"}, "ends_on"),
        ({"title": "x", "starts_on": "0001-01-01"}, "starts_on"),
        ({"title": "x", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"title": "x", "topics": "water"}, "topics"),
        ({"title": "x", "has_binding_language": "yes"}, "has_binding_language"),
        ({"title": "x", "counterparts": ["C-00000000"]}, "counterparts"),
        ({"title": "x", "stops": {"city": "x"}}, "stops"),
        ({"title": "x", "stops": [{"city": "x", "country": "XX"}]}, "stops"),
        ({"title": "x", "stops": [{"city": "x", "country": "MX", "subdivision": "US-CA"}]}, "stops"),
        ({"title": "x", "stops": [{"city": "x", "country": "MX", "starts_on": "2030-02-01", "ends_on": "2030-01-01"}]},
         "stops"),
        ({"title": "x", "participants": [{"side": "ours"}]}, "participants"),
        ({"title": "x", "participants": [{"side": "ours", "name": "x", "colleague": "tom@example.gov"}]},
         "participants"),
    ],
)  # fmt: skip
def test_each_fault_is_named_at_its_field_and_nothing_is_kept(
    maria: Member, call_as: CallAs, said: dict[str, Any], field: str
) -> None:
    refused = problem(call_as(maria).post("engagements/", said), 400)
    assert set(refused["errors"]) == {field}
    assert not Engagement.objects.visible_to(maria.user).exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [({"stops": [{"city": "x"}]}, "stops"), ({"participants": [{"name": "x"}]}, "participants")],
)
def test_half_a_row_is_refused_in_a_change_too(
    maria: Member, call_as: CallAs, said: dict[str, Any], field: str
) -> None:
    api, here = call_as(maria), f"engagements/{make.drafted(maria).reference}/"
    refused = problem(api.patch(here, said, If_Match=api.get(here).headers["ETag"]), 400)
    assert set(refused["errors"]) == {field}


def test_another_offices_people_cannot_be_put_on_a_list(maria: Member, tom: Member, call_as: CallAs) -> None:
    said = {"title": "x", "participants": [{"side": "ours", "name": "Tom", "colleague": tom.user.email}]}
    real = problem(call_as(maria).post("engagements/", said), 400)
    said["participants"][0]["colleague"] = "nobody@example.gov"  # type: ignore[index]
    made_up = problem(call_as(maria).post("engagements/", said), 400)
    assert str(real).replace(tom.user.email, "") == str(made_up).replace("nobody@example.gov", "")


QUERIES = ["q=%00", "q=%F0%9F%92%A9", "q=" + "x" * 5000, "country=%00%00", "office=%27", "since=0001-01-01", "since=x",
           "topic=%00", "status=", "kind=x&kind=y", "counterpart=%EF%BF%BF", "cursor=%00", "&".join(["q=x"] * 2000),
           "a=1&" * 1500, "limit=%D9%A1"]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    "path", ["engagements/", "counterparts/", "offices/", "divisions/", "advice-requests/"]
)
def test_no_query_breaks_a_list(maria: Member, call_as: CallAs, path: str, query: str) -> None:
    answer = call_as(maria).get(f"{path}?{query}")
    assert answer.status_code in {200, 400}
    if answer.status_code == 400:
        problem(answer, 400)
