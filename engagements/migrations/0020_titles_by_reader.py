from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import Q


def beside_readers(name: str, rows: Q) -> AddIndexConcurrently:
    """In two parts: over all rows at once it would be joined with an office's own lists, for the policy's sake (0004)."""
    fields, opclasses = ["title", "readers"], ["gin_trgm_ops", "array_ops"]
    return AddIndexConcurrently(
        "engagement", GinIndex(fields=fields, opclasses=opclasses, condition=rows, name=name)
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0019_misplaced_at_once")]
    operations = [
        beside_readers("engagement_filed_titles", Q(filed_at__isnull=False)),
        beside_readers("engagement_unfiled_titles", Q(filed_at__isnull=True)),
        RemoveIndexConcurrently("engagement", "engagement_title_words"),
    ]
