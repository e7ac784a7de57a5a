from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVector
from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from counterparts import finding, places

BATCH = 200


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """What was on the register before. In transactions of their own, so that nobody waits for all of it."""
    rows = apps.get_model("counterparts", "Counterpart").objects.using(editor.connection.alias)
    last = 0
    while True:
        with transaction.atomic(using=editor.connection.alias):
            due = rows.filter(pk__gt=last, searched="").order_by("pk").select_for_update()
            batch = list(due.prefetch_related("aliases")[:BATCH])
            for row in batch:
                aliases = (alias.name for alias in row.aliases.all())
                place = places.describe(row.city, row.subdivision, row.country)
                row.searched = finding.line((row.name, row.native_name, *aliases), place)
            rows.bulk_update(batch, ["searched"])
        if not batch:
            return
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("counterparts", "0006_found_by")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            "counterpart",
            GinIndex(
                fields=["searched"],
                opclasses=["gin_trgm_ops"],
                fastupdate=False,
                name="counterpart_searched",
            ),
        ),
        AddIndexConcurrently(
            "counterpart",
            GinIndex(SearchVector("searched", config="simple"), fastupdate=False, name="counterpart_words"),
        ),
    ]
