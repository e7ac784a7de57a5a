import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from diplomacy.lib.rls.operations import ITSELF, any_key, rewritten

BEFORE = any_key("'person:' || user_id")
OWN = f"user_id = {ITSELF}"
DROP = (
    "DROP INDEX CONCURRENTLY IF EXISTS engagements_engagement_office_id_c85d334f",
    "CREATE INDEX CONCURRENTLY engagements_engagement_office_id_c85d334f ON engagements_engagement (office_id)",
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("accounts", "0004_external_identities"),
        ("engagements", "0003_second_wall"),
        ("diplomacy", "0003_reader_themselves"),
    ]
    operations = [
        migrations.RunSQL(
            rewritten("engagements_reading", OWN, OWN), rewritten("engagements_reading", BEFORE, BEFORE)
        ),
        AddIndexConcurrently(
            "engagement",
            GinIndex(
                condition=models.Q(filed_at__isnull=False),
                fastupdate=False,
                fields=["readers"],
                name="engagement_filed_readers",
            ),
        ),
        RemoveIndexConcurrently("engagement", "engagement_readers"),
        # An AlterField would also drop the foreign key and check a new one against every row, with everybody waiting.
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(*DROP)],
            [
                migrations.AlterField(
                    model_name="engagement",
                    name="office",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="engagements",
                        to="accounts.office",
                    ),
                )
            ],
        ),
    ]
