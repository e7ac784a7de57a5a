from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Member, Office
from activity import actions as activity
from diplomacy.lib.each import done_of
from diplomacy.lib.errors import Conflict, Invalid, Stale
from diplomacy.lib.rls import system
from engagements import clock, rules, watchers
from engagements.actions import routing
from engagements.actions.locking import lock, lock_request
from engagements.actions.sharing import refresh_readers
from engagements.choices import AdviceStatus, Visibility
from engagements.models import (
    Advice,
    AdviceRequest,
    AdviceResponse,
    DeskNote,
    Engagement,
    Question,
)


@transaction.atomic
def request_advice(engagement: Engagement, *, by: Member, desk: Office) -> AdviceRequest:
    """Ask one desk in particular, or again when it let the first request lapse."""
    held = lock(engagement)
    rules.require("ask", held, by)
    asked = held.advice_requests.filter(desk=desk).first()
    if asked is None:
        asked = routing.ask(held, desk, by=by)
        refresh_readers(held)
        return asked
    if asked.status != AdviceStatus.LAPSED:
        raise Conflict(f"{desk} has already been asked.")
    rules.require_again(held, clock.today())
    return routing.ask_again(lock_request(asked), by=by)


@transaction.atomic
def take(request: AdviceRequest, *, by: Member, to: Member | None = None) -> AdviceRequest:
    """Assign the request: to oneself, or by the desk lead to a colleague."""
    held = lock_request(request)
    rules.require_advice("take", held, by)
    to = to or by
    if to != by:
        rules.require_giver(by)
    if to.office_id != held.desk_id or not to.advises:
        raise Invalid({"to": ["Choose a liaison of this desk."]})
    if held.engagement.visibility == Visibility.RESTRICTED and to.role != Member.Role.DESK_LEAD:
        raise Invalid({"to": ["This engagement is restricted: only the desk lead may advise on it."]})
    held.assigned_to = to
    if held.status == AdviceStatus.REQUESTED:
        held.status = AdviceStatus.ASSIGNED
    _save(held)
    _record("engagements.advice_assigned", held, by=by, notify={to.user_id}, to=str(to.user))
    return held


@transaction.atomic
def ask_question(request: AdviceRequest, *, by: Member, text: str) -> Question:
    """Ask the office. The clock waits until it answers."""
    held = lock_request(request)
    rules.require_advice("question", held, by)
    question = Question.objects.create(request=held, text=text, asked_by=by)
    held.status = AdviceStatus.QUESTION
    held.paused_on = clock.today()
    _save(held)
    _record(
        "engagements.question_asked",
        held,
        by=by,
        notify=watchers.of_office(held.engagement),
    )
    return question


@transaction.atomic
def answer_question(question: Question, *, by: Member, text: str) -> Question:
    """Answer the desk. The due date moves by the working days that the question waited."""
    held = lock_request(question.request)
    rules.require_advice("answer", held, by)
    open_question = held.questions.filter(pk=question.pk, answered_at=None).first()
    if open_question is None:
        raise Conflict("This question has already been answered.")
    open_question.answer, open_question.answered_by, open_question.answered_at = (
        text,
        by,
        timezone.now(),
    )
    open_question.save()
    assert held.paused_on is not None  # database constraint
    starts = held.engagement.starts_on
    assert starts is not None  # a filed engagement has dates: database constraint
    held.due_on = clock.resume(held.due_on, paused=held.paused_on, resumed=clock.today(), starts=starts)
    held.paused_on = None
    held.status = AdviceStatus.ASSIGNED
    _save(held)
    due = held.due_on.isoformat()
    _record(
        "engagements.question_answered",
        held,
        by=by,
        notify=watchers.of_desk(held),
        due_on=due,
    )
    return open_question


@transaction.atomic
def draft_advice(
    request: AdviceRequest,
    *,
    by: Member,
    position: str,
    reasoning: str,
    version: int | None = None,
    number: int | None = None,
) -> Advice:
    """Write or rewrite what is not released yet; only the desk reads it.

    Stale when the draft is not `version` (0: there was none) of advice `number`, as the writer saw it.
    """
    held = lock_request(request)
    rules.require_advice("draft", held, by)
    advice = _unreleased(held, by, version, number)
    advice.position, advice.reasoning, advice.written_by = position, reasoning, by
    advice.engagement_version = held.engagement.filed_version
    advice.readers, advice.federal_reads = rules.unreleased_readers(held), False
    advice.save()
    activity.record(
        "engagements.advice_drafted",
        held.engagement,
        by=by,
        readers=rules.unreleased_readers(held),
        request=held.reference,
    )
    return advice


def _unreleased(held: AdviceRequest, by: Member, version: int | None, number: int | None) -> Advice:
    advice: Advice | None = held.advice.filter(released_at=None).first()
    if version is not None and version != (advice.version if advice else 0):
        raise Stale
    now = advice.number if advice else held.advice.count() + 1
    if number is not None and number != now:
        raise Stale  # a colleague released meanwhile: what was written as the first word would become a second
    if advice is None:
        return Advice(request=held, number=now, written_by=by)
    advice.version += 1
    return advice


@transaction.atomic
def give_advice(
    request: AdviceRequest,
    *,
    by: Member,
    position: str,
    reasoning: str,
    version: int | None = None,
    number: int | None = None,
) -> Advice:
    """Release advice to the office. What was released before stays as it was."""
    held = lock_request(request)
    rules.require_advice("give", held, by)
    advice = draft_advice(held, by=by, position=position, reasoning=reasoning, version=version, number=number)
    was_due = held.due_on
    advice.released_by, advice.released_at = by, timezone.now()
    advice.readers, advice.federal_reads = held.readers, held.federal_reads
    advice.save()
    held.status = AdviceStatus.GIVEN
    held.assigned_to = held.assigned_to or by
    _save(held)
    _record(
        "engagements.advice_given",
        held,
        by=by,
        notify=watchers.of_office(held.engagement),
        number=advice.number,
        late=clock.today() > was_due,
        version=advice.engagement_version,
    )
    return advice


@transaction.atomic
def respond(advice: Advice, *, by: Member, kind: str, reason: str = "") -> AdviceResponse:
    """Say what the office did with the advice. The decision is the office's alone."""
    held = lock_request(advice.request)
    rules.require_advice("respond", held, by)
    latest = held.advice.filter(released_at__isnull=False).last()
    if latest is None or latest.pk != advice.pk:
        raise Conflict("There is newer advice from this desk. Respond to that one.")
    response = AdviceResponse.objects.create(advice=latest, kind=kind, reason=reason, responded_by=by)
    held.status = AdviceStatus.RESPONDED
    _save(held)
    told = watchers.of_desk(held) | watchers.of_writer(latest)
    _record("engagements.advice_responded", held, by=by, notify=told, response=kind)
    return response


@transaction.atomic
def note_for_desk(request: AdviceRequest, *, by: Member, text: str) -> DeskNote:
    held = lock_request(request)
    rules.require_advice("note", held, by)
    inside = rules.unreleased_readers(held)
    note = DeskNote.objects.create(request=held, text=text, written_by=by, readers=inside)
    activity.record("engagements.desk_noted", held.engagement, by=by, readers=inside, request=held.reference)
    return note


def lapse_overdue() -> int:
    """Record that no advice came in time. The engagement itself is not touched: it proceeds."""
    return done_of(_lapse, _overdue())


@system("engagements.clock")
def _overdue() -> list[int]:
    return list(AdviceRequest.objects.overdue().values_list("pk", flat=True))


@system("engagements.clock")
def _lapse(pk: int) -> bool:
    request = AdviceRequest.objects.select_related("engagement").get(pk=pk)
    held = lock_request(request)
    if held.status not in rules.ADVICE_MOVES["lapse"].before or held.due_on >= clock.today():
        return False
    held.status = AdviceStatus.LAPSED
    _save(held)
    told = watchers.of_office(held.engagement) | watchers.of_desk(held)
    _record(
        "engagements.advice_lapsed",
        held,
        by=None,
        notify=told,
        due_on=held.due_on.isoformat(),
    )
    return True


def _save(held: AdviceRequest) -> None:
    held.version += 1
    held.status_since = timezone.now()
    held.save()


def _record(kind: str, held: AdviceRequest, *, by: Member | None, notify: set[int], **data: Any) -> None:
    activity.record(
        kind,
        held.engagement,
        by=by,
        notify=notify,
        readers=routing.advice_line_readers(held),
        desk=held.desk.name,
        request=held.reference,
        **data,
    )
