from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

LINKS = "engagements_referralengagement"


def once(
    name: str, columns: str, part: str, constraint: models.UniqueConstraint
) -> migrations.SeparateDatabaseAndState:
    """Django would have whoever writes wait while it is made."""
    make = f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {LINKS} ({columns}) WHERE part = '{part}'"
    return migrations.SeparateDatabaseAndState(
        [migrations.RunSQL(make, f"DROP INDEX CONCURRENTLY {name}")],
        [migrations.AddConstraint(model_name="referralengagement", constraint=constraint)],
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0021_title_search_by_reader")]
    operations = [
        migrations.AddField(
            model_name="referral",
            name="earlier",
            field=models.JSONField(
                db_default=[],
                default=list,
                editable=False,
                help_text="What was said of it before it was corrected, oldest first",
            ),
        ),
        AddIndexConcurrently(
            model_name="referralengagement",
            index=models.Index(fields=["referral", "part"], name="referral_beside"),
        ),
        once(
            "referral_comes_from_one",
            "referral_id",
            "came_from",
            models.UniqueConstraint(
                condition=models.Q(("part", "came_from")),
                fields=("referral",),
                name="referral_comes_from_one",
            ),
        ),
        once(
            "referral_leads_there_once",
            "referral_id, engagement_id",
            "led_to",
            models.UniqueConstraint(
                condition=models.Q(("part", "led_to")),
                fields=("referral", "engagement"),
                name="referral_leads_there_once",
            ),
        ),
        migrations.RemoveConstraint(model_name="referralengagement", name="referral_engagement_once"),
    ]
