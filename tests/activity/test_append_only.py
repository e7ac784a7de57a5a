"""The app role against its own log, with SQL that no model would write."""

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from accounts.models import Member
from activity import actions, chain
from activity.models import Entry
from diplomacy.lib import rls

STATEMENTS = [
    "UPDATE activity_entry SET data = '{}'",
    "UPDATE activity_entry SET kind = 'engagements.held'",
    "UPDATE activity_entry SET expired_at = now(), data = '{}', salt = NULL",
    "DELETE FROM activity_entry",
    "TRUNCATE activity_entry CASCADE",
    "DROP TABLE activity_entry CASCADE",
    "ALTER TABLE activity_entry DISABLE TRIGGER USER",
    "DROP TRIGGER append_only ON activity_entry",
    "CREATE RULE away AS ON INSERT TO activity_entry DO INSTEAD NOTHING",
    "INSERT INTO activity_entry SELECT * FROM activity_entry ON CONFLICT (id) DO UPDATE SET kind = 'x'",
    "INSERT INTO activity_seal (number, entry_id, content, hash) SELECT 99, id, '', '' FROM activity_entry",
    "UPDATE activity_seal SET hash = ''",
    "DELETE FROM activity_seal",
    "TRUNCATE activity_seal",
    "MERGE INTO activity_entry e USING (SELECT 1) x ON true WHEN MATCHED THEN DELETE",
    "SELECT * FROM activity_entry FOR UPDATE",
    "CREATE OR REPLACE FUNCTION activity_append_only() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
    "ALTER FUNCTION activity_seal_entries(integer, boolean) SECURITY INVOKER",
    "SELECT setval('activity_entry_id_seq', 1)",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_app_role_can_only_append(maria: Member, statement: str) -> None:
    actions.record("engagements.held", maria.office, by=maria, note="x")
    chain.seal()
    before = list(Entry.objects.values())
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Entry.objects.values()) == before
    assert chain.verify().fault is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE activity_entry SET data = '{\"a\": 1}'",
        "UPDATE activity_entry SET expired_at = now(), data = '{}', salt = NULL, kind = 'x'",
        "DELETE FROM activity_entry",
        "UPDATE activity_seal SET hash = ''",
        "DELETE FROM activity_seal",
    ],
)
def test_not_even_the_owner_changes_it_by_mistake(maria: Member, statement: str) -> None:
    actions.record("engagements.held", maria.office, by=maria, note="x")
    chain.seal()
    owner = connections["owner"].cursor()
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(using="owner"):
        owner.execute("ALTER TABLE activity_entry NO FORCE ROW LEVEL SECURITY")
        owner.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_right_given_by_mistake_is_stopped_by_the_guard(maria: Member) -> None:
    actions.record("engagements.held", maria.office, by=maria, note="x")
    app = rls.SYSTEM
    rights = "DELETE, TRUNCATE ON activity_entry, activity_seal, activity_notice"
    owner = connections["owner"].cursor()
    owner.execute(f"GRANT {rights} TO {app}")
    try:
        for statement in (
            "DELETE FROM activity_entry",
            "TRUNCATE activity_entry, activity_seal, activity_notice",
        ):
            with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
                connection.cursor().execute(statement)
    finally:
        owner.execute("REVOKE DELETE, TRUNCATE ON activity_entry, activity_seal FROM " + app)
        owner.execute(f"REVOKE TRUNCATE ON activity_notice FROM {app}")
    assert Entry.objects.count() == 1
