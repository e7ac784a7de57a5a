"""The auditors' pages: who, when and what kind, narrowed and taken away as a file; never content."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member, User
from activity import actions, views
from activity.kinds import KINDS
from activity.models import Entry
from diplomacy.lib.rls import system
from diplomacy.lib.sheets import csv_of, neutral
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db
LOG, EXPORT = "/activity/", "/activity/export/"


def lines(client_for: ClientFor, auditor: Member, **asked: str) -> list[str]:
    page = client_for(auditor).get(LOG, asked)
    assert page.status_code == 200
    return [entry.kind for entry in page.context["page"].rows]


def test_each_filter_narrows(maria: Member, tom: Member, auditor: Member, client_for: ClientFor) -> None:
    filed = make.filed(maria)
    make.drafted(tom)
    assert set(lines(client_for, auditor, person="maria lo")) >= {"engagements.filed"}
    assert "engagements.filed" not in lines(client_for, auditor, person=tom.user.email)
    assert "engagements.filed" not in lines(client_for, auditor, office="texas")
    assert lines(client_for, auditor, kind="engagements.filed") == ["engagements.filed"]
    about = lines(client_for, auditor, reference=f" {filed.reference.lower()} ")
    assert sorted(about) == ["engagements.drafted", "engagements.filed"]
    assert lines(client_for, auditor, person="nobody of that name") == []


def test_days_are_those_of_the_reader_and_the_last_one_counts(
    maria: Member, auditor: Member, client_for: ClientFor
) -> None:
    make.drafted(maria)
    today, tomorrow = timezone.localdate(), timezone.localdate() + timedelta(days=1)
    assert lines(client_for, auditor, since=f"{today}", until=f"{today}")
    assert lines(client_for, auditor, since=f"{tomorrow}") == []
    page = client_for(auditor).get(LOG, {"since": f"{tomorrow}", "until": f"{today}"})
    assert "This day is before the first one." in page.content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_first_and_the_last_day_there_is_are_days_too(
    day: str, zone: str, auditor: Member, maria: Member, client_for: ClientFor
) -> None:
    make.drafted(maria)
    User.objects.filter(pk=auditor.user_id).update(time_zone=zone)
    is_last = day.startswith("9")
    assert ("engagements.drafted" in lines(client_for, auditor, until=day)) == is_last
    assert ("engagements.drafted" in lines(client_for, auditor, since=day)) != is_last


def test_content_stays_away_from_auditors(maria: Member, auditor: Member, client_for: ClientFor) -> None:
    canary = "XANADU-CANARY"
    engagement = make.filed(maria, title=canary)
    actions.record("engagements.postponed", engagement, by=maria, reason=canary)
    browser = client_for(auditor)
    for answer in (browser.get(LOG), browser.post(EXPORT), browser.get("/api/v1/log/")):
        assert answer.status_code == 200
        assert engagement.reference in answer.content.decode()
        assert canary not in answer.content.decode()


def test_nobody_else_has_these_pages(
    maria: Member, lee: Member, desk_lead: Member, client_for: ClientFor
) -> None:
    for person in (maria, lee, desk_lead):
        assert client_for(person).get(LOG).status_code == 404
        assert client_for(person).post(EXPORT).status_code == 404
    assert not Entry.objects.filter(kind="activity.log_exported").exists()


def test_holds_and_alarms_lead_back_to_where_their_reader_came_from(
    lee: Member, auditor: Member, client_for: ClientFor
) -> None:
    places = {
        lee: {"/activity/holds/": "/records/", "/activity/alarms/": "/people/office/"},
        auditor: {"/activity/holds/": "/activity/", "/activity/alarms/": "/activity/"},
    }
    for person, ways in places.items():
        for place, back in ways.items():
            assert f'<a class="back" href="{back}">' in client_for(person).get(place).content.decode()
    assert '"/activity/alarms/"' in client_for(lee).get("/people/office/").content.decode()


def test_what_is_left_over_stands_last_in_the_schedule(auditor: Member, client_for: ClientFor) -> None:
    page = client_for(auditor).get("/activity/holds/").content.decode()
    words = ("Lines that say “signed in”", "Other lines about accounts", "All other lines")
    places = [page.index(said) for said in words]
    assert places == sorted(places)


def test_the_page_costs_the_same_however_many_lines(
    maria: Member, auditor: Member, client_for: ClientFor
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client_for(auditor).get(LOG, {"kind": "engagements.amended"})
        return len(caught)

    actions.record("engagements.amended", maria.office, by=maria)
    before = queries()
    for _ in range(60):
        actions.record("engagements.amended", maria.office, by=maria)
    assert queries() == before


def test_pages_follow_one_another_without_losing_a_line_of_the_same_moment(
    maria: Member, auditor: Member, client_for: ClientFor
) -> None:
    actions.record_each("engagements.amended", [(maria.office, maria.user_id)] * 120, by=maria)
    browser, seen, after = client_for(auditor), list[int](), ""
    while True:
        page = browser.get(LOG, {"kind": "engagements.amended", "after": after}).context["page"]
        seen += [entry.pk for entry in page.rows]
        after = page.next
        if not after:
            break
    assert len(seen) == len(set(seen)) == 120


# The file -------------------------------------------------------------------------------------------------------------


def read(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def test_the_file_holds_what_the_filters_leave_and_fetching_it_is_an_entry(
    maria: Member, tom: Member, auditor: Member, client_for: ClientFor
) -> None:
    make.drafted(maria)
    make.drafted(tom)
    answer = client_for(auditor).post(EXPORT, {"person": "maria", "kind": "engagements.drafted"})
    assert answer["Content-Disposition"] == 'attachment; filename="activity-log.csv"'
    head, line = read(answer.content)
    assert head == list(views.COLUMNS)
    assert line[1] == "Maria Lopez"
    entry = Entry.objects.get(kind="activity.log_exported")
    assert (entry.actor_id, entry.data) == (auditor.user_id, {"lines": 1})


def test_the_file_is_capped_at_the_latest(
    maria: Member, auditor: Member, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_EXPORTED", 3)
    actions.record_each("engagements.amended", [(maria.office, maria.user_id)] * 5, by=maria)
    actions.record("engagements.held", maria.office, by=maria)
    rows = read(client_for(auditor).post(EXPORT).content)[1:]
    assert len(rows) == 3
    assert rows[0][3] == "engagements.held"


def test_filters_that_do_not_read_fetch_nothing(auditor: Member, client_for: ClientFor) -> None:
    assert client_for(auditor).post(EXPORT, {"since": "yesterday"}).status_code == 400


def test_a_name_that_is_a_formula_stays_text(auditor: Member, client_for: ClientFor, maria: Member) -> None:
    maria.user.name = '=HYPERLINK("http://evil.example";"x")'
    maria.user.save()
    make.drafted(maria)
    names = {row[1] for row in read(client_for(auditor).post(EXPORT).content)[1:]}
    assert '\'=HYPERLINK("http://evil.example";"x")' in names


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "\u00a0=1", "\n=1"])
def test_what_a_spreadsheet_would_run_is_text(cell: str) -> None:
    assert neutral(cell).startswith("'")


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert csv_of(["a"], [["x=1", None], [3, "Đà Nẵng"]]).splitlines()[1:] == ["x=1,", "3,Đà Nẵng"]


# At a million rows ----------------------------------------------------------------------------------------------------


def fill_the_log() -> None:
    nobody: dict[str, Any] = {"actor_id": None, "office_id": None, "subject_id": 0, "readers": [], "data": {}}
    lines = [dict.fromkeys(actions.APPENDED, "") | nobody | {"kind": kind} for kind in [*KINDS] * 5]
    with system("activity.record"), connection.cursor() as cursor:
        cursor.execute(actions.APPEND, [json.dumps(lines)])


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "entry_time"),
        ({"kind": "engagements.held"}, "entry_kind"),
        ({"person": "maria"}, "entry_actor"),
        ({"office": "california"}, "entry_office"),
        ({"reference": "E-00000000"}, "entry_reference"),
    ],
)
def test_each_filter_has_its_index(
    maria: Member,
    auditor: Member,
    client_for: ClientFor,
    asked: dict[str, str],
    index: str,
    owner_connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    owner_connection.execute("ANALYZE activity_entry")  # which is empty: every index of it costs the same
    fill_the_log()
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_sort = off")
    with CaptureQueriesContext(connection) as caught:
        client_for(auditor).get(LOG, asked)
    (page,) = [q["sql"] for q in caught if 'FROM "activity_entry"' in q["sql"] and "LIMIT 51" in q["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {page}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert index in plan, plan


def test_every_kind_can_be_said_in_words() -> None:
    assert not [name for name, kind in KINDS.items() if not kind.said]
