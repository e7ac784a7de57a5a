"""Engagements over HTTP: the office's whole journey, who may do what, and edits that are too late."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member, Office
from engagements import actions
from engagements.models import Engagement
from tests.api.conftest import CallAs, problem
from tests.factories import engagements as make
from tests.factories.accounts import make_coalition, make_member
from tests.plugin_statements import Counting

pytestmark = pytest.mark.django_db


def plan(by: Member, **said: Any) -> dict[str, Any]:
    return {
        "title": "Water dialogue",
        "kind": "dialogue_session",
        "purpose": "Agree on shared monitoring.",
        "topics": ["water", "water"],
        "starts_on": make.in_days(30).isoformat(),
        "ends_on": make.in_days(31).isoformat(),
        "counterparts": [make.counterpart(by).reference],
        "stops": [{"city": "Tijuana", "country": "MX", "subdivision": "MX-BCN"}],
        "participants": [{"side": "theirs", "name": "Ana Flores", "title": "Director"}],
        "coordination": "introduce",
    } | said


def test_an_office_goes_the_whole_way_from_draft_to_report(maria: Member, call_as: CallAs) -> None:
    api = call_as(maria)
    today = {"starts_on": make.in_days(0).isoformat(), "ends_on": make.in_days(0).isoformat()}
    made = api.post("engagements/", plan(maria, **today))
    assert made.status_code == 201
    here = made.headers["Location"]
    draft = api.get(here).json()
    assert draft["status"] == "draft"
    assert draft["topics"] == ["water"]
    assert draft["stops"][0]["place"] == "Tijuana, Baja California, Mexico"
    assert draft["counterparts"][0]["name"] == "Government of Baja California"
    assert {"save", "file", "cancel"} <= set(draft["allowed_moves"])

    assert api.post(f"{here}file/").json()["status"] == "filed"
    assert api.post(f"{here}postpone/", {"reason": "Storm"}).json()["reason"] == "Storm"
    assert api.post(f"{here}resume/", today).json()["status"] == "filed"
    assert api.post(f"{here}hold/").json()["status"] == "held"
    report = api.post(f"{here}report/", {"summary": "It went well.", "gifts_value": "12.50"})
    assert report.status_code == 201
    assert api.get(here).json()["status"] == "reported"
    assert api.get(f"{here}report/").json()["gifts_value"] == "12.50"
    timeline = api.get(f"{here}timeline/").json()["results"]
    assert timeline[0]["kind"] == "engagements.reported"


def test_a_federal_list_looks_at_no_draft_and_that_of_who_serves_in_an_office_too_has_theirs(
    maria: Member, liaison: Member, call_as: CallAs
) -> None:
    draft, filed = make.drafted(maria), make.filed(maria)

    def listed() -> tuple[set[str], bool]:
        with CaptureQueriesContext(connection) as asked:
            rows = call_as(liaison).get("engagements/").json()["results"]
        (said,) = [q["sql"] for q in asked if "LIMIT 26" in q["sql"]]
        return {row["reference"] for row in rows}, '"filed_at" IS NOT NULL' in said

    assert listed() == ({filed.reference}, True)
    make_member(maria.office, "staff", user=liaison.user)
    assert listed() == ({draft.reference, filed.reference}, False)


def test_a_draft_needs_only_a_title(maria: Member, call_as: CallAs) -> None:
    made = call_as(maria).post("engagements/", {"title": "Something with Japan"})
    assert made.status_code == 201
    refused = problem(call_as(maria).post(f"{made.headers['Location']}file/"), 400)
    assert set(refused["errors"]) == {"kind", "purpose", "starts_on", "counterparts", "stops"}


def test_an_edit_says_which_version_it_was_made_on(maria: Member, call_as: CallAs) -> None:
    api, here = call_as(maria), f"engagements/{make.drafted(maria).reference}/"
    problem(api.patch(here, {"title": "Changed"}), 428)
    tag = api.get(here).headers["ETag"]
    changed = api.patch(here, {"title": "Changed"}, If_Match=tag)
    assert changed.status_code == 200
    assert changed.json()["title"] == "Changed"
    assert changed.json()["stops"], "what was not sent stays"
    problem(api.patch(here, {"title": "Too late"}, If_Match=tag), 412)
    assert api.get(here).json()["title"] == "Changed"
    assert api.patch(here, {"stops": []}, If_Match=changed.headers["ETag"]).json()["stops"] == []


@pytest.mark.parametrize("tag", ['"x"', '"99999999999"', '"-1"', "W/", "0", '"1", "2"'])
def test_a_tag_that_no_version_has_is_stale(maria: Member, call_as: CallAs, tag: str) -> None:
    engagement = make.drafted(maria)
    actions.save(engagement, actions.Plan(), by=maria, version=1)
    problem(call_as(maria).patch(f"engagements/{engagement.reference}/", {"title": "x"}, If_Match=tag), 412)


def test_a_weak_tag_that_a_proxy_made_still_counts(maria: Member, call_as: CallAs) -> None:
    api, here = call_as(maria), f"engagements/{make.drafted(maria).reference}/"
    tag = api.get(here).headers["ETag"]
    assert api.patch(here, {"title": "Changed"}, If_Match=f"W/{tag}").status_code == 200


def test_nothing_is_sent_again_to_who_holds_it_while_they_may_see_it(
    maria: Member, tom: Member, call_as: CallAs
) -> None:
    engagement = make.filed(maria)
    actions.share(engagement, by=maria, visibility="shared", offices=[tom.office])
    here = f"engagements/{engagement.reference}/"
    tag = call_as(tom).get(here).headers["ETag"]
    unchanged = call_as(tom).get(here, If_None_Match=tag)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    actions.share(engagement, by=maria, visibility="federal")
    problem(call_as(tom).get(here, If_None_Match=tag), 404)


def test_a_tag_changes_with_what_one_may_do(maria: Member, lee: Member, gov: Member, call_as: CallAs) -> None:
    here = f"engagements/{make.filed(maria).reference}/"
    assert call_as(maria).get(here).headers["ETag"] != call_as(gov).get(here).headers["ETag"]


def test_an_amendment_makes_a_version_and_says_what_changed(maria: Member, call_as: CallAs) -> None:
    api, here = call_as(maria), f"engagements/{make.filed(maria).reference}/"
    tag = api.get(here).headers["ETag"]
    assert api.patch(here, {"title": "Water and air"}, If_Match=tag).status_code == 200
    assert [version["number"] for version in api.get(f"{here}versions/").json()["results"]] == [2, 1]
    (change,) = api.get(f"{here}differences/?since=1").json()["results"]
    assert change == {"label": "Title", "before": "Water dialogue", "after": "Water and air"}
    assert api.get(f"{here}differences/?since=2").json()["results"] == []
    problem(api.get(f"{here}differences/?since=7"), 404)
    problem(api.get(f"{here}differences/"), 400)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"starts_on": None}, "starts_on"),
        ({"purpose": " "}, "purpose"),
        ({"counterparts": []}, "counterparts"),
        ({"stops": []}, "stops"),
    ],
)
def test_what_was_filed_cannot_be_amended_into_half_a_plan(
    maria: Member, call_as: CallAs, said: dict[str, Any], field: str
) -> None:
    api, here = call_as(maria), f"engagements/{make.filed(maria).reference}/"
    before = api.get(here)
    assert set(problem(api.patch(here, said, If_Match=before.headers["ETag"]), 400)["errors"]) == {field}
    assert api.get(here).json() == before.json()


def test_a_move_that_the_status_forbids_is_a_conflict_with_a_reason(maria: Member, call_as: CallAs) -> None:
    here = f"engagements/{make.filed(maria).reference}/"
    refused = problem(call_as(maria).post(f"{here}report/", {"summary": "x"}), 409)
    assert "filed" in refused["detail"]


@pytest.mark.parametrize("move", ["file", "postpone", "cancel", "hold"])
def test_no_federal_role_moves_an_engagement(
    maria: Member, liaison: Member, desk_lead: Member, call_as: CallAs, move: str
) -> None:
    engagement = make.filed(maria)
    before = Engagement.objects.visible_to(maria.user).values().get(pk=engagement.pk)
    for federal in (liaison, desk_lead):
        problem(call_as(federal).post(f"engagements/{engagement.reference}/{move}/"), 403)
    assert Engagement.objects.visible_to(maria.user).values().get(pk=engagement.pk) == before


def test_what_one_may_not_see_answers_as_what_does_not_exist(
    maria: Member, tom: Member, call_as: CallAs
) -> None:
    draft = make.drafted(maria)
    api = call_as(tom)
    for method, tail in (("GET", ""), ("PATCH", ""), ("POST", "file/"), ("GET", "notes/"), ("GET", "timeline/"),
                         ("GET", "versions/"), ("POST", "share/"), ("GET", "report/")):  # fmt: skip
        unseen = api.send(method, f"engagements/{draft.reference}/{tail}", {})
        missing = api.send(method, f"engagements/E-00000000/{tail}", {})
        problem(unseen, 404)
        assert (unseen.content, dict(unseen.headers)) == (missing.content, dict(missing.headers))


def test_a_reader_of_the_office_reads_and_does_not_write(gov: Member, maria: Member, call_as: CallAs) -> None:
    here = f"engagements/{make.drafted(maria).reference}/"
    assert call_as(gov).get(here).json()["allowed_moves"] == []
    problem(call_as(gov).patch(here, {"title": "x"}, If_Match='"1"'), 403)
    problem(call_as(gov).post("engagements/", {"title": "x"}), 403)


def test_sharing_names_offices_coalitions_and_people(
    maria: Member, tom: Member, ana: Member, call_as: CallAs
) -> None:
    api, engagement = call_as(maria), make.filed(maria)
    coalition = make_coalition(lead=ana.office)
    here = f"engagements/{engagement.reference}/"
    said = {"visibility": "shared", "offices": [tom.office.reference], "coalitions": [coalition.reference]}
    problem(api.post(f"{here}share/", said), 428)
    shared = api.post(f"{here}share/", said, If_Match=api.get(here).headers["ETag"])
    assert shared.json()["shared_with"]["offices"][0]["reference"] == tom.office.reference
    assert shared.json()["shared_with"]["coalitions"] == [coalition.reference]
    assert call_as(ana).get(here).status_code == 200
    theirs = call_as(tom).get(here).json()
    assert theirs["shared_with"] is None
    assert theirs["coordination"] is None
    alone = {"visibility": "restricted", "people": [tom.user.email]}
    assert api.post(f"{here}share/", alone, If_Match=shared.headers["ETag"]).status_code == 200
    assert call_as(tom).get(here).status_code == 200
    problem(call_as(ana).get(here), 404)


def test_who_cannot_be_named_is_refused_at_the_field(maria: Member, call_as: CallAs) -> None:
    here = f"engagements/{make.filed(maria).reference}/"
    said = {"visibility": "shared", "offices": ["O-00000000"], "people": ["no@example.gov"]}
    tag = call_as(maria).get(here).headers["ETag"]
    refused = problem(call_as(maria).post(f"{here}share/", said, If_Match=tag), 400)
    assert set(refused["errors"]) == {"offices", "people"}


def test_office_notes_stay_in_the_office(maria: Member, liaison: Member, call_as: CallAs) -> None:
    here = f"engagements/{make.filed(maria).reference}/"
    assert call_as(maria).post(f"{here}notes/", {"text": "For us."}).status_code == 201
    assert call_as(maria).get(f"{here}notes/").json()["results"][0]["text"] == "For us."
    problem(call_as(liaison).get(f"{here}notes/"), 404)
    problem(call_as(liaison).post(f"{here}notes/", {"text": "x"}), 403)


def test_commitments_are_made_and_met(maria: Member, liaison: Member, call_as: CallAs) -> None:
    api, here = call_as(maria), f"engagements/{make.filed(maria).reference}/"
    made = api.post(f"{here}commitments/", {"text": "Send readings", "due_on": "2030-01-01"})
    assert made.status_code == 201
    close = f"commitments/{made.json()['reference']}/close/"
    problem(call_as(liaison).post(close, {"evidence": "x"}), 403)
    assert set(problem(api.post(close, {}), 400)["errors"]) == {"evidence"}
    assert api.post(close, {"evidence": "Sent."}).json()["closed_at"]
    problem(api.post(close, {"evidence": "Sent again."}), 409)
    assert api.get("commitments/?open=true").json()["results"] == []
    assert len(call_as(liaison).get(f"{here}commitments/").json()["results"]) == 1


def test_one_desk_is_asked_once(maria: Member, desk_japan: Any, call_as: CallAs) -> None:
    api, here = call_as(maria), f"engagements/{make.filed(maria).reference}/"
    asked = api.post(f"{here}ask/", {"desk": desk_japan.reference})
    assert asked.status_code == 201
    assert asked.json()["desk"]["name"] == "Japan Desk"
    problem(api.post(f"{here}ask/", {"desk": desk_japan.reference}), 409)
    refused = problem(api.post(f"{here}ask/", {"desk": maria.office.reference}), 400)
    assert set(refused["errors"]) == {"desk"}


class TestLists:
    def test_filters_narrow_and_a_wrong_one_is_named(self, maria: Member, call_as: CallAs) -> None:
        api = call_as(maria)
        make.drafted(maria, title="Water in spring", topics=["water"])
        make.filed(
            maria,
            title="Trade in autumn",
            topics=["trade"],
            starts_on=make.in_days(90),
            ends_on=make.in_days(91),
        )

        def titles(query: str) -> list[str]:
            return [row["title"] for row in api.get(f"engagements/?{query}").json()["results"]]

        assert titles("q=WATER") == ["Water in spring"]
        assert titles("status=filed&status=held") == ["Trade in autumn"]
        assert titles("topic=trade") == ["Trade in autumn"]
        assert len(titles("country=mx")) == 2
        assert titles("country=JP") == []
        assert titles(f"since={make.in_days(60)}") == ["Trade in autumn"]
        assert titles(f"until={make.in_days(60)}") == ["Water in spring"]
        assert len(titles(f"office={maria.office.reference}&kind=inbound_visit")) == 2
        assert set(problem(api.get("engagements/?statuss=filed"), 400)["errors"]) == {"statuss"}
        assert set(problem(api.get("engagements/?status=open"), 400)["errors"]) == {"status"}

    def test_pages_meet_each_row_once_even_where_dates_are_equal_or_missing(
        self, maria: Member, call_as: CallAs
    ) -> None:
        api = call_as(maria)
        for number in range(4):
            actions.draft(actions.Plan(fields={"title": f"Undated {number}"}), by=maria)
            actions.draft(
                actions.Plan(fields={"title": f"Dated {number}", "starts_on": make.in_days(5)}), by=maria
            )
        found, following = [], "engagements/?limit=3"
        while following:
            page = api.get(following).json()
            found += [row["title"] for row in page["results"]]
            actions.draft(actions.Plan(fields={"title": "New", "starts_on": make.in_days(900)}), by=maria)
            following = page["next"]
        assert (
            found == [f"{kind} {n}" for kind in ("Undated", "Dated") for n in (3, 2, 1, 0)] or "New" in found
        )
        seen = [title for title in found if title != "New"]
        assert seen == [f"{kind} {n}" for kind in ("Undated", "Dated") for n in (3, 2, 1, 0)]

    @pytest.mark.parametrize("cursor", ["x", "%00", "W10", "WzEsMl0", "bnVsbA", "WyIyMDI2LTk5LTk5IiwxXQ", "A" * 3000,
                                        "WzEsInh5eiJd", "W251bGwsWzFdXQ", "WzFlOTksMV0"])  # fmt: skip
    def test_a_made_up_cursor_is_refused(self, maria: Member, call_as: CallAs, cursor: str) -> None:
        refused = problem(call_as(maria).get(f"engagements/?cursor={cursor}"), 400)
        assert set(refused["errors"]) == {"cursor"}

    @pytest.mark.parametrize("limit", ["0", "-1", "101", "9" * 400, "1e3", "x", "", "٣", "1.0"])
    def test_a_limit_outside_the_range_is_refused(self, maria: Member, call_as: CallAs, limit: str) -> None:
        assert set(problem(call_as(maria).get(f"engagements/?limit={limit}"), 400)["errors"]) == {"limit"}

    def test_a_longer_list_costs_no_more_queries(
        self, maria: Member, call_as: CallAs, asks: Counting
    ) -> None:
        api = call_as(maria)
        make.filed(maria)
        api.get("engagements/")
        with asks(5):
            api.get("engagements/")
        for _ in range(5):
            make.filed(maria)
        with asks(5):
            assert len(api.get("engagements/").json()["results"]) == 6

    def test_no_list_skips_rows_by_counting_them(
        self, maria: Member, call_as: CallAs, asks: Counting
    ) -> None:
        for _ in range(3):
            make.drafted(maria)
        api = call_as(maria)
        following = api.get("engagements/?limit=1").json()["next"]
        with asks(5) as asked:
            api.get(following)
        assert not [query for query in asked.own if "OFFSET" in query]


class TestRepeats:
    def test_the_same_request_twice_makes_one_engagement(self, maria: Member, call_as: CallAs) -> None:
        api = call_as(maria)
        first = api.post("engagements/", {"title": "Once"}, Idempotency_Key="a-1")
        second = api.post("engagements/", {"title": "Once"}, Idempotency_Key="a-1")
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert Engagement.objects.visible_to(maria.user).count() == 1

    def test_a_key_used_for_something_else_is_a_conflict(self, maria: Member, call_as: CallAs) -> None:
        api = call_as(maria)
        api.post("engagements/", {"title": "Once"}, Idempotency_Key="a-1")
        problem(api.post("engagements/", {"title": "Twice"}, Idempotency_Key="a-1"), 409)
        problem(api.post("counterparts/", {"title": "Once"}, Idempotency_Key="a-1"), 400)

    def test_a_refused_request_does_not_use_up_its_key(self, maria: Member, call_as: CallAs) -> None:
        api = call_as(maria)
        problem(api.post("engagements/", {"title": ""}, Idempotency_Key="a-1"), 400)
        assert api.post("engagements/", {"title": "Once"}, Idempotency_Key="a-1").status_code == 201

    def test_a_key_belongs_to_one_person(self, maria: Member, lee: Member, call_as: CallAs) -> None:
        for person in (maria, lee):
            made = call_as(person).post("engagements/", {"title": "Once"}, Idempotency_Key="a-1")
            assert made.status_code == 201

    @pytest.mark.parametrize("key", ["x" * 101, "caf\u00e9"])
    def test_a_key_that_does_not_fit_is_refused(self, maria: Member, call_as: CallAs, key: str) -> None:
        problem(call_as(maria).post("engagements/", {"title": "Once"}, Idempotency_Key=key), 400)

    def test_every_creation_takes_a_key(self, maria: Member, desk_japan: Any, call_as: CallAs) -> None:
        api, here = call_as(maria), f"engagements/{make.held(maria).reference}/"
        ask = f"engagements/{make.filed(maria).reference}/ask/"
        bodies = {
            f"{here}notes/": {"text": "For us."},
            f"{here}commitments/": {"text": "Send readings"},
            f"{here}report/": {"summary": "Well."},
            ask: {"desk": desk_japan.reference},
            "counterparts/": {"name": "Osaka", "kind": "subnational", "country": "JP"},
        }
        for number, (path, body) in enumerate(bodies.items()):
            answers = [api.post(path, body, Idempotency_Key=f"k-{number}") for _ in range(2)]
            assert [answer.status_code for answer in answers] == [201, 200], (path, answers[0].content)
            assert answers[0].json() == answers[1].json()


def test_offices_are_not_named_on_a_restricted_engagement(
    maria: Member, texas: Office, call_as: CallAs
) -> None:
    filed = make.filed(maria)
    said = {"visibility": "restricted", "offices": [texas.reference]}
    answer = call_as(maria).post(
        f"engagements/{filed.reference}/share/", said, If_Match=f'"{filed.version}-0"'
    )
    assert set(problem(answer, 400)["errors"]) == {"visibility"}
    assert not filed.named_groups.exists()


def test_a_reference_or_a_country_is_found_in_either_case(
    maria: Member, liaison: Member, call_as: CallAs
) -> None:
    held = make.requested(maria, liaison)
    office, engagement, desk = (one.reference for one in (held.engagement.office, held.engagement, held.desk))
    asked = (
        f"engagements/?office={office}&country=MX",
        f"advice-requests/?engagement={engagement}&desk={desk}",
        "counterparts/?country=MX&subdivision=MX-BCN",
    )
    for address in asked:
        name, _, query = address.partition("?")
        for said in (query, query.lower()):
            assert len(call_as(maria).get(f"{name}?{said}").json()["results"]) == 1, said
        assert call_as(maria).get(f"{name}?{query[:-1]}").json()["results"] == []
