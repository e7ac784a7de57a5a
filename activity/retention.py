"""How long content is kept. What expires is an entry's data; its line, its hash and its place in the chain stay."""

from django.db import connection, transaction
from django.utils import timezone

from activity import actions
from activity.models import Retention
from diplomacy.lib.errors import Invalid

BATCH = 1_000


def expire() -> int:
    """Let go of what the schedule no longer keeps and no hold stops. The database decides which; it is one entry."""
    total = 0
    while done := _expire_batch():
        total += done
        if done < BATCH:
            break
    if total:
        actions.observe("activity.content_expired", user_id=None, entries=total)
    return total


def _expire_batch() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT activity_expire_content(%s)", [BATCH])
        return int(cursor.fetchone()[0])


def schedule() -> list[Retention]:
    """What holds now, the narrowest first: what is left over comes last."""
    newest: dict[str, Retention] = {}
    for row in Retention.objects.filter(since__lte=timezone.now()).order_by("since", "pk"):
        newest[row.kind] = row
    return sorted(newest.values(), key=lambda row: (not row.kind, row.kind.endswith("."), row.kind))


def set_years(kind: str, years: int) -> Retention:
    """As the owner of the database: the application cannot shorten what it must keep."""
    row = Retention(kind=kind, years=years)
    if years < 1:
        raise Invalid({"years": ["Content is kept for one year at least."]})
    row.save(using="owner")
    actions.observe("activity.retention_set", user_id=None, beginning=kind, years=years)
    return row
