"""What one side does about plans that cross. Nothing here changes, delays or hides an engagement.

Both offices' halves are written as the system: what one does is told to the other without saying who did it, unless
both know each other. `crossing.settle` decides what each may know after that.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from accounts.rules import ADVISING_ROLES
from activity import actions as activity
from diplomacy.lib.errors import Conflict, Invalid
from diplomacy.lib.rls import system
from engagements import routing, rules, watchers
from engagements.actions import crossing
from engagements.models import (
    CoordinatorQuestion,
    Overlap,
    OverlapMessage,
    OverlapSide,
)

UNASKED: dict[str, Any] = dict.fromkeys(("asked_at", "was_asked_at", "introduced_at", "declined_at"))


@transaction.atomic
def ask_introduction(side: OverlapSide, *, by: Member) -> OverlapSide:
    """The other office hears that somebody asks. Whether it has answered no is not to be found out."""
    held = _held(side)
    rules.require_side("ask", held, by)
    now = timezone.now()
    _set(held, asked_at=now, answered_at=now)
    _log("engagements.overlap_asked", held, by=by)
    _tell_other("engagements.overlap_was_asked", held, was_asked_at=now, declined_at=None, answered_at=None)
    return _settled(held)


@transaction.atomic
def introduce(side: OverlapSide, *, by: Member) -> OverlapSide:
    """Be named to the other office. Who has asked for it is named too: each has consented."""
    held = _held(side)
    rules.require_side("introduce", held, by)
    now = timezone.now()
    _set(held, introduced_at=now, declined_at=None, answered_at=now)
    _log("engagements.overlap_introduced", held, by=by)
    if held.was_asked_at:
        _set_other(held, introduced_at=now, answered_at=None)
    return _settled(held)


@transaction.atomic
def decline_introduction(side: OverlapSide, *, by: Member) -> OverlapSide:
    """The other office hears nothing of it."""
    held = _held(side)
    rules.require_side("decline", held, by)
    now = timezone.now()
    _set(held, declined_at=now, answered_at=now)
    _log("engagements.overlap_declined", held, by=by)
    return held


@transaction.atomic
def withdraw_introduction(side: OverlapSide, *, by: Member) -> OverlapSide:
    """From now on the other office sees no more than the plan's own preference says, and is told so. What it has read it
    has read.

    An introduction that one asked for and the other gave ends for both: neither had wanted to be known alone.
    """
    held = _held(side)
    rules.require_side("withdraw", held, by)
    was_agreed = held.asked_at or held.was_asked_at
    _set(held, **UNASKED, answered_at=timezone.now())
    _log("engagements.overlap_withdrawn", held, by=by)
    if was_agreed:
        _set_other(held, **UNASKED)
    return _settled(held)


@transaction.atomic
def write_to_other(side: OverlapSide, *, by: Member, text: str) -> OverlapMessage:
    held = _held(side)
    rules.require_side("write", held, by)
    with system("engagements.overlap"):
        both = OverlapSide.objects.filter(overlap=held.overlap_id).values_list("readers", flat=True)
        readers = sorted({key for keys in both for key in keys})
        message = OverlapMessage.objects.create(
            overlap_id=held.overlap_id, office=by.office, text=_words(text), written_by=by, readers=readers
        )
    _set(held, answered_at=timezone.now())
    _log("engagements.overlap_wrote", held, by=by)
    _tell_other("engagements.overlap_answered", held, answered_at=None)
    return message


@transaction.atomic
def set_aside(side: OverlapSide, *, by: Member, reason: str) -> OverlapSide:
    """For this side only: the other sees what it saw before."""
    held = _held(side)
    rules.require_side("set_aside", held, by)
    now = timezone.now()
    _set(held, set_aside_at=now, reason=_words(reason, "reason"), answered_at=now)
    _log("engagements.overlap_set_aside", held, by=by)
    return held


@transaction.atomic
def take_up(side: OverlapSide, *, by: Member) -> OverlapSide:
    held = _held(side)
    rules.require_side("take_up", held, by)
    _set(held, set_aside_at=None, reason="")
    _log("engagements.overlap_taken_up", held, by=by)
    return held


@transaction.atomic
def ask_coordinator(side: OverlapSide, *, by: Member, text: str) -> CoordinatorQuestion:
    """Lands with the desks that cover the office's own plan. The other office learns nothing of it."""
    held = _held(side)
    rules.require_side("coordinator", held, by, has_question=_open_question(held))
    with system("engagements.overlap"):
        row = Overlap.objects.get(pk=held.overlap_id)
        question = CoordinatorQuestion.objects.create(
            overlap=row,
            side=held,
            text=_words(text),
            asked_by=by,
            readers=held.readers,
            federal_reads=row.federal_reads,
        )
        desks = routing.desks_for(held.engagement)
    told = set(Member.objects.current().filter(office__in=desks, role__in=ADVISING_ROLES).user_ids())
    _set(held, answered_at=timezone.now())
    _log("engagements.coordinator_was_asked", held, by=by)
    activity.record("engagements.coordinator_asked", row, by=by, notify=told, question=question.reference)
    return question


@transaction.atomic
def answer_office(question: CoordinatorQuestion, *, by: Member, text: str) -> CoordinatorQuestion:
    rules.require_coordinator(by)
    with system("engagements.overlap"):
        row = _lock(question.overlap_id)
        rows = CoordinatorQuestion.objects.select_related("side__engagement__office", "asked_by")
        held: CoordinatorQuestion = rows.get(pk=question.pk)
        if held.answered_at:
            raise Conflict("This question has been answered already.")
        if not held.side.readers:  # it would be told of what does not exist for it: a notice, a line
            raise Conflict(
                "The office that asked does not see these plans now, and would not read an answer."
            )
        held.answer, held.answered_by, held.answered_at = _words(text), by, timezone.now()
        held.save()
        told = watchers.of_office(held.side.engagement) | {held.asked_by.user_id}
    _set(held.side, answered_at=None)
    activity.record("engagements.coordinator_answered", row, by=by, question=held.reference)
    activity.record("engagements.coordinator_said", held.side, by=by, notify=told)
    return held


def _words(text: str, field: str = "text") -> str:
    if not text.strip():
        raise Invalid({field: ["Write a sentence."]})
    return text.strip()


# With the overlap all that hangs on it is held: two who act at once are one after the other, in one order.
def _lock(overlap_id: int) -> Overlap:
    held: Overlap = Overlap.objects.select_for_update(no_key=True).get(pk=overlap_id)
    return held


@system("engagements.overlap")
def _held(side: OverlapSide) -> OverlapSide:
    _lock(side.overlap_id)
    held: OverlapSide = OverlapSide.objects.select_related("engagement__office", "office").get(pk=side.pk)
    return held


def _set(side: OverlapSide, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(side, name, value)
    side.version += 1
    with system("engagements.overlap"):
        side.save(update_fields=[*fields, "version"])


def _other(side: OverlapSide) -> OverlapSide:
    others = OverlapSide.objects.filter(overlap=side.overlap_id).exclude(pk=side.pk)
    other: OverlapSide = others.select_related("engagement__contact__user", "engagement__office").get()
    return other


@system("engagements.overlap")
def _set_other(side: OverlapSide, **fields: Any) -> None:
    _set(_other(side), **fields)


@system("engagements.overlap")
def _tell_other(kind: str, side: OverlapSide, **fields: Any) -> None:
    """By nobody: its timeline names nobody of this office. Who sees nothing of the overlap is told nothing."""
    other = _other(side)
    _set(other, **fields)
    if other.readers:
        activity.record(kind, other, by=None, notify=watchers.of_office(other.engagement))


@system("engagements.overlap")
def _settled(side: OverlapSide) -> OverlapSide:
    crossing.settle([side.overlap_id], done_by=side)
    return _held(side)


@system("engagements.overlap")
def _open_question(side: OverlapSide) -> bool:
    return CoordinatorQuestion.objects.filter(side=side, answered_at=None).exists()


def _log(kind: str, side: OverlapSide, *, by: Member) -> None:
    activity.record(kind, side, by=by)


Act = Callable[..., OverlapSide]
ACTS: dict[str, Act] = {
    "ask": ask_introduction,
    "introduce": introduce,
    "decline": decline_introduction,
    "withdraw": withdraw_introduction,
    "take_up": take_up,
}
"""Those that need no words."""
