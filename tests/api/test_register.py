"""Counterparts, offices, officials, notices and oneself over HTTP."""

import pytest

from accounts.models import Member, Office, Term
from tests.api.conftest import CallAs, problem
from tests.factories import engagements as make
from tests.factories.accounts import make_coalition, make_division, make_official
from tests.plugin_statements import Counting

pytestmark = pytest.mark.django_db

BODY = {
    "kind": "company",
    "name": "Sonora Solar",
    "country": "MX",
    "subdivision": "MX-SON",
    "aliases": ["SolSon"],
}


def test_what_a_page_asks_of_a_counterpart_the_api_asks_too(maria: Member, call_as: CallAs) -> None:
    api = call_as(maria)
    for field, wrong in (("name", {"name": "(?!)"}), ("country", {"country": "", "subdivision": ""})):
        assert set(problem(api.post("counterparts/", BODY | wrong), 400)["errors"]) == {field}
    made = api.post("counterparts/", BODY | {"kind": "international", "country": "", "subdivision": ""})
    assert made.status_code == 201
    here, tag = made.headers["Location"], made.headers["ETag"]
    assert set(problem(api.patch(here, {"kind": "company"}, If_Match=tag), 400)["errors"]) == {"country"}
    assert api.patch(here, {"city": "Geneva"}, If_Match=tag).status_code == 200


def test_a_counterpart_is_added_found_and_changed(maria: Member, liaison: Member, call_as: CallAs) -> None:
    api = call_as(maria)
    made = api.post("counterparts/", BODY, Idempotency_Key="c")
    assert made.status_code == 201
    here = made.headers["Location"]
    assert api.get("counterparts/?q=solson").json()["results"][0]["reference"] == made.json()["reference"]
    problem(api.patch(here, {"city": "Hermosillo"}), 428)
    changed = call_as(liaison).patch(here, {"city": "Hermosillo"}, If_Match=made.headers["ETag"])
    assert changed.json()["place"] == "Hermosillo, Sonora, Mexico"
    assert changed.json()["aliases"] == ["SolSon"]
    problem(api.patch(here, {"city": "Nogales"}, If_Match=made.headers["ETag"]), 412)
    problem(api.patch(here, {"city": "Nogales"}, If_Match='"0-0"'), 412)
    assert api.get(here, If_None_Match=changed.headers["ETag"]).status_code == 304
    assert [line["kind"] for line in api.get(f"{here}timeline/").json()["results"]] == [
        "counterparts.changed",
        "counterparts.added",
    ]


def test_what_is_found_begins_with_the_words_first_and_goes_on_over_pages(
    maria: Member, call_as: CallAs
) -> None:
    for name in ("Port of Osaka", "Osaka", "Osaka Gas", "City of Osaka"):
        make.counterpart(maria, name=name, country="JP", subdivision="")
    found, following = [], "counterparts/?q=osaka&limit=1"
    while following:
        page = call_as(maria).get(following).json()
        found += [row["name"] for row in page["results"]]
        following = page["next"]
    assert found == ["Osaka", "Osaka Gas", "City of Osaka", "Port of Osaka"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"country": "US"}, "country"),
        ({"subdivision": "JP-27"}, "subdivision"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"kind": "spy"}, "kind"),
        ({"parent": "C-00000000"}, "parent"),
        ({"aliases": ["x" * 201]}, "aliases"),
        ({"name": "\u202e"}, "name"),
    ],
)
def test_a_fault_in_a_counterpart_is_named(
    maria: Member, call_as: CallAs, said: dict[str, str], field: str
) -> None:
    assert set(problem(call_as(maria).post("counterparts/", BODY | said), 400)["errors"]) == {field}


def test_a_body_is_not_part_of_itself(maria: Member, call_as: CallAs) -> None:
    made = call_as(maria).post("counterparts/", BODY)
    said = {"parent": made.json()["reference"]}
    refused = call_as(maria).patch(made.headers["Location"], said, If_Match=made.headers["ETag"])
    assert set(problem(refused, 400)["errors"]) == {"parent"}


def test_offices_are_found_by_name_level_and_division(
    maria: Member, los_angeles: Office, desk_mexico: Office, call_as: CallAs
) -> None:
    def names(query: str) -> set[str]:
        return {row["short_name"] for row in call_as(maria).get(f"offices/?{query}").json()["results"]}

    assert names("q=mayor angeles") == {"Los Angeles"}
    assert names("level=state") == {"California"}
    assert names("desks=true") == {"Mexico Desk"}
    assert names("under=ocd-division/country:us/state:ca") == {"California", "Los Angeles"}


def test_divisions_and_officials_are_read_by_their_published_ids(maria: Member, call_as: CallAs) -> None:
    api = call_as(maria)
    california = make_division()
    assert api.get(f"divisions/{california.ocd_id}/").json()["parent"] == "ocd-division/country:us"
    assert (
        api.get("divisions/?parent=ocd-division/country:us").json()["results"][0]["name"] == california.name
    )
    problem(api.get("divisions/ocd-division/country:us/state:zz/"), 404)
    who = "ocd-person/0e0a8d2c-6c4f-4a2b-8f3d-000000000001"
    official = make_official("Ada Former", ocd_id=who)
    Term(official=official, role="mayor", jurisdiction="x", division=california, has_ended=True).save()
    assert api.get(f"officials/{who}/").json()["terms"][0]["is_over"] is True
    assert api.get("officials/?q=ada&current=true").json()["results"] == []
    assert len(api.get(f"officials/?division={california.ocd_id}").json()["results"]) == 1


def test_a_coalition_names_those_who_belong_to_it_today(
    maria: Member, los_angeles: Office, call_as: CallAs
) -> None:
    body = make_coalition("Pacific Council", lead=maria.office, offices=[los_angeles])
    said = call_as(maria).get(f"coalitions/{body.reference}/").json()
    assert {office["short_name"] for office in said["offices"]} == {"California", "Los Angeles"}


def test_one_reads_and_changes_oneself(maria: Member, call_as: CallAs) -> None:
    api = call_as(maria)
    me = api.get("me/").json()
    assert me["acting"]["acting_for"] == f"{maria.office.reference}/staff"
    assert "password" not in str(me)
    assert api.patch("me/", {"time_zone": "America/Denver"}).json()["time_zone"] == "America/Denver"
    assert set(problem(api.patch("me/", {"time_zone": "Mars"}), 400)["errors"]) == {"time_zone"}
    assert set(problem(api.patch("me/", {"email": "x@example.gov"}), 400)["errors"]) == {"email"}


def test_colleagues_are_those_of_ones_own_offices(
    maria: Member, lee: Member, tom: Member, call_as: CallAs
) -> None:
    assert {row["name"] for row in call_as(maria).get("colleagues/").json()["results"]} == {
        "Maria Lopez",
        "Lee Nguyen",
    }


def test_notices_are_ones_own_and_can_be_read(
    maria: Member, liaison: Member, desk_lead: Member, call_as: CallAs
) -> None:
    make.requested(maria, liaison)
    api = call_as(liaison)
    (notice,) = api.get("notices/?unread=true").json()["results"]
    assert notice["about"].startswith("E-")
    problem(api.post("notices/read/", {}), 400)
    assert call_as(maria).post("notices/read/", {"keys": [notice["key"]]}).json() == {"read": 0}
    assert api.post("notices/read/", {"keys": [notice["key"]]}).json() == {"read": 1}
    assert api.get("notices/?unread=true").json()["results"] == []
    assert len(call_as(desk_lead).get("notices/?unread=true").json()["results"]) == 1


def test_a_notice_of_what_one_may_no_longer_see_names_nothing(
    maria: Member, liaison: Member, call_as: CallAs
) -> None:
    from engagements import actions

    actions.share(make.requested(maria, liaison).engagement, by=maria, visibility="restricted")
    (notice,) = call_as(liaison).get("notices/").json()["results"]
    assert (notice["title"], notice["about"]) == ("", "")


def test_one_chooses_how_to_hear_of_things(maria: Member, call_as: CallAs) -> None:
    api = call_as(maria)
    said = {"kind": "engagements.amended", "channel": "application"}
    assert api.put("notices/preferences/", said).json()["channel"] == "application"
    assert said["channel"] == next(
        row["channel"]
        for row in api.get("notices/preferences/").json()["results"]
        if row["kind"] == said["kind"]
    )
    problem(api.put("notices/preferences/", said | {"kind": "engagements.drafted"}), 400)


@pytest.mark.parametrize(
    ("path", "most"),
    [("counterparts/", 4), ("offices/", 4), ("coalitions/", 6), ("officials/", 6), ("notices/", 4)],
)
def test_lists_cost_the_same_however_long(
    maria: Member,
    call_as: CallAs,
    path: str,
    most: int,
    asks: Counting,
) -> None:
    for number in range(4):
        make.counterpart(maria, name=f"Body {number}")
        make_coalition()
        Term(official=make_official(), role="mayor", jurisdiction="x", division=make_division()).save()
    api = call_as(maria)
    with asks(most):
        assert api.get(path).status_code == 200
