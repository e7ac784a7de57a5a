"""What people looked at and tried: openings, refusals, the door, and opening very many records."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Member
from activity import alarms, delivery, timeline
from activity.models import Alarm, Entry, Notice
from engagements import actions
from engagements.models import Commitment, Engagement
from tests.activity.conftest import Mailbox
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough sentence"


def of_kind(kind: str) -> list[Entry]:
    return list(Entry.objects.filter(kind=kind).order_by("pk"))


# Openings -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def restricted(maria: Member, lee: Member, liaison: Member) -> Engagement:
    request = make.requested(maria, liaison)
    return actions.share(request.engagement, by=maria, visibility="restricted", people=[lee.user])


def test_who_opens_a_restricted_engagement_stands_on_its_page_for_its_office(
    restricted: Engagement, maria: Member, lee: Member, desk_lead: Member, client_for: ClientFor
) -> None:
    for reader in (lee, desk_lead):
        assert client_for(reader).get(restricted.get_absolute_url()).status_code == 200
    page = client_for(maria).get(restricted.get_absolute_url()).content.decode()
    read = page[page.index("Who has read this") :]
    assert "Lee Nguyen" in read and "Drew Desklead" in read
    assert [entry.actor_id for entry in of_kind("engagements.opened")] == [
        lee.user_id,
        desk_lead.user_id,
        maria.user_id,
    ]


def test_a_desk_that_reads_a_restricted_engagement_does_not_see_who_else_did(
    restricted: Engagement, lee: Member, desk_lead: Member, client_for: ClientFor
) -> None:
    client_for(lee).get(restricted.get_absolute_url())
    page = client_for(desk_lead).get(restricted.get_absolute_url()).content.decode()
    assert "Who has read this" not in page
    assert "opened this restricted engagement" not in page


def test_opening_again_within_the_hour_is_one_look(
    restricted: Engagement, lee: Member, client_for: ClientFor
) -> None:
    browser = client_for(lee)
    for _ in range(3):
        browser.get(restricted.get_absolute_url())
    assert len(of_kind("engagements.opened")) == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        client_for(lee).get(restricted.get_absolute_url())
    assert len(of_kind("engagements.opened")) == 2
    (look,) = timeline.looks(restricted, "engagements.opened")
    assert (look.name, look.times) == ("Lee Nguyen", 2)


@pytest.mark.parametrize("path", ["", "timeline/", "versions/"])
def test_the_api_is_no_way_around_it(
    restricted: Engagement, lee: Member, client_for: ClientFor, path: str
) -> None:
    answer = client_for(lee).get(f"/api/v1/engagements/{restricted.reference}/{path}")
    assert answer.status_code == 200
    assert len(of_kind("engagements.opened")) == 1


def test_a_request_for_advice_and_a_commitment_are_no_way_around_it(
    restricted: Engagement, maria: Member, lee: Member, desk_lead: Member, client_for: ClientFor
) -> None:
    held = restricted.advice_requests.get()
    commitment = Commitment.objects.create(engagement=restricted, text="Send the data")
    assert client_for(desk_lead).get(f"/api/v1/advice-requests/{held.reference}/").status_code == 200
    assert client_for(lee).get(f"/api/v1/commitments/{commitment.reference}/").status_code == 200
    assert [entry.actor_id for entry in of_kind("engagements.opened")] == [desk_lead.user_id, lee.user_id]


def test_what_is_not_restricted_is_opened_without_a_line(
    maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    client_for(liaison).get(make.filed(maria).get_absolute_url())
    assert not of_kind("engagements.opened")


def test_who_may_not_see_it_has_not_opened_it(
    restricted: Engagement, tom: Member, client_for: ClientFor
) -> None:
    assert client_for(tom).get(restricted.get_absolute_url()).status_code == 404
    assert not of_kind("engagements.opened")


# Refusals -------------------------------------------------------------------------------------------------------------


def test_a_refused_move_is_written_down_with_the_record_that_the_person_may_see(
    maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    filed = make.filed(maria)
    answer = client_for(liaison).post(f"{filed.get_absolute_url()}cancel/", {"reason": "secret words"})
    assert answer.status_code == 403
    (entry,) = of_kind("activity.refused")
    assert (entry.actor_id, entry.office_id) == (liaison.user_id, liaison.office_id)
    assert entry.subject_reference == filed.reference
    assert entry.data == {"door": "engagements:cancel", "method": "POST"}
    assert not timeline.of(filed, maria.user)[0].kind.startswith("activity.")


def test_a_move_that_the_api_refuses_is_written_down(
    maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    filed = make.filed(maria)
    said = {"reason": "secret words"}
    path = f"/api/v1/engagements/{filed.reference}/cancel/"
    assert client_for(liaison).post(path, said, content_type="application/json").status_code == 403
    (entry,) = of_kind("activity.refused")
    assert entry.subject_reference == filed.reference
    assert "secret" not in str(entry.data)


def test_what_is_hidden_is_written_down_as_what_is_not_there(
    maria: Member, tom: Member, auditor: Member, client_for: ClientFor
) -> None:
    hidden, absent, browser = make.drafted(maria), "E-00000000", client_for(tom)
    for reference in (hidden.reference, absent):
        browser.post(f"/engagements/{reference}/cancel/", {"reason": "secret words"})
        browser.get(f"/api/v1/engagements/{reference}/")
        browser.get(f"/engagements/{reference}/")
    assert not of_kind("activity.refused")
    lines = of_kind("activity.missed")
    assert [line.subject_reference for line in lines] == [hidden.reference, absent], "once an hour"
    for line in lines:
        assert (line.actor_id, line.office_id, line.subject_id) == (tom.user_id, tom.office_id, 0)
        assert line.data == {"door": "engagements:cancel", "method": "POST"}
    assert not [each for each in timeline.of(hidden, maria.user) if each.kind == "activity.missed"]
    page = client_for(auditor).get("/activity/", {"kind": "activity.missed"}).content.decode()
    assert page.count(hidden.reference) == page.count(absent) > 0


def test_an_address_that_nothing_answers_is_nobodys_try(tom: Member, client_for: ClientFor) -> None:
    assert client_for(tom).get("/no-such-page/").status_code == 404
    assert not of_kind("activity.missed")


def test_a_membership_that_ended_and_tries_on_is_written_down(
    outsider: Member, client_for: ClientFor
) -> None:
    assert client_for(outsider).get("/").status_code == 403
    (entry,) = of_kind("activity.refused")
    assert (entry.actor_id, entry.office_id) == (outsider.user_id, None)


# The door -------------------------------------------------------------------------------------------------------------


def test_coming_in_and_going_out_are_written_down(maria: Member) -> None:
    maria.user.set_password(PASSWORD)
    maria.user.save()
    client = Client()
    client.post("/sign-in/login/", {"login": maria.user.email, "password": PASSWORD})
    client.post("/sign-in/logout/")
    (came,), (went,) = of_kind("accounts.signed_in"), of_kind("accounts.signed_out")
    assert {came.actor_id, went.actor_id} == {maria.user_id}
    assert came.office_id == maria.office_id
    assert came.data == {"came_from": "127.0.0.1", "shown": ["password"]}
    assert went.data == {"came_from": "127.0.0.1"}


def test_a_failed_sign_in_says_neither_who_nor_whether_there_is_such_an_account(maria: Member) -> None:
    cache.clear()
    for address in (maria.user.email, "nobody@example.gov", maria.user.email.upper()):
        Client().post("/sign-in/login/", {"login": address, "password": "wrong"})
    known, unknown, again = of_kind("accounts.sign_in_failed")
    assert {known.actor_id, unknown.actor_id, known.office_id, unknown.office_id} == {None}
    assert set(known.data) == set(unknown.data) == {"typed", "shown", "came_from"}
    assert known.data["typed"] == again.data["typed"] != unknown.data["typed"]
    assert "example" not in str(known.data)


# Bulk reading ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def few(settings: Settings) -> None:
    settings.BULK_READ_LIMIT = 3
    cache.clear()


def test_opening_more_records_than_work_explains_alarms_the_lead_and_the_auditors_once(
    few: None, maria: Member, lee: Member, tom: Member, auditor: Member, client_for: ClientFor
) -> None:
    browser = client_for(maria)
    records = [make.filed(maria) for _ in range(6)]
    with time_machine.travel(timezone.now().replace(minute=10), tick=False):
        for record in records[:3] * 2:
            browser.get(record.get_absolute_url())
        assert not Alarm.objects.exists(), "the same three records again and again are three"
        for record in records[3:]:
            browser.get(record.get_absolute_url())
    alarm = Alarm.objects.get()
    assert (alarm.user_id, alarm.office_id, alarm.opened) == (maria.user_id, maria.office_id, 4)
    told = Notice.objects.filter(entry__kind="activity.bulk_read")
    assert {notice.recipient_id for notice in told} == {lee.user_id, auditor.user_id}
    assert {notice.mail for notice in told} == {Notice.Mail.DUE}


def test_the_next_hour_counts_anew(few: None, maria: Member, lee: Member) -> None:
    start = timezone.now().replace(minute=10)
    for hour in range(2):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            for number in range(9):
                alarms.count([f"E-0000000{number}"], by=maria)
    assert Alarm.objects.count() == 2


def test_the_api_counts_too(few: None, maria: Member, lee: Member, client_for: ClientFor) -> None:
    browser = client_for(maria)
    with time_machine.travel(timezone.now().replace(minute=10), tick=False):
        for _ in range(4):
            browser.get(f"/api/v1/engagements/{make.filed(maria).reference.lower()}/")
    assert Alarm.objects.count() == 1


def test_what_is_not_found_is_not_counted(few: None, tom: Member, client_for: ClientFor) -> None:
    browser = client_for(tom)
    for number in range(9):
        browser.get(f"/engagements/E-0000000{number}/")
    assert not Alarm.objects.exists()


def test_an_alarm_is_read_by_the_lead_of_that_office_and_by_auditors(
    maria: Member, lee: Member, desk_lead: Member, auditor: Member, client_for: ClientFor
) -> None:
    where = alarms.sound(maria, 151).get_absolute_url()
    assert "More than 150 different ones" in client_for(lee).get(where).content.decode()
    assert "What else this person did" in client_for(auditor).get(where).content.decode()
    assert client_for(desk_lead).get(where).status_code == 404
    assert client_for(maria).get(where).status_code == 404
    assert "Maria Lopez" not in client_for(desk_lead).get("/activity/alarms/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_alarm_is_mailed_without_a_name(
    maria: Member, lee: Member, auditor: Member, mailbox: Mailbox
) -> None:
    alarms.sound(maria, 151)
    assert delivery.deliver() == 2
    assert set(mailbox.to) == {lee.user.email, auditor.user.email}
    assert not [copy for copy in mailbox.copies if b"Maria" in copy]
