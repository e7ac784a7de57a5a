from collections.abc import Callable

from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from diplomacy.lib.rls.roles import KEEPER

BATCH = 400
# The owner, whom policies hold as well, is let through for the one statement: nobody else touches the table meanwhile,
# so it is a statement of a few rows.
ALONE = "ALTER TABLE briefings_delivery NO FORCE ROW LEVEL SECURITY"
AGAIN = "ALTER TABLE briefings_delivery FORCE ROW LEVEL SECURITY"
KEYS = """
UPDATE briefings_delivery d SET readers = array_replace(d.readers, {before}, {after})
FROM accounts_member m WHERE m.id = d.member_id AND d.id BETWEEN %s AND %s
"""
PERSON = "('person:' || d.recipient_id)::varchar"
COLLEAGUE = "('office:' || m.office_id || ':person:' || d.recipient_id)::varchar"


def renamed(before: str, after: str) -> Callable[[StateApps, BaseDatabaseSchemaEditor], None]:
    """A reader who has left the office that brought a copy no longer reads it, by PostgreSQL's word too."""

    def rename(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        connection = editor.connection
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {KEEPER}")
            cursor.execute("SELECT coalesce(max(id), 0) FROM briefings_delivery")
            (last,) = cursor.fetchone()
        for first in range(1, last + 1, BATCH):
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute(ALONE)
                cursor.execute(KEYS.format(before=before, after=after), [first, first + BATCH - 1])
                cursor.execute(AGAIN)

    return rename


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("briefings", "0004_lines_of_briefings"), ("accounts", "0004_external_identities")]
    operations = [migrations.RunPython(renamed(PERSON, COLLEAGUE), renamed(COLLEAGUE, PERSON))]
