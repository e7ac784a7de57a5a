"""Who in the country knows a counterpart, as far as each reader may see and no further."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Member, User
from counterparts import actions as register
from counterparts.models import Counterpart
from diplomacy.lib.rls import system
from engagements import actions
from engagements.models import Engagement
from tests.conftest import ClientFor
from tests.factories import accounts as people
from tests.factories import engagements as make
from tests.factories import lists

pytestmark = pytest.mark.django_db

NOBODY = "No office, as far as you may see."


@pytest.fixture
def body(maria: Member) -> Counterpart:
    return make.counterpart(maria, name="Ministry of Rivers")


def meets(by: Member, *bodies: Counterpart, day: int = 30, **fields: Any) -> Engagement:
    when = timezone.localdate() + timedelta(days=day)
    said = {"title": f"Talks of {by.office.short_name}", "kind": "call", "starts_on": when, "ends_on": when}
    said |= {"purpose": "Speak about the river."}
    stops = [{"city": "Tijuana", "country": "MX", "subdivision": "MX-BCN"}]
    plan = actions.Plan(fields=said | fields, counterparts=list(bodies), stops=stops)
    return actions.file(actions.draft(plan, by=by), by=by)


def part(client: Client, body: Counterpart) -> str:
    address = reverse("engagements:with_counterpart", args=[body.reference])
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def asked(client: Client, body: Counterpart) -> Any:
    return client.get(f"/api/v1/acquaintances/{body.reference}/").json()


def known(page: str) -> str:
    return page.partition('id="agreements"')[0]


def test_an_office_is_known_with_how_often_when_and_whom_to_ask(
    body: Counterpart, maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    actions.hold(meets(maria, body, day=-40), by=maria)
    meets(maria, body, day=20)
    latest = meets(maria, body, day=60, title="Signing of the river pact")
    page = known(part(client_for(liaison), body))
    assert maria.office.name in page and "3 engagements" in page
    assert 'Ask <span dir="auto">Maria Lopez' in page and latest.get_absolute_url() in page
    (office,) = asked(client_for(liaison), body)["offices"]
    today = timezone.localdate()
    assert (office["times"], office["engagement"]) == (3, latest.reference)
    assert office["last"] == str(today - timedelta(days=40)) and office["next"] == str(
        today + timedelta(days=20)
    )
    assert office["contact"]["name"] == "Maria Lopez"


def test_who_has_left_is_not_to_be_asked_and_a_lead_is(
    body: Counterpart, maria: Member, lee: Member, liaison: Member, client_for: ClientFor
) -> None:
    meets(maria, body)
    accounts.end_member(maria, by=lee)
    browser = client_for(liaison)
    assert asked(browser, body)["offices"][0]["contact"]["name"] == lee.user.name
    page = known(part(browser, body))
    assert f'Ask <span dir="auto">{lee.user.name}' in page and maria.user.name not in page
    with system("tests"):
        User.objects.filter(pk=lee.user_id).update(is_active=False)
    assert asked(browser, body)["offices"][0]["contact"] is None
    page = known(part(browser, body))
    assert "Ask <" not in page and "About <" in page and maria.office.name in page


def test_who_leads_the_office_is_not_to_be_asked_about_what_they_were_not_named_on(
    body: Counterpart, maria: Member, lee: Member, client_for: ClientFor
) -> None:
    named = people.make_member(maria.office, "staff")
    plan = meets(maria, body)
    actions.share(plan, by=maria, visibility="restricted", people=[named.user])
    accounts.end_member(maria, by=lee)
    assert asked(client_for(named), body)["offices"][0]["contact"] is None
    assert asked(client_for(lee), body)["offices"] == []


def test_what_one_may_not_see_makes_nobody_known(
    body: Counterpart, maria: Member, tom: Member, ana: Member, liaison: Member, client_for: ClientFor
) -> None:
    before = part(client_for(tom), body)
    meets(maria, body)
    assert part(client_for(tom), body) == before and NOBODY in before
    assert asked(client_for(tom), body)["offices"] == []
    assert "California" in known(part(client_for(liaison), body))
    open_to_all = meets(ana, body, visibility="public")
    page = known(part(client_for(tom), body))
    assert open_to_all.title in page and "California" not in page and "Maria" not in page


@pytest.mark.parametrize("persona", ["maria", "lee", "gov", "tom", "ana", "liaison", "desk_lead", "briefer"])
def test_every_persona_is_told_of_exactly_the_offices_whose_engagements_they_see(
    persona: str, body: Counterpart, request: pytest.FixtureRequest, client_for: ClientFor
) -> None:
    maria, tom, ana = (request.getfixturevalue(name) for name in ("maria", "tom", "ana"))
    meets(maria, body)
    meets(maria, body, visibility="restricted", title="Hidden from most")
    meets(tom, body)
    actions.draft(actions.Plan(fields={"title": "Only a draft", "kind": "call"}, counterparts=[body]), by=ana)
    reader = request.getfixturevalue(persona)
    visible = Engagement.objects.visible_to(reader.user).filter(counterparts=body).exclude(filed_at=None)
    expected: dict[str, int] = {}
    for row in visible.select_related("office"):
        expected[row.office.reference] = expected.get(row.office.reference, 0) + 1
    said = asked(client_for(reader), body)["offices"]
    assert {one["office"]["reference"]: one["times"] for one in said} == expected


def test_a_draft_or_what_was_called_off_makes_nobody_known(
    body: Counterpart, maria: Member, lee: Member, client_for: ClientFor
) -> None:
    actions.draft(actions.Plan(fields={"title": "Draft", "kind": "call"}, counterparts=[body]), by=maria)
    actions.cancel(meets(maria, body), by=maria, reason="No travel.")
    actions.postpone(meets(maria, body), by=maria, reason="Floods.")
    assert NOBODY in part(client_for(lee), body)


def test_who_came_for_their_side_was_met_too(maria: Member, lee: Member, client_for: ClientFor) -> None:
    person = make.counterpart(maria, name="Julia Ejemplo", kind="person", subdivision="")
    said = {"side": "theirs", "name": "Julia Ejemplo", "title": "", "counterpart": person}
    plan = replace(make.plan(maria), participants=[said])
    engagement = actions.file(actions.draft(plan, by=maria), by=maria)
    page = part(client_for(lee), person)
    assert NOBODY not in page and page.count(engagement.get_absolute_url()) == 2


def test_a_person_is_known_through_the_body_they_serve_in_today(
    body: Counterpart, maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    person = make.counterpart(maria, name="Julia Ejemplo", kind="person", subdivision="")
    past = make.counterpart(maria, name="Ministry of the Past")
    yesterday = timezone.localdate() - timedelta(days=1)
    register.hold_post(person, by=maria, body=body, title="Minister")
    register.hold_post(person, by=maria, body=past, title="Clerk", ends_on=yesterday)
    meets(maria, body)
    meets(tom, past)
    said = asked(client_for(liaison), person)
    assert said["offices"] == [] and [one["name"] for one in said["bodies"]] == ["Ministry of Rivers"]
    assert [one["office"]["name"] for one in said["through_bodies"]] == [maria.office.name]
    page = known(part(client_for(liaison), person))
    assert "Through where they serve" in page and "Ministry of Rivers" in page and tom.office.name not in page
    assert "Through" not in part(client_for(tom), person)


def test_signings_are_the_agreements_with_what_the_flag_says(
    body: Counterpart, maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    meets(maria, body, kind="signing", title="River pact", has_binding_language=True)
    actions.hold(meets(maria, body, kind="signing", title="Old pact", day=-9), by=maria)
    actions.cancel(meets(maria, body, kind="signing", title="Lost pact"), by=maria, reason="No.")
    page = part(client_for(liaison), body)
    agreements = page.partition('id="agreements"')[2].partition('id="engagements"')[0]
    assert agreements.index("River pact") < agreements.index("Old pact") and "Lost pact" not in agreements
    assert "something binding may be signed" in agreements and "no binding language" in agreements
    assert "No signing that you may see." in part(client_for(tom), body)


def test_the_part_costs_the_same_for_many_offices_as_for_one_and_is_bounded(
    body: Counterpart,
    maria: Member,
    liaison: Member,
    client_for: ClientFor,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(22):
        office = people.make_office(f"Office {number:02}", short_name=f"O{number:02}")
        member = people.make_member(office, "staff", name=f"Person {number:02}")
        meets(member, body, day=number, kind="signing")
    client = client_for(liaison)
    client.get("/")
    with django_assert_max_num_queries(20):
        page = part(client, body)
    assert "The 20 that met them last are shown." in page and "Office 01" not in known(page)
    assert known(page).index("Office 21") < known(page).index("Office 20")


@pytest.mark.parametrize("address", ["/api/v1/acquaintances/C-00000000/", "/api/v1/acquaintances/x/"])
def test_whom_nobody_knows_is_not_there(address: str, maria: Member, client_for: ClientFor) -> None:
    assert client_for(maria).get(address).status_code == 404


def test_the_desk_decides_beside_the_guidance_and_the_lists(
    maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    said = make.guidance(liaison)
    newer = register.replace_guidance(
        said,
        by=liaison,
        country="MX",
        subdivision="",
        kind="caution",
        title="Mind the elections",
        text="Meet both sides.",
        reason="They vote.",
        starts_on=timezone.localdate(),
        ends_on=None,
    )
    make.guidance(liaison, country="JP", title="Bring cards")
    lists.listing("Baja California Government", in_=lists.edition(), kind="body")
    held = make.assigned(maria, liaison)
    register.screen_due()
    page = " ".join(client_for(liaison).get(held.get_absolute_url()).content.decode().split())
    guidance = page.partition('id="guidance"')[2].partition('id="engagement"')[0]
    assert newer.title in guidance and "version 2" in guidance and newer.get_absolute_url() in guidance
    assert said.title not in guidance and "Bring cards" not in guidance
    assert "Baja California Government" in page and 'list of <time datetime="2026-03-02"' in page
    own = client_for(maria).get(held.engagement.get_absolute_url()).content.decode()
    assert newer.title in own and "version 2" in own
