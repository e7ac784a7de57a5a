"""Whom the other office is told to ask: who it is now, and as they are called now, within what its plan lets be known."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions as accounts
from accounts.models import Member, Office, User
from diplomacy.lib.rls import system
from engagements import actions
from engagements.models import Engagement
from tests.conftest import ClientFor
from tests.factories import overlaps as cross
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db


def said(browser: Client, here: cross.Crossing) -> dict[str, Any]:
    answer = browser.get(f"/api/v1/overlaps/{here.our_side.reference}/")
    other: dict[str, Any] = answer.json()["other"]
    (listed,) = browser.get("/api/v1/overlaps/").json()["results"]
    assert listed["other"] == other
    return other


def page(browser: Client, here: cross.Crossing) -> str:
    return browser.get(here.our_side.get_absolute_url()).content.decode()


@pytest.fixture
def here(maria: Member, tom: Member) -> cross.Crossing:
    return cross.crossing(maria, tom, "signal", "introduce")


def rename(person: Member, **fields: str) -> None:
    with system("tests"):
        User.objects.filter(pk=person.user_id).update(**fields)


def test_who_is_called_otherwise_now_is_called_so(
    here: cross.Crossing, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    before = tom.user.name, tom.user.email
    rename(tom, name="Tom Married", email="tom.married@example.gov")
    browser = client_for(maria)
    assert (said(browser, here)["contact"], said(browser, here)["email"]) == (
        "Tom Married",
        "tom.married@example.gov",
    )
    shown = page(browser, here)
    assert "Tom Married" in shown and "mailto:tom.married@example.gov" in shown
    assert not any(old in shown for old in before)


def test_when_the_contact_has_left_a_lead_of_the_office_is_named(
    here: cross.Crossing, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    lead = make_member(tom.office, "lead")
    make_member(tom.office, "staff")
    accounts.end_member(tom, by=lead)
    browser = client_for(maria)
    assert (said(browser, here)["contact"], said(browser, here)["email"]) == (lead.user.name, lead.user.email)
    shown = page(browser, here)
    assert lead.user.email in shown
    assert tom.user.email not in shown


def test_where_nobody_is_left_to_ask_the_office_is_named_alone(
    here: cross.Crossing, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    with system("tests"):
        User.objects.filter(memberships__office=tom.office).update(is_active=False)
    browser = client_for(maria)
    assert not {"contact", "email"} & said(browser, here).keys()
    assert said(browser, here)["office"] == tom.office.name
    shown = page(browser, here)
    assert "Whom to ask" not in shown
    assert tom.office.name in shown


def test_an_office_of_another_name_is_called_so_wherever_it_is_named(
    here: cross.Crossing, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    before, browser = tom.office.name, client_for(maria)
    with system("tests"):
        Office.objects.filter(pk=tom.office_id).update(name="Office of a new name")
    pages = (
        here.our_side.get_absolute_url(),
        here.ours.get_absolute_url(),
        *(reverse(name) for name in ("engagements:overlaps", "home", "activity:notices")),
    )
    for one in pages:
        shown = browser.get(one).content.decode()
        assert "Office of a new name" in shown, one
        assert before not in shown, one
    assert said(browser, here)["office"] == "Office of a new name"


def test_a_plan_in_other_hands_names_them(
    here: cross.Crossing, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    heir = make_member(tom.office, "staff")
    Engagement.objects.filter(pk=here.theirs.pk).update(contact=heir)
    theirs = Engagement.objects.get(pk=here.theirs.pk)
    actions.amend(theirs, actions.Plan(fields={"title": "Ours now"}), by=heir, version=theirs.version)
    assert said(client_for(maria), here)["email"] == heir.user.email


def test_what_the_plan_takes_back_is_gone_whoever_is_its_contact(
    here: cross.Crossing, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    actions.share(here.theirs, by=tom, coordination="signal", visibility="federal")
    browser = client_for(maria)
    rename(tom, name="Tom Married")
    assert said(browser, here).keys() == {"month", "matched"}
    assert set(here.again().our_side.sees) == {"month", "matched"}
    shown = page(browser, here)
    assert not any(word in shown for word in ("Tom Married", tom.user.email, tom.office.name))


def test_the_row_holds_nobodys_name_or_address(here: cross.Crossing, tom: Member) -> None:
    assert tom.user.email not in json.dumps(here.our_side.sees)
    assert tom.user.name not in json.dumps(here.our_side.sees)


def test_what_a_process_of_the_version_before_wrote_is_read_too(
    here: cross.Crossing, maria: Member, client_for: ClientFor
) -> None:
    with system("tests"):
        side = here.our_side
        side.sees |= {"contact": "Tom of before", "email": "before@example.gov"}
        del side.sees["member"]
        side.save(update_fields=["sees"])
    browser = client_for(maria)
    assert said(browser, here)["contact"] == "Tom of before"
    assert "mailto:before@example.gov" in page(browser, here)


def test_many_take_no_more_statements_than_one(
    here: cross.Crossing,
    maria: Member,
    tom: Member,
    client_for: ClientFor,
    django_assert_max_num_queries: Any,
) -> None:
    browser = client_for(maria)

    def statements() -> int:
        with django_assert_max_num_queries(60) as counted:
            for place in ("/api/v1/overlaps/", reverse("engagements:overlaps"), reverse("home")):
                assert browser.get(place).status_code == 200
        return len(counted)

    statements()
    one = statements()
    for _ in range(3):
        cross.filed(make_member(), here.ours.counterparts.get(), "introduce")
    assert statements() <= one
