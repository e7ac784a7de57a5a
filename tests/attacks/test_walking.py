"""A valid user who never opens a record, and reads them all in lists: page by page, slowly, or as a file."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member
from activity import alarms
from activity.models import Alarm, Notice
from engagements.models import Commitment
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db
RECORDS = 9
Way = Alarm.Way


@pytest.fixture(autouse=True)
def morning() -> Iterator[datetime]:
    """The first of a day of the clock, so that a test's hours are all of one day."""
    cache.clear()
    with time_machine.travel(timezone.now().replace(hour=0, minute=10), tick=False):
        yield timezone.now()


@pytest.fixture
def records(maria: Member, settings: Settings) -> int:
    settings.BULK_LIST_LIMIT = RECORDS - 1
    for _ in range(RECORDS):
        make.filed(maria)
    return RECORDS


def walk(browser: object, path: str) -> int:
    """To the last page; how many rows there were."""
    shown, following = 0, path
    while following:
        said = browser.get(following).json()  # type: ignore[attr-defined]
        shown, following = shown + len(said["results"]), said["next"]
    return shown


def test_walking_the_list_of_the_api_page_by_page_alarms_the_leads_and_the_auditors(
    records: int, maria: Member, liaison: Member, desk_lead: Member, auditor: Member, client_for: ClientFor
) -> None:
    assert walk(client_for(liaison), "/api/v1/engagements/?limit=2") == records
    alarm = Alarm.objects.get()
    assert (alarm.user_id, alarm.office_id) == (liaison.user_id, liaison.office_id)
    assert (alarm.way, alarm.within, alarm.opened) == ("listed", "hour", records)
    told = Notice.objects.filter(entry__kind="activity.bulk_read")
    assert {notice.recipient_id for notice in told} == {desk_lead.user_id, auditor.user_id}
    page = client_for(auditor).get(alarm.get_absolute_url()).content.decode()
    assert f"More than {records - 1} different ones shown in lists or files in one hour" in page


@pytest.mark.parametrize("path", ["/api/v1/engagements/?limit=100", "/engagements/"])
def test_one_long_page_counts_by_what_it_shows(
    path: str, records: int, liaison: Member, client_for: ClientFor
) -> None:
    assert client_for(liaison).get(path).status_code == 200
    assert Alarm.objects.get().way == "listed"


def test_commitments_are_counted_as_what_they_belong_to_is(
    maria: Member, liaison: Member, settings: Settings, client_for: ClientFor
) -> None:
    settings.BULK_LIST_LIMIT = 1
    filed = make.filed(maria)
    for text in ("Send the data", "Name a person"):
        Commitment.objects.create(engagement=filed, text=text)
    walk(client_for(liaison), "/api/v1/commitments/?limit=1")
    assert Alarm.objects.get().way == "listed"


def test_the_pages_of_the_queue_count_too(
    maria: Member, liaison: Member, settings: Settings, client_for: ClientFor
) -> None:
    settings.BULK_LIST_LIMIT = 2
    for _ in range(3):
        make.requested(maria, liaison)
    assert client_for(liaison).get(reverse("engagements:queue")).status_code == 200
    assert Alarm.objects.get().way == "listed"


def test_the_same_list_looked_at_all_morning_is_looked_at_once(
    records: int, liaison: Member, settings: Settings, client_for: ClientFor
) -> None:
    settings.BULK_LIST_LIMIT = records
    browser = client_for(liaison)
    for path in ["/api/v1/engagements/?limit=100", "/engagements/", "/api/v1/engagements/?limit=4"] * 3:
        browser.get(path)
    assert not Alarm.objects.exists()


def test_a_person_who_leads_is_not_told_of_themselves(
    records: int, lee: Member, auditor: Member, client_for: ClientFor
) -> None:
    walk(client_for(lee), "/api/v1/engagements/?limit=100")
    told = Notice.objects.filter(entry__kind="activity.bulk_read")
    assert {notice.recipient_id for notice in told} == {auditor.user_id}


def names(hour: int, count: int) -> list[str]:
    return [f"{hour}:{number}" for number in range(count)]


def test_a_busy_day_of_work_alarms_nobody(liaison: Member, morning: datetime) -> None:
    """Ten hours: each with five pages of the queue or of a search that nobody has seen yet, and fifteen records read."""
    for hour in range(10):
        with time_machine.travel(morning + timedelta(hours=hour), tick=False):
            alarms.count(names(hour, 125), by=liaison, way=Way.LISTED)
            alarms.count(names(hour, 15), by=liaison)
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(("way", "an_hour"), [(Way.LISTED, 900), (Way.OPENED, 140)])
def test_a_patient_walker_is_found_by_the_day(
    way: Alarm.Way, an_hour: int, liaison: Member, morning: datetime
) -> None:
    for hour in range(6):
        with time_machine.travel(morning + timedelta(hours=hour), tick=False):
            alarms.count(names(hour, an_hour), by=liaison, way=way)
    alarm = Alarm.objects.get()
    assert (alarm.way, alarm.within) == (way, "day")


def test_a_file_of_many_records_counts_by_what_is_in_it(lee: Member, settings: Settings) -> None:
    settings.BULK_LIST_LIMIT = 30
    alarms.count_export("R-00000001", 30, by=lee)
    alarms.count_export("R-00000001", 30, by=lee)
    assert not Alarm.objects.exists()
    alarms.count_export("R-00000002", 1, by=lee)
    assert Alarm.objects.get().way == "listed"
