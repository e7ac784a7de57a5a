"""What needs me today? By role, with constant queries."""

import html
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from engagements import actions
from engagements.models import AdviceRequest
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db

ClientFor = Callable[[Member], Client]
ROLES = ["maria", "lee", "gov", "liaison", "desk_lead", "briefer", "auditor"]


def seen_by(person: Member, client_for: ClientFor) -> str:
    response = client_for(person).get(reverse("home"))
    assert response.status_code == 200
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("role", ROLES)
def test_a_new_office_or_desk_gets_a_kind_page(
    role: str, request: pytest.FixtureRequest, client_for: ClientFor
) -> None:
    shown = seen_by(request.getfixturevalue(role), client_for)
    assert "What needs you today" in shown
    assert ("Nothing waits for you" in shown) == (role != "auditor")


def a_busy_day(maria: Member, liaison: Member) -> None:
    make.drafted(maria, title="A draft")
    make.held(maria)
    asked = make.assigned(maria, liaison)
    actions.ask_question(asked, by=liaison, text="Who signs?")
    advice = make.advised(maria, liaison)
    actions.add_commitment(advice.request.engagement, by=maria, text="Send the data", due_on=make.in_days(3))
    late = make.assigned(maria, liaison)
    AdviceRequest.objects.filter(pk=late.pk).update(due_on=make.in_days(-3))
    make.requested(maria, liaison)


def test_staff_see_what_waits_for_them(maria: Member, liaison: Member, client_for: ClientFor) -> None:
    a_busy_day(maria, liaison)
    shown = seen_by(maria, client_for)
    for words in (
        "Answer Mexico Desk",
        "Advice from Mexico Desk",
        "A draft",
        "Send the data",
        "Next engagements",
    ):
        assert words in shown
    assert "outcome report is owed" in shown
    assert "Nothing waits for you" not in shown


def test_a_liaison_sees_the_clock_and_nothing_of_drafts(
    maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    a_busy_day(maria, liaison)
    shown = seen_by(liaison, client_for)
    assert "Late by" in shown
    assert "Paused: waiting for the office" in shown
    assert "A draft" not in shown


def test_a_desk_lead_sees_what_nobody_has_and_who_has_how_much(
    maria: Member, liaison: Member, desk_lead: Member, client_for: ClientFor
) -> None:
    a_busy_day(maria, liaison)
    shown = seen_by(desk_lead, client_for)
    assert "To give to somebody" in shown
    assert "Dana Liaison" in shown
    assert "2 open" in shown


def test_another_office_sees_nothing_of_it(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    a_busy_day(maria, liaison)
    assert "Water dialogue" not in seen_by(tom, client_for)


def test_an_auditor_is_told_what_they_see_and_gets_the_log_without_content(
    maria: Member, auditor: Member, client_for: ClientFor
) -> None:
    make.filed(maria, title="CANARY")
    assert "oversight reads the log" in seen_by(auditor, client_for)
    log = client_for(auditor).get(reverse("activity:log")).content.decode()
    assert "filed this engagement" in log
    assert "CANARY" not in log
    assert client_for(maria).get(reverse("activity:log")).status_code == 404


def test_who_holds_no_membership_is_told_so(outsider: Member, client_for: ClientFor) -> None:
    assert client_for(outsider).get(reverse("home")).status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_home_costs_the_same_on_a_busy_day(
    role: str,
    maria: Member,
    liaison: Member,
    request: pytest.FixtureRequest,
    client_for: ClientFor,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(3):
        a_busy_day(maria, liaison)
    client = client_for(request.getfixturevalue(role))
    with django_assert_max_num_queries(15):
        client.get(reverse("home"))
