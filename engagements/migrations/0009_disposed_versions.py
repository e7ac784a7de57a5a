from django.db import migrations, models

from diplomacy.lib.rls.roles import KEEPER, ROLES

# What a filed engagement said is never overwritten; only the database's own function takes it away (records 0003).
KEPT = f"""
REVOKE UPDATE, DELETE ON engagements_engagementversion FROM {", ".join(ROLES)};
GRANT UPDATE (said, digest, disposed_at) ON engagements_engagementversion TO {KEEPER};
CREATE POLICY keeper_disposes ON engagements_engagementversion FOR UPDATE TO {KEEPER} USING (true);
"""
UNDO = f"""
DROP POLICY keeper_disposes ON engagements_engagementversion;
REVOKE UPDATE (said, digest, disposed_at) ON engagements_engagementversion FROM {KEEPER};
GRANT UPDATE, DELETE ON engagements_engagementversion TO {", ".join(ROLES)};
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0008_title_search_for_offices"), ("diplomacy", "0002_second_wall")]
    operations = [
        migrations.AddField(
            "engagementversion", "disposed_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "engagementversion",
            "digest",
            models.CharField(
                blank=True,
                default="",
                db_default="",
                editable=False,
                help_text="SHA-256 of what it said",
                max_length=64,
            ),
        ),
        migrations.RunSQL(KEPT, UNDO),
    ]
