from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from diplomacy.lib.rls.roles import KEEPER

BATCH = 500
"""Their counterparts cannot be corrected meanwhile: a second for 5,000, at a million engagements."""
FILL = "SELECT engagements_keep_countries(ARRAY(SELECT generate_series(%s, %s)))"


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """What was there before the triggers. In transactions of their own, so that nobody waits for all of it."""
    connection = editor.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {KEEPER}")
        cursor.execute("SELECT coalesce(max(id), 0) FROM engagements_engagement")
        (last,) = cursor.fetchone()
    for first in range(1, last + 1, BATCH):
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {KEEPER}")
            cursor.execute(FILL, [first, first + BATCH - 1])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0006_title_search")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
