from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from diplomacy.lib.rls.roles import KEEPER

BATCH = 500
SIDE = "engagements_overlapside"
CLOSE = f"""
DROP POLICY IF EXISTS keeper_names_members ON {SIDE};
REVOKE UPDATE (sees) ON {SIDE} FROM {KEEPER};
"""
OPEN = f"""
{CLOSE}
GRANT UPDATE (sees) ON {SIDE} TO {KEEPER};
CREATE POLICY keeper_names_members ON {SIDE} TO {KEEPER} USING (true) WITH CHECK (true);
"""
# In one order, as whoever settles them holds them: neither waits for the other in a ring.
HOLD = "SELECT FROM engagements_overlap WHERE id BETWEEN %s AND %s ORDER BY id FOR NO KEY UPDATE"
# A contact was stored by name and address, which change. Nobody else has ever been the contact of a plan than now.
NAME = f"""
UPDATE {SIDE} own SET sees = own.sees - 'contact' - 'email' || jsonb_build_object('member', plan.contact_id)
FROM {SIDE} other JOIN engagements_engagement plan ON plan.id = other.engagement_id
WHERE own.overlap_id BETWEEN %s AND %s AND other.overlap_id = own.overlap_id AND other.id <> own.id
  AND own.cell = 'named' AND NOT own.sees ? 'member'
"""


def name(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """In transactions of their own, so that nobody waits for all of it."""
    connection = editor.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {KEEPER}")
        cursor.execute("SELECT coalesce(max(id), 0) FROM engagements_overlap")
        (last,) = cursor.fetchone()
    for first in range(1, last + 1, BATCH):
        part = [first, first + BATCH - 1]
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {KEEPER}")
            cursor.execute(HOLD, part)
            cursor.execute(NAME, part)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0022_what_came_of_a_referral")]
    operations = [
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
        migrations.RunPython(name, migrations.RunPython.noop),
        migrations.RunSQL(CLOSE, migrations.RunSQL.noop),
    ]
