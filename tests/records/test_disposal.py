"""Old texts of records: kept for good unless a schedule says otherwise, and gone only with a lead's word."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction
from django.utils import timezone

from accounts.models import Member
from activity import actions as activity
from activity import chain
from activity.models import Entry, Retention
from briefings.models import Section
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from diplomacy.lib.rls import reading_as
from engagements import history
from engagements.models import Engagement, EngagementVersion
from records import actions
from records.models import Disposal
from tests.conftest import ClientFor
from tests.engagements.test_races import at_once
from tests.factories import accounts as people
from tests.factories import briefings as make_briefings
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {"Title": "A visit", "Purpose": "To speak of water"}


def schedule(sort: str, years: int) -> None:
    """As the owner of the database."""
    since = timezone.now() - timedelta(days=4000)
    Retention.objects.using("owner").create(kind=f"text.{sort}", years=years, since=since)


@pytest.fixture
def filed(maria: Member) -> Engagement:
    return make.filed(maria)


def version(engagement: Engagement, by: Member, years: float) -> EngagementVersion:
    """One before the one that holds, of so many years ago."""
    with time_machine.travel(timezone.now() - timedelta(days=int(years * 365.25) + 1)):
        return EngagementVersion.objects.create(engagement=engagement, number=0, said=SAID, changed_by=by)


def again(row: EngagementVersion) -> EngagementVersion:
    return EngagementVersion.objects.get(pk=row.pk)


def test_without_a_schedule_everything_is_kept_for_good(
    filed: Engagement, maria: Member, lee: Member
) -> None:
    old = version(filed, maria, 90)
    with pytest.raises(Conflict):
        actions.confirm_disposal("versions", by=lee)
    assert actions.dispose() == 0
    assert again(old).said == SAID


def test_two_workers_at_once_let_go_once(filed: Engagement, maria: Member, lee: Member) -> None:
    schedule("versions", 7)
    old = version(filed, maria, 8)
    said = actions.confirm_disposal("versions", by=lee)
    assert at_once(*[lambda: actions._dispose_batch(said)] * 2) == ["done", "done"]
    assert again(old).said == {}
    assert Entry.objects.filter(kind="records.disposed").count() == 1


POISON = "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'CANARY'; END $$"
REFUSE = """
CREATE TRIGGER refused BEFORE UPDATE ON {} FOR EACH ROW WHEN (OLD.id = {}) EXECUTE FUNCTION public.refuse()
"""
CURE = "DROP FUNCTION public.refuse() CASCADE"


@contextmanager
def refused(table: str, pk: int) -> Iterator[None]:
    """By the database, whatever the reason."""
    with connections["owner"].cursor() as run:
        run.execute(POISON)
        run.execute(REFUSE.format(table, pk))
    yield
    with connections["owner"].cursor() as run:
        run.execute(CURE)


def test_a_text_that_cannot_go_keeps_no_other_and_is_tried_again(
    maria: Member, lee: Member, caplog: pytest.LogCaptureFixture
) -> None:
    schedule("versions", 7)
    first, stuck, last = (version(make.filed(maria), maria, 8) for _ in range(3))
    said = actions.confirm_disposal("versions", by=lee)
    with refused("engagements_engagementversion", stuck.pk):
        assert actions.dispose() == 2
        assert actions.dispose() == 0
        assert [again(one).said for one in (first, stuck, last)] == [{}, SAID, {}]
        said.refresh_from_db()
        assert (said.texts, said.finished_at) == (2, None)
        assert f"{said.reference}: 1 of its texts could not go: {stuck.pk} (P0001)" in caplog.text
        assert "CANARY" not in caplog.text
        assert not Entry.objects.filter(kind="records.disposed").exists()
    assert actions.dispose() == 1
    said.refresh_from_db()
    assert said.texts == 3 and said.finished_at
    digest = ""
    for one in (again(first).digest + again(last).digest, again(stuck).digest):
        digest = hashlib.sha256((digest + one).encode()).hexdigest()
    assert said.digest == digest == Entry.objects.get(kind="records.disposed").data["digest"]


def test_a_text_of_a_briefing_that_cannot_go_keeps_no_other(
    briefer: Member, second_briefer: Member, desk_lead: Member, gov: Member
) -> None:
    schedule("briefings", 7)
    audience = [make_briefings.for_office(gov)]
    stuck, other = (make_briefings.released(briefer, second_briefer, audience=audience) for _ in range(2))
    for one in (stuck, other):
        age(one.pk)
    texts = Section.objects.exclude(body="")
    first = texts.filter(briefing=stuck).first()
    assert first
    before = texts.count()
    actions.confirm_disposal("briefings", by=desk_lead)
    with refused("briefings_section", first.pk):
        assert actions.dispose() == before - 1
        assert texts.get() == first
    assert actions.dispose() == 1


def test_a_disposal_that_cannot_be_finished_keeps_no_other_office_waiting(
    maria: Member, lee: Member, tom: Member, caplog: pytest.LogCaptureFixture
) -> None:
    schedule("versions", 7)
    lead = people.make_member(tom.office, "lead")
    ours, theirs = version(make.filed(maria), maria, 8), version(make.filed(tom), tom, 8)
    stuck = actions.confirm_disposal("versions", by=lee)
    actions.confirm_disposal("versions", by=lead)
    with refused("records_disposal", stuck.pk):
        assert actions.dispose() == 1
        assert (again(ours).said, again(theirs).said) == (SAID, {})
    assert f"_dispose_batch failed for one of many ({stuck.pk})" in caplog.text
    assert "CANARY" not in caplog.text
    assert actions.dispose() == 1


def test_without_a_leads_word_nothing_goes(filed: Engagement, maria: Member) -> None:
    schedule("versions", 7)
    old = version(filed, maria, 90)
    assert actions.dispose() == 0
    assert again(old).said == SAID


def test_with_it_old_versions_lose_their_text_and_keep_its_hash_and_their_line(
    filed: Engagement, maria: Member, lee: Member
) -> None:
    schedule("versions", 7)
    old = version(filed, maria, 7)
    with connection.cursor() as cursor:
        cursor.execute("SELECT said::text FROM engagements_engagementversion WHERE id = %s", [old.pk])
        text = cursor.fetchone()[0]
    said = actions.confirm_disposal("versions", by=lee)
    assert actions.dispose() == 1
    gone = again(old)
    assert (gone.said, gone.changed_by, gone.changed_at) == ({}, maria, old.changed_at)
    assert gone.digest == hashlib.sha256(text.encode()).hexdigest()
    assert filed.versions.latest("number").said["Title"] == filed.title, "the one that holds stays"
    said.refresh_from_db()
    assert said.texts == 1 and said.finished_at
    entry = Entry.objects.get(kind="records.disposed")
    assert entry.actor_id == lee.user_id
    assert entry.data == {"sort": "versions", "texts": 1, "digest": said.digest}
    assert said.digest == hashlib.sha256(gone.digest.encode()).hexdigest()
    assert Entry.objects.get(kind="records.disposal_confirmed").data == {"sort": "versions", "years": 7}
    chain.seal()
    assert chain.verify().fault is None


def test_what_is_younger_and_what_is_the_only_version_stay(
    filed: Engagement, maria: Member, lee: Member
) -> None:
    schedule("versions", 7)
    young = version(filed, maria, 6.9)
    alone = make.drafted(maria)
    only = version(alone, maria, 20)
    actions.confirm_disposal("versions", by=lee)
    assert actions.dispose() == 0
    assert again(young).said == again(only).said == SAID


def test_another_office_is_not_touched(filed: Engagement, maria: Member, lee: Member, tom: Member) -> None:
    schedule("versions", 7)
    other = make.filed(tom)
    theirs = version(other, tom, 20)
    actions.confirm_disposal("versions", by=lee)
    assert actions.dispose() == 0
    assert again(theirs).said == SAID


@pytest.mark.parametrize("holder", ["own", "desk"])
def test_a_hold_keeps_what_its_office_has_a_part_in(
    holder: str, maria: Member, lee: Member, liaison: Member, auditor: Member
) -> None:
    schedule("versions", 7)
    engagement = make.filed(maria)
    activity.record("engagements.desk_noted", engagement, by=liaison)
    old = version(engagement, maria, 20)
    office = maria.office_id if holder == "own" else liaison.office_id
    hold = activity.place_hold(office_id=office, reason="A lawsuit", by=auditor)
    actions.confirm_disposal("versions", by=lee)
    assert actions.dispose() == 0
    assert again(old).said == SAID
    activity.lift_hold(hold, by=auditor)
    actions.confirm_disposal("versions", by=lee)
    assert actions.dispose() == 1


def test_texts_of_a_briefing_go_when_it_is_over_and_a_hold_of_a_reader_keeps_them(
    briefer: Member, second_briefer: Member, desk_lead: Member, gov: Member, auditor: Member
) -> None:
    schedule("briefings", 7)
    briefing = make_briefings.released(briefer, second_briefer, audience=[make_briefings.for_office(gov)])
    texts = list(Section.objects.filter(briefing=briefing).values_list("heading", "body"))
    actions.confirm_disposal("briefings", by=desk_lead)
    assert actions.dispose() == 0, "a briefing that is read is not over"
    age(briefing.pk)
    hold = activity.place_hold(office_id=gov.office_id, reason="A lawsuit", by=auditor)
    actions.confirm_disposal("briefings", by=desk_lead)
    assert actions.dispose() == 0
    activity.lift_hold(hold, by=auditor)
    actions.confirm_disposal("briefings", by=desk_lead)
    assert actions.dispose() == len(texts)
    for section, (heading, body) in zip(
        Section.objects.filter(briefing=briefing).order_by("order"), texts, strict=True
    ):
        assert section.body == ""
        assert section.digest == hashlib.sha256(f"{heading}\n{body}".encode()).hexdigest()


def age(briefing: int) -> None:
    """Released and expired twenty years ago."""
    with connections["owner"].cursor() as run:
        run.execute("ALTER TABLE briefings_briefing DISABLE TRIGGER USER")
        run.execute("ALTER TABLE briefings_briefing NO FORCE ROW LEVEL SECURITY")
        run.execute(
            "UPDATE briefings_briefing SET status = 'expired', released_at = released_at - interval '20 years',"
            " acknowledge_by = NULL, expires_on = (released_at - interval '19 years')::date WHERE id = %s",
            [briefing],
        )
        run.execute("ALTER TABLE briefings_briefing ENABLE TRIGGER USER")
        run.execute("ALTER TABLE briefings_briefing FORCE ROW LEVEL SECURITY")


def test_who_does_not_lead_the_office_agrees_to_nothing(
    maria: Member, gov: Member, liaison: Member, lee: Member
) -> None:
    schedule("versions", 7)
    for person in (maria, gov, liaison):
        with pytest.raises(Forbidden):
            actions.confirm_disposal("versions", by=person)
    with pytest.raises(Invalid):
        actions.confirm_disposal("everything", by=lee)
    actions.confirm_disposal("versions", by=lee)
    with pytest.raises(Conflict):
        actions.confirm_disposal("versions", by=lee)


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        ("maria", "UPDATE engagements_engagementversion SET said = '{}'"),
        ("maria", "DELETE FROM engagements_engagementversion"),
        ("lee", "INSERT INTO activity_retention (kind, years, since) VALUES ('text.versions', 1, now())"),
        ("lee", "UPDATE records_disposal SET texts = 0"),
        ("lee", "DELETE FROM records_disposal"),
        ("briefer", "UPDATE briefings_section SET body = '', disposed_at = now()"),
        ("lee", "SELECT records_dispose(1, 10)"),
    ],
)
def test_the_app_role_takes_no_text_away_by_itself(
    who: str,
    statement: str,
    request: pytest.FixtureRequest,
    filed: Engagement,
    maria: Member,
    briefer: Member,
    second_briefer: Member,
    gov: Member,
) -> None:
    make_briefings.released(briefer, second_briefer, audience=[make_briefings.for_office(gov)])
    old = version(filed, maria, 90)
    person: Member = request.getfixturevalue(who)
    with pytest.raises(DatabaseError), transaction.atomic(), reading_as(person.user):
        connection.cursor().execute(statement)
    assert again(old).said == SAID
    assert not Section.objects.filter(body="").exists()


def test_a_confirmation_for_another_office_is_refused_by_the_database(lee: Member, tom: Member) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), reading_as(lee.user):
        Disposal.objects.create(office=tom.office, sort="versions", confirmed_by=lee)


def test_the_lead_agrees_on_a_page_and_readers_of_the_history_are_told(
    filed: Engagement, maria: Member, lee: Member, tom: Member, client_for: ClientFor
) -> None:
    version(filed, maria, 20)
    browser = client_for(lee)
    assert "kept for good" in browser.get("/records/disposal/").content.decode()
    schedule("versions", 7)
    assert "Kept for 7 years" in browser.get("/records/disposal/").content.decode()
    assert browser.post("/records/disposal/", {"sort": "versions"}).status_code == 302
    assert actions.dispose() == 1
    page = browser.get("/records/disposal/").content.decode()
    assert Disposal.objects.get().reference in page and "Lee Nguyen" in page
    assert client_for(tom).get("/records/disposal/").status_code == 404
    assert "was disposed of" in client_for(maria).get(f"{filed.get_absolute_url()}versions/").content.decode()
    assert [edition.changes for edition in history.editions(filed)] == [[], []]
    answer = client_for(maria).get(f"/api/v1/engagements/{filed.reference}/versions/").json()
    assert [bool(one["disposed_at"]) for one in answer["results"]].count(True) == 1
