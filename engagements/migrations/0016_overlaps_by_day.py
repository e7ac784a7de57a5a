from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from diplomacy.lib.rls.roles import KEEPER

BATCH = 500
# In one order, as whoever settles them holds them: neither waits for the other in a ring.
HOLD = "SELECT FROM engagements_overlap WHERE id BETWEEN %s AND %s ORDER BY id FOR NO KEY UPDATE"
FILL = "SELECT rls.keep_overlap_places(ARRAY(SELECT generate_series(%s, %s)))"


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Those found before it was kept. In transactions of their own, so that nobody waits for all of it."""
    connection = editor.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {KEEPER}")
        cursor.execute("SELECT coalesce(max(id), 0) FROM engagements_overlap")
        (last,) = cursor.fetchone()
    for first in range(1, last + 1, BATCH):
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {KEEPER}")
            cursor.execute(HOLD, [first, first + BATCH - 1])
            cursor.execute(FILL, [first, first + BATCH - 1])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0015_where_plans_cross")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="overlap",
            index=models.Index(
                fields=["crosses_on", "id"],
                include=["countries", "touch", "is_mutual"],
                condition=models.Q(("ended_at", None), ("federal_reads", True)),
                name="overlap_open_by_day",
            ),
        ),
    ]
