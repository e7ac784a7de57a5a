"""A statement that reads nothing changes what its writer may not read: PostgreSQL asks the policies of reading only of what is
read. So those of writing ask it too."""

from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Member, Office, User
from diplomacy.lib.rls import reading_as
from engagements import actions
from engagements.models import AdviceRequest, Engagement
from tests.factories import engagements as make
from tests.factories import referrals as refer
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db
OPENS = "UPDATE engagements_{} SET readers = %s"
WRITTEN = """
SELECT c.relname, has_table_privilege('diplomacy_office', c.oid, 'DELETE') FROM pg_class c
WHERE c.relforcerowsecurity AND has_table_privilege('diplomacy_office', c.oid, 'UPDATE')
    AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polname = 'writer_changes')
ORDER BY 1
"""


@pytest.fixture
def restricted(maria: Member, liaison: Member) -> AdviceRequest:
    """Named: Maria alone. Its desk has advised on it before, and keeps notes."""
    make.advised(maria, liaison)
    request = AdviceRequest.objects.get()
    actions.note_for_desk(request, by=liaison, text="Ask the commission.")
    actions.share(request.engagement, by=maria, visibility="restricted", people=[])
    refer.referred(maria, make_member().office, engagement=request.engagement)
    return request


def again(member: Member) -> User:
    return User.objects.get(pk=member.user_id)


def rows(sql: str, *values: Any) -> int:
    """How many it takes, before it is taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        count = cursor.rowcount
        transaction.set_rollback(True)
    return int(count)


def asked(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_who_is_not_named_opens_nothing_to_themselves(
    maria: Member, california: Office, restricted: AdviceRequest
) -> None:
    before = Engagement.objects.get().readers
    for role in ("staff", "lead"):
        with reading_as(again(make_member(california, role))):
            assert rows(OPENS.format("engagement"), [f"office:{california.pk}"]) == 0
            assert rows("UPDATE engagements_engagement SET visibility = 'public', federal_reads = true") == 0
            assert rows("DELETE FROM engagements_engagement") == 0
    assert Engagement.objects.get().readers == before


def test_a_liaison_opens_nothing_of_what_is_for_the_lead_of_their_desk(
    liaison: Member, restricted: AdviceRequest
) -> None:
    with reading_as(again(liaison)):
        assert rows(OPENS.format("advicerequest"), [f"person:{liaison.user_id}"]) == 0
        assert rows("UPDATE engagements_advicerequest SET federal_reads = true") == 0
        assert rows("DELETE FROM engagements_advicerequest") == 0


def test_nobody_changes_or_removes_a_row_that_they_do_not_read(
    maria: Member, lee: Member, gov: Member, liaison: Member, tom: Member, restricted: AdviceRequest
) -> None:
    """By a statement that names no column of what is there: each table, for everybody."""
    tables = asked(WRITTEN)
    assert len(tables) > 20
    for member in (maria, lee, gov, liaison, tom, make_member(liaison.office, "desk_lead")):
        with reading_as(again(member)):
            for table, is_removable in tables:
                seen = rows(f"SELECT FROM {table}")
                assert rows(f"UPDATE {table} SET id = DEFAULT") <= seen, (member, table)  # noqa: S608
                assert not is_removable or rows(f"DELETE FROM {table}") <= seen, (member, table)  # noqa: S608


def test_who_reads_what_they_write_goes_on_writing_it(maria: Member, restricted: AdviceRequest) -> None:
    with reading_as(again(maria)):
        assert rows("UPDATE engagements_engagement SET reason = 'Weather'") == 1
    actions.share(Engagement.objects.get(), by=maria, visibility="federal")
    assert Engagement.objects.get().federal_reads
