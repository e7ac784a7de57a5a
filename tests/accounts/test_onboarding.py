"""An office is asked for by one person and opened by another."""

import re
import threading
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import actions
from accounts.models import Invitation, Member, Office, OfficeRequest, User
from activity.models import Entry, Notice
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from tests.conftest import ClientFor
from tests.engagements.test_races import at_once
from tests.factories.accounts import delegated, make_division, make_member, make_office

pytestmark = pytest.mark.django_db
ASK = "/people/offices/ask/"
LIST = "/people/offices/requests/"
CA = "ocd-division/country:us/state:ca"
FRESNO: dict[str, Any] = {
    "office_name": "Fresno Mayor's Office of International Affairs",
    "level": "city",
    "state": CA,
    "place": "City of Fresno",
    "name": "Fay Ortega",
    "title": "Director",
    "email": "Fay.Ortega@fresno.example.gov",
    "authority": "The city clerk, 555-0100.",
}
NEVADA = FRESNO | {
    "office_name": "Nevada Office of Protocol",
    "level": "state",
    "state": "ocd-division/country:us/state:nv",
    "place": "",
    "email": "nel@nv.example.gov",
}
OPEN = {"name": "Fresno", "short_name": "Fresno", "time_zone": "America/Los_Angeles", "open": "1"}
SAID: dict[str, Any] = {
    "name": "Fresno",
    "short_name": "Fresno",
    "division": None,
    "time_zone": "America/Los_Angeles",
}


@pytest.fixture
def asked() -> OfficeRequest:
    made = actions.ask_for_office(**FRESNO)
    assert made
    return made


def status_of(held: OfficeRequest) -> str:
    return OfficeRequest.objects.get(pk=held.pk).status


# Asking -----------------------------------------------------------------------------------------------------------


def test_no_state_is_chosen_for_whoever_asks_in_haste(client: Any) -> None:
    page = client.get(ASK).content.decode()
    assert '<option value="" selected>Choose one</option>' in page
    assert f'<a class="back" href="{reverse("account_login")}">' in page
    assert client.post(ASK, FRESNO | {"state": ""}).status_code == 400
    assert not OfficeRequest.objects.exists()


def test_anybody_asks_and_those_who_can_answer_are_told(
    lee: Member, desk_lead: Member, maria: Member, liaison: Member
) -> None:
    browser = Client()
    assert browser.get(ASK).status_code == 200
    answer = browser.post(ASK, FRESNO, follow=True)
    assert "Thank you" in answer.content.decode()
    held = OfficeRequest.objects.get()
    assert held.email == "fay.ortega@fresno.example.gov"
    told = Notice.objects.filter(entry__kind="accounts.office_asked_for").values_list("recipient", flat=True)
    assert set(told) == {lee.user_id, desk_lead.user_id}
    assert mail.outbox == [], "a public page sends nobody mail"


def test_the_answer_tells_nothing_of_who_and_what_exists(california: Office, maria: Member) -> None:
    said = [
        FRESNO,
        FRESNO,
        FRESNO | {"office_name": california.name, "level": "state", "place": ""},
        FRESNO | {"email": maria.user.email},
        *(FRESNO | {"office_name": f"Office {number}"} for number in range(5)),
    ]
    answers = set()
    for number, one in enumerate(said):
        answer = Client(REMOTE_ADDR=f"203.0.113.{number}").post(ASK, one)
        answers.add((answer.status_code, answer["Location"], answer.content))
    assert len(answers) == 1


def test_one_address_asks_three_times_at_most_until_it_is_answered() -> None:
    for number in range(6):
        actions.ask_for_office(**(FRESNO | {"office_name": f"Office {number}"}))
    assert OfficeRequest.objects.count() == 3
    actions.ask_for_office(**(FRESNO | {"email": "other@example.gov"}))
    assert OfficeRequest.objects.count() == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["Office {}", "One office"])
def test_who_asks_many_times_at_once_asks_no_more_than_one_after_the_other(name: str) -> None:
    said = [FRESNO | {"office_name": name.format(number)} for number in range(6)]
    assert at_once(*[partial(actions.ask_for_office, **one) for one in said]) == ["done"] * 6
    assert OfficeRequest.objects.count() == len({one["office_name"] for one in said[:3]})


@pytest.mark.django_db(transaction=True)
def test_who_asks_does_not_wait_for_another_address() -> None:
    has_asked, has_other = threading.Event(), threading.Event()

    def ask_and_wait() -> None:
        with transaction.atomic():
            actions.ask_for_office(**FRESNO)
            has_asked.set()
            assert has_other.wait(10)

    def ask() -> None:
        has_asked.wait(10)
        actions.ask_for_office(**NEVADA)
        has_other.set()

    assert at_once(ask_and_wait, ask) == ["done", "done"]


def test_asking_is_limited_by_where_it_comes_from(settings: Any) -> None:
    settings.OFFICE_REQUESTS_AN_HOUR = 2
    statuses = [
        Client().post(ASK, FRESNO | {"email": f"a{number}@example.gov"}).status_code for number in range(4)
    ]
    assert statuses == [302, 302, 429, 429]
    assert Client(REMOTE_ADDR="203.0.113.9").post(ASK, FRESNO).status_code == 302


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"level": "federal"}, "level"),
        ({"state": "ocd-division/country:us/state:zz"}, "state"),
        ({"state": "ocd-division/country:mx"}, "state"),
        ({"place": ""}, "place"),
        ({"email": "nonsense"}, "email"),
        ({"office_name": "x" * 201}, "office_name"),
        ({"authority": ""}, "authority"),
        ({"authority": "x" * 1001}, "authority"),
    ],
)
def test_a_bad_answer_is_said_at_its_field(change: dict[str, str], field: str) -> None:
    answer = Client().post(ASK, FRESNO | change)
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert not OfficeRequest.objects.exists()


# Answering --------------------------------------------------------------------------------------------------------


def test_the_lead_of_the_state_opens_a_city_and_whoever_asked_leads_it(
    client_for: ClientFor,
    lee: Member,
    desk_lead: Member,
    asked: OfficeRequest,
    django_capture_on_commit_callbacks: Any,
) -> None:
    place = make_division(f"{CA}/place:fresno")
    browser = client_for(lee)
    assert "Fresno Mayor" in browser.get(LIST).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(asked.get_absolute_url(), OPEN | {"division": place.pk}, follow=True)
    assert "is open" in answer.content.decode()
    office = Office.objects.get(name="Fresno")
    assert (office.level, office.division, office.time_zone) == ("city", place, "America/Los_Angeles")
    held = OfficeRequest.objects.get()
    assert (held.status, held.decided_by, held.decided_for, held.office) == (
        "confirmed",
        lee.user,
        lee.office,
        office,
    )
    [message] = [message for message in mail.outbox if message.to == ["fay.ortega@fresno.example.gov"]]
    found = re.search(r"http://127.0.0.1:8000(/people/join/\S+)", str(message.body))
    assert found
    newcomer = Client()
    newcomer.get(found[1])
    newcomer.post("/people/join/", {"name": "Fay Ortega", "password": "correct horse battery"})
    lead = Member.objects.get(office=office)
    assert (lead.role, lead.user.email, lead.user.standing) == ("lead", asked.email, [lead])
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"accounts.office_asked_for", "accounts.office_confirmed", "accounts.office_opened"} <= kinds
    assert Notice.objects.filter(entry__kind="accounts.office_confirmed", recipient=desk_lead.user).exists()


def test_the_invitation_of_a_new_office_ends_with_the_right_of_who_confirmed_it(
    lee: Member, asked: OfficeRequest
) -> None:
    actions.confirm_office(asked, by=lee, **SAID)
    from accounts import invitations

    held = Invitation.objects.get()
    assert invitations.is_vouched_for(held)
    Member.objects.filter(pk=lee.pk).update(role="reader")
    assert not invitations.is_vouched_for(held)


@pytest.mark.parametrize("who", ["maria", "gov", "liaison", "briefer", "auditor", "tom", "texan_lead"])
def test_others_do_not_see_and_do_not_answer(
    who: str,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    asked: OfficeRequest,
    texas: Office,
    lee: Member,
) -> None:
    by = make_member(texas, "lead") if who == "texan_lead" else request.getfixturevalue(who)
    browser = client_for(by)
    absent = browser.get(reverse("accounts:office_request", args=["OR-00000000"]))
    for answer in (browser.get(asked.get_absolute_url()), browser.post(asked.get_absolute_url(), OPEN)):
        assert answer.status_code == 404
    assert browser.get(asked.get_absolute_url()).content == absent.content
    assert "Fresno" not in browser.get(LIST).content.decode()
    with pytest.raises(Forbidden):
        actions.confirm_office(asked, by=by, **SAID)
    with pytest.raises(Forbidden):
        actions.decline_office(asked, by=by, reason="No")
    assert status_of(asked) == "asked"


def test_a_state_lead_answers_for_cities_of_the_state_and_for_nothing_else(
    lee: Member, desk_lead: Member, client_for: ClientFor
) -> None:
    state = actions.ask_for_office(**NEVADA)
    own = actions.ask_for_office(**(FRESNO | {"level": "state", "office_name": "A second state office"}))
    tribe = actions.ask_for_office(**(FRESNO | {"level": "tribal", "office_name": "A tribe"}))
    for held in (state, own, tribe):
        assert held
        assert client_for(lee).get(held.get_absolute_url()).status_code == 404
        with pytest.raises(Forbidden):
            actions.confirm_office(held, by=lee, **SAID)
        assert client_for(desk_lead).get(held.get_absolute_url()).status_code == 200
    assert state
    actions.confirm_office(state, by=desk_lead, **(SAID | {"name": "Nevada"}))


def test_a_city_lead_answers_for_no_city(los_angeles: Office, asked: OfficeRequest) -> None:
    with pytest.raises(Forbidden):
        actions.confirm_office(asked, by=make_member(los_angeles, "lead"), **SAID)


def test_nobody_answers_their_own_request(
    client_for: ClientFor, lee: Member, desk_lead: Member, california: Office
) -> None:
    signed_in = client_for(desk_lead)
    signed_in.post(ASK, FRESNO | {"email": "somebody.else@example.gov"})
    by_account = OfficeRequest.objects.get()
    assert by_account.asked_by == desk_lead.user
    by_address = actions.ask_for_office(**(FRESNO | {"email": lee.user.email.upper()}))
    for by, held in ((desk_lead, by_account), (lee, by_address)):
        assert held
        assert client_for(by).post(held.get_absolute_url(), OPEN).status_code == 403
        with pytest.raises(Forbidden):
            actions.confirm_office(held, by=by, **SAID)
        assert status_of(held) == "asked"
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeRequest.objects.filter(pk=by_account.pk).update(status="declined", decided_by=desk_lead.user)


def test_a_stand_in_of_a_lead_opens_no_office(lee: Member, maria: Member, asked: OfficeRequest) -> None:
    stand_in = delegated(lee, maria).membership
    with pytest.raises(Forbidden):
        actions.confirm_office(asked, by=stand_in, **SAID)


def test_a_request_is_answered_once(lee: Member, desk_lead: Member, asked: OfficeRequest) -> None:
    actions.decline_office(asked, by=lee, reason="Nobody there knows them.")
    with pytest.raises(Conflict):
        actions.confirm_office(asked, by=desk_lead, **SAID)
    assert not Office.objects.filter(name="Fresno").exists()


def test_who_is_declined_hears_so_and_not_why_also_when_the_mail_server_was_away(
    client_for: ClientFor, lee: Member, asked: OfficeRequest, settings: Settings
) -> None:
    client_for(lee).post(asked.get_absolute_url(), {"decline": "1", "reason": "CANARY"})
    assert status_of(asked) == "declined"
    reached, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    assert actions.post() == 0
    settings.EMAIL_BACKEND = reached
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert actions.post() == 1
    [message] = mail.outbox
    assert message.to == [asked.email]
    assert "CANARY" not in str(message.body)
    assert "CANARY" in client_for(lee).get(asked.get_absolute_url()).content.decode()


def test_a_place_of_another_state_is_refused(lee: Member, asked: OfficeRequest) -> None:
    elsewhere = make_division("ocd-division/country:us/state:tx/place:fresno")
    with pytest.raises(Invalid):
        actions.confirm_office(asked, by=lee, **(SAID | {"division": elsewhere}))
    assert not Office.objects.filter(name="Fresno").exists()
    assert status_of(asked) == "asked"


def test_a_name_that_is_taken_is_said_at_its_field(
    client_for: ClientFor, lee: Member, asked: OfficeRequest
) -> None:
    answer = client_for(lee).post(asked.get_absolute_url(), OPEN | {"name": lee.office.name})
    assert answer.status_code == 400
    assert "name" in answer.context["form"].errors
    assert status_of(asked) == "asked"


def test_desk_leads_find_offices_that_nobody_manages(
    client_for: ClientFor, desk_lead: Member, lee: Member, operator: User
) -> None:
    lone = actions.add_by_command(operator, make_office("Lone Office"), "lead")
    assert "Lone Office" in client_for(desk_lead).get(LIST).content.decode()
    assert "Lone Office" not in client_for(lee).get(LIST).content.decode()
    said = {"member": f"{lone.key}:{lone.version}"}
    assert client_for(lee).post(reverse("accounts:bring_back"), said).status_code == 403
    assert client_for(desk_lead).post(reverse("accounts:bring_back"), {"member": lee.key}).status_code == 404
    client_for(desk_lead).post(reverse("accounts:bring_back"), said)
    assert User.objects.get(pk=operator.pk).standing == [lone]
