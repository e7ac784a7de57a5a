"""Pages of engagements in the order of their index: undated drafts first, then the latest first day."""

import base64
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q

from diplomacy.lib.paging import Page
from engagements.models import Engagement
from engagements.querysets import EngagementQuerySet

SIZE = 25
Mark = tuple[date | None, int]


def page_of(rows: EngagementQuerySet, *, after: str = "", before: str = "", size: int = SIZE) -> Page[Any]:
    """One page, found by position: nothing is counted, nothing is skipped. A broken cursor opens the first page."""
    mark = _read(after or before)
    is_backward = bool(mark and not after)
    if mark:
        rows = rows.filter(_above(mark) if is_backward else _below(mark))
    upwards = (F("starts_on").asc(nulls_last=True), "id")
    ordered = rows.order_by(*upwards) if is_backward else rows.latest_first()
    found = list(ordered[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_backward:
        found.reverse()
    return Page(
        found,
        previous=_write(found[0]) if found and (has_more if is_backward else mark) else "",
        next=_write(found[-1]) if found and (is_backward or has_more) else "",
    )


def _below(mark: Mark) -> Q:
    day, pk = mark
    if day is None:
        return Q(starts_on__isnull=False) | Q(pk__lt=pk)
    # The first condition follows from the second; it lets the index find the place.
    return Q(starts_on__lte=day) & (Q(starts_on__lt=day) | Q(pk__lt=pk))


def _above(mark: Mark) -> Q:
    day, pk = mark
    if day is None:
        return Q(starts_on__isnull=True, pk__gt=pk)
    return Q(starts_on__isnull=True) | Q(starts_on__gt=day) | Q(starts_on=day, pk__gt=pk)


def _write(row: Engagement) -> str:
    text = json.dumps([row.starts_on.isoformat() if row.starts_on else None, row.pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> Mark | None:
    try:
        said: Sequence[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        day, pk = said
        mark = (date.fromisoformat(day) if day is not None else None, int(pk))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return mark if 0 <= mark[1] < 2**63 else None
