"""Overlaps follow the plans: found, changed and ended in the transaction that changes a plan, and every night for all.

A restricted engagement takes no part. Whatever the reason why plans no longer cross, the other side is told the same:
nothing. An overlap in which two offices talked stays with them as it was, marked as ended; any other is gone for both.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import Member
from activity import actions as activity
from counterparts.models import Counterpart
from diplomacy.lib.rls import system
from engagements import overlap, rules
from engagements.choices import Cell
from engagements.models import (
    CoordinatorQuestion,
    Engagement,
    Overlap,
    OverlapMessage,
    OverlapSide,
)

AT_ONCE = 2_000
"""Engagements of one transaction of the nightly run."""
BESIDE = 2
"""Of them at once."""
STORED = ("cell", "sees", "is_mutual", "has_ended", "readers")
Plans = dict[int, Engagement]
Pair = tuple[OverlapSide, OverlapSide]


def follow(engagement: Engagement) -> None:
    """After each change of a plan that was ever filed: of what it says, of its status, of who may know."""
    if not engagement.is_filed:
        return
    _look(engagement.pk)
    # Who files at the same moment is not to be seen from here yet. Whoever commits last looks again and sees both.
    transaction.on_commit(partial(_look, engagement.pk), robust=True)


@system("engagements.overlap")
def _look(pk: int) -> None:
    overlap.keep_footprints([pk])
    _add(overlap.found([pk]))
    settle(Overlap.objects.of(pk).values_list("pk", flat=True))


def recompute_overlaps(counterpart: Counterpart) -> int:
    """After counterparts were merged, split, moved or given another parent: all that meet it or one of its parts."""
    family = {counterpart.pk, counterpart.parent_id, *counterpart.parts.values_list("pk", flat=True)} - {None}
    with system("engagements.overlap"):
        met = Engagement.objects.filter(counterparts__in=family, filed_at__isnull=False)
        ids = sorted(set(met.values_list("pk", flat=True)))
    return _recompute(ids)


def recompute_all_overlaps() -> int:
    """Every night: what a crash left, what windows and days have changed. Returns how many engagements were looked at."""
    with system("engagements.overlap"):
        live = Engagement.objects.filter(status="filed").values_list("pk", flat=True)
        held = Overlap.objects.filter(ended_at=None)
        ids = {*live, *held.values_list("first", flat=True), *held.values_list("second", flat=True)}
    return _recompute(sorted(ids), are_all=True)


def _recompute(ids: Sequence[int], *, are_all: bool = False) -> int:
    parts = [ids[first : first + AT_ONCE] for first in range(0, len(ids), AT_ONCE)]
    _in_parts(overlap.keep_footprints, parts)
    _in_parts(partial(_search, are_all=are_all), parts)
    return len(ids)


def _search(ids: Sequence[int], *, are_all: bool) -> None:
    _add(overlap.found(ids))
    settle(_changed(ids, are_all))


def _in_parts(work: Callable[[Sequence[int]], None], parts: Sequence[Sequence[int]]) -> None:
    """Each part is a transaction of its own. Two go on at once, over connections of their own, except within a
    transaction, whose rows other connections do not see. Both write in one order, so that neither waits in a ring."""
    if len(parts) < 2 or connection.in_atomic_block:
        for part in parts:
            with system("engagements.overlap"):
                work(part)
        return
    with ThreadPoolExecutor(BESIDE) as pool:
        list(pool.map(partial(_apart, work), parts))


def _apart(work: Callable[[Sequence[int]], None], part: Sequence[int]) -> None:
    try:
        with system("engagements.overlap"):
            work(part)
    finally:
        connections.close_all()


def _changed(ids: Collection[int], are_all: bool) -> list[int]:
    """Overlaps that are new, that ended, that stand again, or that cross elsewhere now."""
    rows = Overlap.objects.filter(first__in=ids)
    ended = dict(rows.values_list("pk", "ended_at"))
    still = overlap.standing(list(ended))
    fresh = set(rows.filter(sides=None).values_list("pk", flat=True))
    turned = {pk for pk, when in ended.items() if (pk in still) == (when is not None)}
    return sorted(fresh | turned | set(overlap.misplaced(list(ids), are_all=are_all)))


def _add(pairs: Iterable[overlap.Pair]) -> None:
    """Two who find each other at once make one row: whoever comes second waits, and finds it."""
    rows = [
        Overlap(first_id=pair.first, second_id=pair.second, touch=pair.touch, federal_reads=True)
        for pair in pairs
    ]
    Overlap.objects.bulk_create(rows, ignore_conflicts=True)


# What each side may know now ------------------------------------------------------------------------------------------


@system("engagements.overlap")
def settle(ids: Iterable[int], *, done_by: OverlapSide | None = None) -> None:
    """Bring both sides of these overlaps to what the table allows now, and tell whoever sees one for the first time, or
    no longer sees who the other is. `done_by`: the side that did it knows."""
    rows = Overlap.objects.filter(pk__in=list(ids)).order_by("pk")
    held = list(rows.select_for_update(of=("self",), no_key=True))
    if not held:
        return
    sides = _sides(held, _plans(held))
    still = overlap.standing([row.pk for row in held])
    talked = set(OverlapMessage.objects.filter(overlap__in=held).values_list("overlap", flat=True))
    before = {pk: [(side.cell, _stored(side)) for side in pair] for pk, pair in sides.items()}
    for row in held:
        _settle_one(row, sides[row.pk], touch=still.get(row.pk), has_talked=row.pk in talked)
    _save(held, sides, before)
    overlap.keep_places([row.pk for row in held])
    _open_what_was_said(held, sides, talked)
    _tell(sides, before, done_by)


def _plans(held: Sequence[Overlap]) -> Plans:
    ids = {pk for row in held for pk in (row.first_id, row.second_id)}
    rows = Engagement.objects.filter(pk__in=ids).select_related("office", "contact__user")
    return {plan.pk: plan for plan in rows.prefetch_related("counterparts", "stops")}


def _sides(held: Sequence[Overlap], plans: Plans) -> dict[int, Pair]:
    known = {
        (side.overlap_id, side.engagement_id): side for side in OverlapSide.objects.filter(overlap__in=held)
    }

    def side(row: Overlap, pk: int) -> OverlapSide:
        found = known.get((row.pk, pk)) or OverlapSide(overlap=row, office=plans[pk].office)
        found.engagement = plans[pk]
        return found

    return {row.pk: (side(row, row.first_id), side(row, row.second_id)) for row in held}


def _settle_one(row: Overlap, pair: Pair, *, touch: int | None, has_talked: bool) -> None:
    cells = [_cell(side) for side in pair[::-1]]
    is_mutual = all(cell == Cell.NAMED for cell in cells)
    is_kept = touch is None and has_talked and is_mutual
    for side, other, cell in zip(pair, pair[::-1], cells, strict=True):
        side.has_ended = touch is None
        if not is_kept:  # what is kept is kept as it was seen: nothing that the other plan says since then
            side.cell = cell if touch is not None else Cell.NOTHING
            side.sees = overlap.seen(Cell(side.cell), side.engagement, other.engagement)
            side.is_mutual = is_mutual and touch is not None
        side.readers = rules.office_side(side.engagement) if side.cell != Cell.NOTHING else []
    row.touch, row.is_mutual = touch or row.touch, pair[0].is_mutual
    row.ended_at = None if touch is not None else row.ended_at or timezone.now()
    row.federal_reads = touch is not None and all(side.engagement.federal_reads for side in pair)


def _cell(other: OverlapSide) -> Cell:
    return overlap.cell(other.engagement.coordination, is_introduced=other.introduced_at is not None)


def _stored(side: OverlapSide) -> tuple[Any, ...]:
    return tuple(getattr(side, name) for name in STORED)


Before = dict[int, list[tuple[str, tuple[Any, ...]]]]
"""Of each overlap, for both sides: the cell, and all that is stored."""


def _save(held: Sequence[Overlap], sides: dict[int, Pair], before: Before) -> None:
    both = [(side, *was) for pk, pair in sides.items() for side, was in zip(pair, before[pk], strict=True)]
    changed = [(side, cell) for side, cell, was in both if side.pk and _stored(side) != was]
    OverlapSide.objects.bulk_create([side for side, _, _ in both if side.pk is None])
    for side, cell in changed:
        # What changes where nobody looks is not counted: a plan that was hidden looks like one that has just come.
        side.version += cell != Cell.NOTHING
    OverlapSide.objects.bulk_update([side for side, _ in changed], [*STORED, "version"], batch_size=200)
    _save_rows(held)


def _save_rows(held: Sequence[Overlap]) -> None:
    """Alike ones at once: of a filing nearly all are."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for row in held:
        alike.setdefault((row.touch, row.is_mutual, row.ended_at, row.federal_reads), []).append(row.pk)
    for (touch, is_mutual, ended_at, federal_reads), ids in alike.items():
        said = {"touch": touch, "is_mutual": is_mutual, "ended_at": ended_at, "federal_reads": federal_reads}
        Overlap.objects.filter(pk__in=ids).exclude(**said).update(**said)


def _open_what_was_said(held: Sequence[Overlap], sides: dict[int, Pair], talked: set[int]) -> None:
    """Messages while both know each other, or as the end left them; a question for its own office and coordinators."""
    federal = {row.pk: row.federal_reads for row in held}
    for pk in talked & sides.keys():
        both = sorted({key for side in sides[pk] for key in side.readers}) if sides[pk][0].is_mutual else []
        OverlapMessage.objects.filter(overlap=pk).update(readers=both)
    readers = {side.pk: side.readers for pair in sides.values() for side in pair}
    asked = CoordinatorQuestion.objects.filter(overlap__in=held)
    for question in asked:
        question.readers, question.federal_reads = readers[question.side_id], federal[question.overlap_id]
    CoordinatorQuestion.objects.bulk_update(asked, ["readers", "federal_reads"])


def _tell(sides: dict[int, Pair], before: Before, done_by: OverlapSide | None) -> None:
    found, named, unnamed = [], [], []
    for pk, pair in sides.items():
        for side, (was, _) in zip(pair, before[pk], strict=True):
            if was == Cell.NOTHING != side.cell:
                found.append(side)
            elif was == Cell.SIGNAL and side.cell == Cell.NAMED:
                named.append(side)
            elif was == Cell.NAMED and side.cell == Cell.SIGNAL and side != done_by:
                unnamed.append(side)
    people = _people([*found, *named, *unnamed])
    kinds = {"found": found, "named": named, "unnamed": unnamed}
    # By nobody: who filed is what the cell may not say.
    for kind, told in ((f"engagements.overlap_{name}", told) for name, told in kinds.items()):
        if told:
            activity.record_all(kind, [(side, people[side.engagement_id]) for side in told], by=None)


def _people(sides: Collection[OverlapSide]) -> dict[int, set[int]]:
    """Contact and leads, as `watchers.of_office` has them, for many offices at once: none of these plans is restricted."""
    plans = {side.engagement_id: side.engagement for side in sides}
    offices = {plan.office_id for plan in plans.values()}
    leads = Member.objects.current().filter(office__in=offices, role=Member.Role.LEAD)
    by_office: dict[int, set[int]] = {office: set() for office in offices}
    for office, user in leads.values_list("office", "user"):
        by_office[office].add(user)
    return {pk: {plan.contact.user_id} | by_office[plan.office_id] for pk, plan in plans.items()}
