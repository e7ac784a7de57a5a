"""What PostgreSQL shows when `visible_to` is forgotten, goes round or is attacked."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from celery import current_app
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import Member, User
from activity import actions as activity
from activity import alarms
from activity.models import Alarm, Entry, Hold, Notice
from briefings.models import Briefing, Delivery, Section
from diplomacy.lib.rls import FEDERAL, OFFICE, SYSTEM, context, reading_as, system
from diplomacy.lib.rls.middleware import ReaderMiddleware
from engagements import actions as engagements
from engagements.models import (
    Advice,
    AdviceRequest,
    CoordinatorQuestion,
    DeskNote,
    Engagement,
    OfficeNote,
    Stop,
)
from records import actions as records
from records.models import Exemption, ReferralExemption, Request
from tests.conftest import ClientFor
from tests.factories import briefings as make_briefings
from tests.factories import engagements as make
from tests.factories import overlaps as cross
from tests.factories import referrals as refer

pytestmark = pytest.mark.django_db


def again(member: Member) -> User:
    return User.objects.get(pk=member.user_id)


@contextmanager
def nobody() -> Iterator[None]:
    with context._context(context.NOBODY):
        yield


def refused(sql: str, *values: str | int) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except DatabaseError:
        return True
    return False


# A forgotten filter --------------------------------------------------------------------------------------------------


def test_a_forgotten_filter_shows_only_the_readers_own_rows(
    maria: Member, tom: Member, liaison: Member
) -> None:
    filed, draft, other = make.filed(maria), make.drafted(maria), make.drafted(tom)
    with reading_as(again(maria)):
        assert set(Engagement.objects.all()) == {filed, draft}
    with reading_as(again(liaison)):
        assert set(Engagement.objects.all()) == {filed}
    with reading_as(again(tom)):
        assert set(Engagement.objects.all()) == {other}
        assert not Stop.objects.exclude(engagement=other).exists()


def test_children_are_hidden_with_their_record(maria: Member, tom: Member, liaison: Member) -> None:
    advice = make.advised(maria, liaison)
    with reading_as(again(tom)):
        for model in (AdviceRequest, Advice, Stop, Notice):
            assert not model._default_manager.exists(), model
        assert not Entry.objects.filter(subject_type="engagements.engagement").exists()
        assert not Engagement.counterparts.through._default_manager.exists()
    with reading_as(again(maria)):
        assert Advice.objects.get() == advice


def test_advice_before_release_and_desk_notes_stay_at_the_desk(maria: Member, liaison: Member) -> None:
    request = make.assigned(maria, liaison)
    from engagements import actions

    actions.draft_advice(request, by=liaison, position="no_objection", reasoning="Draft")
    actions.note_for_desk(request, by=liaison, text="Note")
    with reading_as(again(maria)):
        assert not Advice.objects.exists()
        assert not DeskNote.objects.exists()
    with reading_as(again(liaison)):
        assert Advice.objects.count() == DeskNote.objects.count() == 1


def test_office_notes_stay_in_the_office(maria: Member, liaison: Member) -> None:
    from engagements import actions

    engagement = make.filed(maria)
    actions.note_for_office(engagement, by=maria, text="Ours")
    with reading_as(again(liaison)):
        assert not OfficeNote.objects.exists()
    with reading_as(again(maria)):
        assert OfficeNote.objects.count() == 1


def test_a_reader_reads_the_sections_of_their_copy_and_no_other(
    briefer: Member, second_briefer: Member, gov: Member, tom: Member
) -> None:
    briefing = make_briefings.released(briefer, second_briefer, audience=[make_briefings.for_office(gov)])
    with reading_as(again(gov)):
        copy = Delivery.objects.get()
        assert set(Section.objects.all()) == set(copy.sections.all())
        assert Briefing.objects.get() == briefing
    with reading_as(again(tom)):
        assert not Delivery.objects.exists()
        assert not Section.objects.exists()
        assert not Briefing.objects.exists()


def test_an_auditor_reads_lines_of_the_log_and_no_record(maria: Member, auditor: Member) -> None:
    make.filed(maria)
    with reading_as(again(auditor)):
        assert Entry.objects.exists()
        assert not Engagement.objects.exists()
        assert not Notice.objects.exists()


def test_what_leads_and_auditors_decide_is_read_by_them_alone(
    maria: Member, lee: Member, tom: Member, auditor: Member, liaison: Member
) -> None:
    """`lee` leads the office of `maria`; `tom` leads another."""
    engagement = make.filed(maria)
    today = timezone.localdate()
    records.ask(title="The Tribune", since=today, until=today, by=lee)
    records.mark(engagement, parts=["Title"], basis="§ 6254", by=lee)
    referral = refer.referred(maria, tom.office)
    records.mark_referral(referral, parts=["Answer"], basis="§ 6254", by=lee)
    activity.place_hold(office_id=lee.office_id, reason="A suit", by=lee)
    with reading_as(again(maria)):
        alarms.sound(maria, 501)
    tables: list[type[Model]] = [Request, Exemption, ReferralExemption, Hold, Alarm]
    seen = {}
    for member in (lee, auditor, maria, tom, liaison):
        with reading_as(again(member)):
            seen[member.pk] = [table._default_manager.count() for table in tables]
    assert seen == {
        lee.pk: [1, 1, 1, 1, 1],
        auditor.pk: [0, 0, 0, 1, 1],
        maria.pk: [0, 0, 0, 0, 0],
        tom.pk: [0, 0, 0, 0, 0],
        liaison.pk: [0, 0, 0, 0, 0],
    }
    with reading_as(again(maria)):
        assert not Hold.objects.update(lifted_at=timezone.now(), lifted_by=maria.user)
        assert refused("DELETE FROM activity_alarm")


# Writing -------------------------------------------------------------------------------------------------------------


def test_no_federal_reader_changes_an_engagement(maria: Member, liaison: Member, desk_lead: Member) -> None:
    engagement = make.filed(maria)
    for member in (liaison, desk_lead):
        with reading_as(again(member)):
            assert Engagement.objects.filter(pk=engagement.pk).exists()
            assert Engagement.objects.filter(pk=engagement.pk).update(title="Theirs now") == 0
            assert Stop.objects.all().delete()[0] == 0
            assert refused("INSERT INTO engagements_stop (engagement_id, \"order\", city, country, subdivision)"
                           " VALUES (%s, 9, 'X', 'MX', '')", engagement.pk)  # fmt: skip


def test_no_reader_adds_to_the_log_or_tells_others(maria: Member) -> None:
    make.filed(maria)
    with reading_as(again(maria)):
        assert refused(
            "INSERT INTO activity_entry (kind, subject_type, subject_id, subject_reference, readers, data)"
            " VALUES ('engagements.filed', 'engagements.engagement', 1, '', '{}', '{}')"
        )


def test_nobody_takes_an_engagement_of_another_office(maria: Member, tom: Member) -> None:
    engagement = make.public(maria) if hasattr(make, "public") else make.filed(maria, visibility="public")
    with reading_as(again(tom)):
        assert Engagement.objects.filter(pk=engagement.pk).update(office=tom.office) == 0


# The context ---------------------------------------------------------------------------------------------------------


def test_without_a_reader_a_protected_table_fails_loudly(maria: Member) -> None:
    with nobody(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Engagement.objects.exists()


@pytest.mark.parametrize("role", [OFFICE, FEDERAL, SYSTEM])
def test_a_role_without_a_signed_context_fails_loudly(maria: Member, role: str) -> None:
    make.drafted(maria)
    with (
        context._context((role, "")),
        pytest.raises(ProgrammingError, match="No reader"),
        transaction.atomic(),
    ):
        Engagement.objects.exists()


@pytest.mark.parametrize("change", ["keys", "time", "signature"])
def test_a_context_that_was_touched_fails_loudly(maria: Member, tom: Member, change: str) -> None:
    make.drafted(maria)
    until, keys, signature = context.signed(again(tom).reader_keys).split("|")
    forged = {
        "keys": f"{until}|{keys},office:{maria.office_id}|{signature}",
        "time": f"{int(until) + 1}|{keys}|{signature}",
        "signature": f"{until}|{keys}|{'0' * 64}",
    }[change]
    with (
        context._context((OFFICE, forged)),
        pytest.raises(ProgrammingError, match="signed"),
        transaction.atomic(),
    ):
        Engagement.objects.exists()


def test_a_context_of_long_ago_fails_loudly(maria: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    make.drafted(maria)
    monkeypatch.setattr(context, "SECONDS", -10)
    with (
        reading_as(again(maria)),
        pytest.raises(ProgrammingError, match="too long ago"),
        transaction.atomic(),
    ):
        Engagement.objects.exists()


def test_an_injected_statement_cannot_read_the_key_or_name_itself_the_system(
    maria: Member, tom: Member
) -> None:
    make.drafted(maria)
    with reading_as(again(tom)):
        assert refused("SELECT * FROM rls.signing_key")
        for role in (SYSTEM, FEDERAL):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL ROLE {role}")
                cursor.execute("SELECT count(*) FROM engagements_engagement")
                assert cursor.fetchone() == (0,)
                cursor.execute(f"SET LOCAL ROLE {OFFICE}")


def test_the_reader_before_is_back_after_a_context_and_after_a_failure(maria: Member, tom: Member) -> None:
    make.drafted(maria)
    with reading_as(again(tom)):
        with system("activity.record"):
            assert Engagement.objects.count() == 1
        assert Engagement.objects.count() == 0
        with pytest.raises(DatabaseError), transaction.atomic(), system("activity.record"):
            connection.cursor().execute("SELECT 1 / 0")
        assert Engagement.objects.count() == 0


# Work without a request -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [
    "accounts.tasks.remind", "activity.tasks.sweep", "activity.tasks.seal", "briefings.tasks.expire",
    "engagements.tasks.lapse_overdue", "records.tasks.work", "records.tasks.dispose", "records.tasks.expire",
])  # fmt: skip
def test_a_task_names_its_own_reader(
    name: str,
    maria: Member,
    lee: Member,
    liaison: Member,
    briefer: Member,
    second_briefer: Member,
    gov: Member,
) -> None:
    make.advised(maria, liaison)
    make_briefings.released(briefer, second_briefer, audience=[make_briefings.for_office(gov)])
    current_app.loader.import_default_modules()
    with nobody():
        current_app.tasks[name]()


# Requests ------------------------------------------------------------------------------------------------------------


def test_an_answer_that_says_something_broke_keeps_nothing(maria: Member) -> None:
    engagement = make.drafted(maria)

    def breaks(request: HttpRequest) -> HttpResponse:
        Engagement.objects.filter(pk=engagement.pk).update(title="Half a change")
        return HttpResponse(status=500)

    request = RequestFactory().get("/")
    request.user = again(maria)
    ReaderMiddleware(breaks)(request)
    engagement.refresh_from_db()
    assert engagement.title != "Half a change"


def test_the_pages_of_a_request_are_drawn_within_it(maria: Member, client_for: ClientFor) -> None:
    engagement = make.filed(maria)
    assert engagement.title in client_for(maria).get("/engagements/").content.decode()


def test_strangers_open_no_context(client: Client) -> None:
    assert client.get("/").status_code == 302


# A plan that is restricted after all ---------------------------------------------------------------------------------


def questions_read_by(member: Member) -> int:
    with reading_as(again(member)):
        return CoordinatorQuestion.objects.count()


def test_what_was_asked_of_coordinators_is_theirs_no_more_once_a_plan_is_restricted(
    maria: Member, tom: Member, liaison: Member, owner_connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    here = cross.crossing(maria, tom, ours="introduce", theirs="introduce")
    engagements.ask_coordinator(here.our_side, by=maria, text="May we meet them?")
    assert questions_read_by(liaison) == 1
    engagements.share(here.again().ours, by=maria, visibility="restricted", people=[maria.user])
    assert questions_read_by(liaison) == 0
    policy = "ALTER POLICY federal_reads ON engagements_coordinatorquestion USING ({})"
    (before,) = owner_connection.execute(
        "SELECT qual FROM pg_policies WHERE tablename = 'engagements_coordinatorquestion' AND policyname = 'federal_reads'"
    ).fetchone() or [""]
    owner_connection.execute(policy.format("true").encode())
    try:
        assert questions_read_by(liaison) == 1, "this test would not notice"
    finally:
        owner_connection.execute(policy.format(before).encode())
