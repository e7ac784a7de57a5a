import django.db.models.deletion
from django.db import migrations, models

from diplomacy.lib.rls.operations import KEYS, Protect

# Filled before it is behind the wall, and emptied where everyone reads it. The old column stays, empty, for processes of
# before; it goes with a later release.
TAKE = """
INSERT INTO counterparts_movedrows (merge_id, rows, names)
SELECT id, coalesce(moved -> 'rows', '{}'), coalesce(moved -> 'names', '[]') FROM counterparts_merge;
"""
GIVE_BACK = """
UPDATE counterparts_merge m SET moved = jsonb_build_object('rows', r.rows, 'names', r.names)
FROM counterparts_movedrows r WHERE r.merge_id = m.id;
"""
EMPTY = "UPDATE counterparts_merge SET moved = '{}' WHERE moved <> '{}';"
WITHOUT = "ALTER TABLE counterparts_merge ALTER COLUMN moved SET DEFAULT '{}';"
WITH = "ALTER TABLE counterparts_merge ALTER COLUMN moved DROP DEFAULT;"


class Migration(migrations.Migration):
    dependencies = [("counterparts", "0007_fill_found_by"), ("diplomacy", "0002_second_wall")]
    operations = [
        migrations.CreateModel(
            name="MovedRows",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rows",
                    models.JSONField(
                        default=dict, help_text="For each relation, the ids of the rows that were moved"
                    ),
                ),
                (
                    "names",
                    models.JSONField(default=list, help_text="The aliases that `kept` was given"),
                ),
                (
                    "merge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="counterparts.merge",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(TAKE, GIVE_BACK),
        Protect("counterparts_movedrows", reads=f"{KEYS} IS NULL"),
        migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(WITHOUT, WITH)], [migrations.RemoveField("merge", "moved")]
        ),
    ]
