"""Pages of engagements in the order of their index: undated drafts first, then the latest first day. Pages of referrals:
what waits first. Pages of crossing plans: the office's own plan that begins soonest."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.timezone import is_naive

from diplomacy.lib import cursors
from diplomacy.lib.paging import Page
from diplomacy.lib.text import tidy
from engagements.models import Engagement
from engagements.querysets import EngagementQuerySet, OverlapSideQuerySet, ReferralQuerySet

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
    return cursors.write([row.starts_on, row.pk])


def _read(cursor: str) -> Mark | None:
    try:
        day, pk = cursors.read(cursor)
        mark = (date.fromisoformat(day) if day is not None else None, int(pk))
    except cursors.BROKEN:
        return None
    return mark if 0 <= mark[1] < 2**63 else None


# Referrals and crossing plans ------------------------------------------------------------------------------------------

Order = Sequence[tuple[str, bool]]
"""Columns, none of them null and the last unique, and whether the smaller comes first."""
WAITING: Order = (("rank", True), ("day", True), ("status_since", False), ("pk", False))
SOONEST: Order = (("day", True), ("reference", True))


def referrals_page_of(
    rows: ReferralQuerySet, *, after: str = "", before: str = "", size: int = SIZE
) -> Page[Any]:
    """One page of what waits first. What is answered meanwhile moves in the order, and is not shown twice for it."""
    return _page(rows.in_waiting_order(), WAITING, _read_waiting, after, before, size)


def overlaps_page_of(
    rows: OverlapSideQuerySet, *, after: str = "", before: str = "", size: int = SIZE
) -> Page[Any]:
    return _page(rows.in_order_of_plans(), SOONEST, _read_soonest, after, before, size)


def _page(
    rows: QuerySet[Any], order: Order, read: Callable[[str], Any], after: str, before: str, size: int
) -> Page[Any]:
    place = read(after or before)
    is_backward = bool(place and not after)
    if place:
        rows = rows.filter(_beyond(order, place, is_backward=is_backward))
    signs = [("" if is_rising != is_backward else "-") + name for name, is_rising in order]
    found = list(rows.order_by(*signs)[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_backward:
        found.reverse()
    return Page(
        found,
        previous=_write_place(found[0], order) if found and (has_more if is_backward else place) else "",
        next=_write_place(found[-1], order) if found and (is_backward or has_more) else "",
    )


def _beyond(order: Order, place: Sequence[Any], *, is_backward: bool) -> Q:
    beyond = Q()
    for (name, is_rising), value in reversed(list(zip(order, place, strict=True))):
        side = "gt" if is_rising != is_backward else "lt"
        equal = Q(**{name: value}) & beyond if beyond else Q(pk__in=[])
        beyond = Q(**{f"{name}__{side}": value}) | equal
    return beyond


def _write_place(row: Any, order: Order) -> str:
    return cursors.write([getattr(row, name) for name, _ in order])


def _read_waiting(cursor: str) -> tuple[int, date, datetime, int] | None:
    try:
        rank, day, since, pk = cursors.read(cursor)
        place = int(rank), date.fromisoformat(day), datetime.fromisoformat(since), int(pk)
    except cursors.BROKEN:
        return None
    return place if 0 <= place[0] < 3 and 0 <= place[3] < 2**63 and not is_naive(place[2]) else None


def _read_soonest(cursor: str) -> tuple[date, str] | None:
    try:
        day, reference = cursors.read(cursor)
        return date.fromisoformat(day), tidy(reference)
    except cursors.BROKEN:
        return None
