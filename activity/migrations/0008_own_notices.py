from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from diplomacy.lib.rls.operations import ITSELF, any_key, rewritten

BEFORE = any_key("'person:' || recipient_id")
OWN = f"recipient_id = {ITSELF}"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("activity", "0007_second_wall"), ("diplomacy", "0003_reader_themselves")]
    operations = [
        migrations.RunSQL(
            rewritten("activity_notice", OWN, OWN), rewritten("activity_notice", BEFORE, BEFORE)
        ),
        AddIndexConcurrently(
            "notice",
            models.Index(
                fields=["recipient", "-id"], condition=models.Q(read_at=None), name="notice_unread_newest"
            ),
        ),
        RemoveIndexConcurrently("notice", "notice_unread"),
    ]
