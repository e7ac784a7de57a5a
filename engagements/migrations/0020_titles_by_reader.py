from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0019_misplaced_at_once")]
    operations = [
        AddIndexConcurrently(
            "engagement",
            GinIndex(
                fields=["title", "readers"],
                opclasses=["gin_trgm_ops", "array_ops"],
                name="engagement_titles_by_reader",
            ),
        ),
        RemoveIndexConcurrently("engagement", "engagement_title_words"),
    ]
