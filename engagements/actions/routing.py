from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Member, Office
from activity import actions as activity
from diplomacy.lib import readers
from diplomacy.lib.errors import Invalid
from diplomacy.lib.rls import system
from engagements import clock, rules, watchers
from engagements.actions.locking import lock_request
from engagements.choices import AdviceStatus
from engagements.models import AdviceRequest, Coverage, Engagement
from engagements.routing import desks_for


def cover(desk: Office, **rule: Any) -> Coverage:
    """What the desk is asked about from now on, and so what is restricted that its lead may read."""
    coverage = Coverage(desk=desk, **rule)
    try:
        coverage.full_clean()
    except ValidationError as error:
        raise Invalid(error.message_dict) from None
    with system("engagements.coverage"):
        coverage.save()
    return coverage


@transaction.atomic
def cover_by_command(desk: Office, **rule: Any) -> Coverage:
    coverage = cover(desk, **rule)
    said = {name: str(value) for name, value in rule.items() if value}
    activity.record("engagements.desk_covers_by_command", desk, by=None, covers=said)
    return coverage


def ask_covering_desks(engagement: Engagement, *, by: Member) -> None:
    """Ask each desk that covers it and was not asked yet. What is already over needs no advice."""
    if not engagement.wants_advice or rules.is_over(engagement, clock.today()):
        return
    asked = set(engagement.advice_requests.values_list("desk_id", flat=True))
    for desk in desks_for(engagement):
        if desk.pk not in asked:
            ask(engagement, desk, by=by)


def keep_in_time(engagement: Engagement) -> None:
    """Where it begins sooner than it did, what is open is due sooner too."""
    assert engagement.starts_on is not None  # a filed engagement has dates: database constraint
    latest = clock.in_time(date.max, today=clock.today(), starts=engagement.starts_on)
    late = engagement.advice_requests.open().filter(due_on__gt=latest)
    late.update(due_on=latest, version=F("version") + 1)


def ask(engagement: Engagement, desk: Office, *, by: Member) -> AdviceRequest:
    starts = engagement.starts_on
    assert starts is not None  # a filed engagement has dates: database constraint
    request = AdviceRequest(
        engagement=engagement,
        desk=desk,
        requested_at=timezone.now(),
        due_on=clock.due_date(clock.today(), starts),
    )
    request.readers, request.federal_reads = rules.advice_readers(engagement)
    request.save()
    activity.record(
        "engagements.advice_requested",
        engagement,
        by=by,
        notify=watchers.of_desk(request),
        readers=advice_line_readers(request),
        desk=desk.name,
        request=request.reference,
        due_on=request.due_on.isoformat(),
    )
    return request


def ask_again(request: AdviceRequest, *, by: Member) -> AdviceRequest:
    """Begin anew what lapsed: the desk's clock, and who has it. That it lapsed stays in the history."""
    starts = request.engagement.starts_on
    assert starts is not None  # a filed engagement has dates: database constraint
    lapsed_on, now = request.due_on, timezone.now()
    request.status, request.status_since, request.requested_at = AdviceStatus.REQUESTED, now, now
    request.assigned_to, request.due_on = None, clock.due_date(clock.today(), starts)
    request.version += 1
    request.save()
    activity.record(
        "engagements.advice_asked_again",
        request.engagement,
        by=by,
        notify=watchers.of_desk(request),
        readers=advice_line_readers(request),
        desk=request.desk.name,
        request=request.reference,
        due_on=request.due_on.isoformat(),
        lapsed_on=lapsed_on.isoformat(),
    )
    return request


def ask_lapsed_again(engagement: Engagement, *, by: Member) -> None:
    """Each desk that let it lapse and is still open. What is already over needs no advice."""
    if rules.is_over(engagement, clock.today()):
        return
    for request in AdviceRequest.objects.filter(engagement=engagement).lapsed().order_by("pk"):
        ask_again(lock_request(request), by=by)


def advice_line_readers(request: AdviceRequest) -> list[str]:
    """Advice is between the office and the desks: those the engagement is shared with do not see its lines."""
    lead = readers.office(request.desk_id, "desk_lead")
    return [*request.readers, readers.FEDERAL] if request.federal_reads else sorted({*request.readers, lead})
