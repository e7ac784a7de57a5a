"""A row that lets its reader in elsewhere is not written by them: an injected statement would make one for every door."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Member, Office, User
from activity import actions as activity
from activity.models import Entry, Notice
from briefings.models import Section
from diplomacy.lib.rls import reading_as
from engagements import actions
from engagements.models import AdviceRequest, Engagement
from tests.factories import briefings as brief
from tests.factories import engagements as make
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db
TELLS = """
INSERT INTO activity_notice (entry_id, recipient_id, delivery_key, created_at, mail, attempts, try_after)
SELECT n, %s, gen_random_uuid(), now(), 'unwanted', 0, now() FROM generate_series(1, %s) n ON CONFLICT DO NOTHING
"""
DELIVERS = """
INSERT INTO briefings_delivery (reference, briefing_id, recipient_id, member_id, delivered_at, readers, federal_reads)
VALUES ('D-00000000', %s, %s, %s, now(), ARRAY[%s], false)
"""
ASKS = """
INSERT INTO engagements_advicerequest (reference, engagement_id, desk_id, status, status_since, requested_at, due_on, readers,
    federal_reads, version)
VALUES ('A-00000000', %s, %s, 'requested', now(), now(), current_date, ARRAY[%s], false, 1)
"""


def again(member: Member) -> User:
    return User.objects.get(pk=member.user_id)


def tried(sql: str, *values: Any) -> str:
    """What the database said; nothing when it went through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", ""))
    return ""


def test_nobody_tells_themselves_of_the_lines_of_the_log(maria: Member, tom: Member) -> None:
    """Who was told of a line reads it, and what it says."""
    make.filed(maria)
    actions.share(make.filed(maria), by=maria, visibility="restricted", people=[])
    last = Entry.objects.latest("pk").pk
    activity.record("engagements.filed", Engagement.objects.all()[0], by=None, notify=[tom.user_id])
    mine = Notice.objects.get(recipient=tom.user).pk
    with reading_as(again(tom)):
        before = set(Entry.objects.values_list("pk", flat=True))
        assert tried(TELLS, tom.user_id, last) == "42501"
        assert tried("UPDATE activity_notice SET entry_id = %s WHERE id = %s", last, mine) == "42501"
        assert tried("DELETE FROM activity_notice") == "42501"
        assert set(Entry.objects.values_list("pk", flat=True)) == before
        assert activity.mark_read(Notice.objects.all()) == 1


def test_nobody_writes_themselves_a_copy_of_a_briefing(
    briefer: Member, second_briefer: Member, tom: Member
) -> None:
    """Who has a copy reads that its briefing is there, and what it is called."""
    hidden = brief.drafted(briefer)
    mine, key = brief.delivered(briefer, second_briefer, tom), f"person:{tom.user_id}"
    with reading_as(again(tom)):
        assert tried(DELIVERS, hidden.pk, tom.user_id, tom.pk, key) == "42501"
        assert (
            tried("UPDATE briefings_delivery SET briefing_id = %s WHERE id = %s", hidden.pk, mine.pk)
            == "42501"
        )
        assert tried("UPDATE briefings_delivery SET opened_at = now() WHERE id = %s", mine.pk) == ""


def test_no_briefer_puts_another_desks_sections_into_a_copy_of_their_own(
    briefer: Member, second_briefer: Member, desk_japan: Office, tom: Member
) -> None:
    """Who has it in a copy reads a section, whoever wrote it."""
    intruder, other = make_member(desk_japan, "briefer"), make_member(desk_japan, "briefer")
    hidden = brief.drafted(briefer).sections.first()
    assert hidden
    copy = brief.delivered(intruder, other, tom)
    own = copy.briefing.sections.first()
    with reading_as(again(intruder)):
        puts = "INSERT INTO briefings_delivery_sections (delivery_id, section_id) VALUES (%s, %s)"
        assert tried(puts, copy.pk, hidden.pk) == "42501"
        moves = "UPDATE briefings_delivery_sections SET section_id = %s"
        assert tried(moves, hidden.pk) == "23514", "a copy keeps its sections"
        assert not Section.objects.filter(pk=hidden.pk).exists()
        assert own and Section.objects.filter(pk=own.pk).exists()


@pytest.mark.parametrize("role", ["liaison", "desk_lead"])
def test_no_desk_asks_itself_about_what_it_may_not_read(
    maria: Member, liaison: Member, desk_japan: Office, role: str
) -> None:
    """The lead of a desk that was asked reads what is restricted, once the office saves its plan the next time."""
    restricted = actions.share(make.filed(maria), by=maria, visibility="restricted", people=[])
    intruder = make_member(desk_japan, role)
    own = make.requested(maria, intruder)
    with reading_as(again(intruder)):
        assert tried(ASKS, restricted.pk, desk_japan.pk, f"person:{intruder.user_id}") == "42501"
        moved = "UPDATE engagements_advicerequest SET engagement_id = %s WHERE id = %s"
        assert tried(moved, restricted.pk, own.pk) == "42501"
        assert tried("UPDATE engagements_advicerequest SET status = 'assigned' WHERE id = %s", own.pk) == ""
    assert not AdviceRequest.objects.filter(engagement=restricted).exists()
