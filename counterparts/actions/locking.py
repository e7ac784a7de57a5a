"""Whoever names a counterpart names what it is by then: it may be merged between their page and their answer."""

from collections.abc import Iterable

from django.db import connection

from counterparts.models import Counterpart

HOLD = "SELECT id FROM counterparts_counterpart WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


def as_they_stand(bodies: Iterable[Counterpart]) -> dict[int, Counterpart]:
    """By the ids they were read with: themselves, or what they were merged into, at any remove. Whoever would merge one of
    them now waits until the caller's transaction has ended, and then moves what it wrote."""
    ids = sorted({body.pk for body in bodies})
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [ids])
    now = Counterpart.objects.select_related("merged_into").in_bulk(ids)
    merged = {pk: body.merged_into for pk, body in now.items() if body.merged_into}
    then = as_they_stand(merged.values())
    return now | {pk: then[body.pk] for pk, body in merged.items()}


def as_it_stands(body: Counterpart) -> Counterpart:
    return as_they_stand([body])[body.pk]
