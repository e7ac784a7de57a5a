import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def drop(index: str, column: str) -> tuple[str, str]:
    return (
        f"DROP INDEX CONCURRENTLY IF EXISTS {index}",
        f"CREATE INDEX CONCURRENTLY {index} ON activity_entry ({column})",
    )


class Migration(migrations.Migration):
    atomic = False  # Indexes are built while others write.
    dependencies = [("activity", "0004_watching")]
    operations = [
        AddIndexConcurrently("entry", models.Index(fields=["-at", "-id"], name="entry_time")),
        AddIndexConcurrently("entry", models.Index(fields=["actor", "-at", "-id"], name="entry_actor")),
        AddIndexConcurrently("entry", models.Index(fields=["office", "-at", "-id"], name="entry_office")),
        AddIndexConcurrently("entry", models.Index(fields=["kind", "-at", "-id"], name="entry_kind")),
        AddIndexConcurrently(
            "entry", models.Index(fields=["subject_reference", "-at", "-id"], name="entry_reference")
        ),
        # An AlterField would also drop the foreign key and check a new one against every row, with everybody waiting.
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(*drop("activity_entry_actor_id_76cfa398", "actor_id"))],
            [
                migrations.AlterField(
                    "entry",
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(*drop("activity_entry_office_id_45c9affd", "office_id"))],
            [
                migrations.AlterField(
                    "entry",
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                    ),
                )
            ],
        ),
    ]
