from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from activity import actions as activity
from counterparts import actions as counterparts
from counterparts import rules as counterpart_rules
from counterparts.models import Counterpart
from diplomacy.lib.errors import Forbidden, Invalid
from engagements import clock, rules, versions, watchers
from engagements.actions import crossing, routing
from engagements.actions.attention import raise_flags
from engagements.actions.locking import lock
from engagements.actions.sharing import refresh_readers
from engagements.choices import AdviceStatus, Status
from engagements.models import (
    AdviceRequest,
    Engagement,
    EngagementVersion,
    Participant,
    Stop,
)


@dataclass(frozen=True)
class Plan:
    """What the office says of an engagement. A list that is None is left as it was."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    counterparts: Sequence[Counterpart] | None = None
    stops: Sequence[Mapping[str, Any]] | None = None
    participants: Sequence[Mapping[str, Any]] | None = None


@transaction.atomic
def draft(plan: Plan, *, by: Member) -> Engagement:
    """Start a draft that only the office reads."""
    if not by.writes_engagements:
        raise Forbidden("Only staff and leads of a state or city office log engagements.")
    engagement = Engagement(office=by.office, contact=by)
    _set_fields(engagement, plan)
    engagement.readers, engagement.federal_reads = rules.engagement_readers(engagement, [], [])
    engagement.save()
    _set_parts(engagement, plan)
    activity.record("engagements.drafted", engagement, by=by)
    return engagement


@transaction.atomic
def save(engagement: Engagement, plan: Plan, *, by: Member, version: int) -> Engagement:
    held = lock(engagement, version)
    rules.require("save", held, by)
    _change(held, plan)
    activity.record("engagements.saved", held, by=by)
    return held


@transaction.atomic
def file(engagement: Engagement, *, by: Member, version: int | None = None) -> Engagement:
    """Tell the federal desks and whomever it is shared with. Late is accepted, and counted."""
    held = lock(engagement, version)
    rules.require("file", held, by)
    _require_complete(held)
    held.filed_at = timezone.now()
    held.is_filed_late = held.starts_on is not None and is_late(held.starts_on)
    move(held, Status.FILED)
    _keep_version(held, by)
    activity.record(
        "engagements.filed",
        held,
        by=by,
        notify=watchers.of_office(held),
        late=held.is_filed_late,
        version=held.filed_version,
    )
    _open_up(held, by)
    return held


@transaction.atomic
def amend(engagement: Engagement, plan: Plan, *, by: Member, version: int) -> Engagement:
    """Change what was filed. Readers see what changed; desks whose coverage it now touches are asked too."""
    held = lock(engagement, version)
    rules.require("amend", held, by)
    _change(held, plan)
    _record_change("engagements.amended", held, by)
    return held


@transaction.atomic
def postpone(
    engagement: Engagement, *, by: Member, reason: str = "", version: int | None = None
) -> Engagement:
    held = lock(engagement, version)
    rules.require("postpone", held, by)
    held.reason = reason
    move(held, Status.POSTPONED)
    activity.record("engagements.postponed", held, by=by, notify=_followers(held), reason=reason)
    crossing.follow(held)
    return held


@transaction.atomic
def resume(
    engagement: Engagement,
    *,
    by: Member,
    starts_on: date,
    ends_on: date,
    ask_again: bool = False,
    version: int | None = None,
) -> Engagement:
    """Give a postponed engagement new dates. `ask_again`: also the desks that let it lapse; never unless the office says so."""
    held = lock(engagement, version)
    rules.require("resume", held, by)
    _set_fields(held, Plan(fields={"starts_on": starts_on, "ends_on": ends_on, "reason": ""}))
    move(held, Status.FILED)
    _record_change("engagements.resumed", held, by)
    if ask_again:
        routing.ask_lapsed_again(held, by=by)
    return held


@transaction.atomic
def cancel(engagement: Engagement, *, by: Member, reason: str = "", version: int | None = None) -> Engagement:
    held = lock(engagement, version)
    rules.require("cancel", held, by)
    followers = _followers(held)
    held.reason = reason
    move(held, Status.CANCELLED)
    open_requests = AdviceRequest.objects.filter(engagement=held).open()
    open_requests.update(status=AdviceStatus.WITHDRAWN, status_since=timezone.now())
    activity.record("engagements.cancelled", held, by=by, notify=followers, reason=reason)
    crossing.follow(held)
    return held


@transaction.atomic
def hold(engagement: Engagement, *, by: Member, version: int | None = None) -> Engagement:
    """Say that it took place."""
    held = lock(engagement, version)
    rules.require("hold", held, by)
    if not held.has_begun:
        raise Invalid(
            {"__all__": [f"It starts on {held.starts_on:%B %-d, %Y}. Mark it as held once it has begun."]}
        )
    move(held, Status.HELD)
    activity.record("engagements.held", held, by=by)
    crossing.follow(held)
    return held


def is_late(starts_on: date) -> bool:
    """Filed with less time than the desks have to advise."""
    return clock.add_working_days(clock.today(), settings.ADVICE_WORKING_DAYS) > starts_on


def _change(held: Engagement, plan: Plan) -> None:
    _set_fields(held, plan)
    _set_parts(held, plan)
    if held.is_filed:
        _require_complete(held)
    held.version += 1
    held.save()


def move(held: Engagement, status: Status) -> None:
    held.status = status
    held.status_since = timezone.now()
    held.version += 1
    held.save()


def _set_fields(engagement: Engagement, plan: Plan) -> None:
    for name, value in plan.fields.items():
        setattr(engagement, name, value)
    _require_plausible_years(engagement)
    if engagement.starts_on and not engagement.ends_on:
        engagement.ends_on = engagement.starts_on
    if engagement.starts_on and engagement.ends_on and engagement.ends_on < engagement.starts_on:
        raise Invalid({"ends_on": ["The last day cannot be before the first day."]})


def _require_plausible_years(engagement: Engagement) -> None:
    """A slip of the keyboard (year 0002, 20226) would also be beyond what the clock can count."""
    days = {"starts_on": engagement.starts_on, "ends_on": engagement.ends_on}
    if wrong := [name for name, day in days.items() if day and not 1900 <= day.year <= 2200]:
        raise Invalid({name: ["Check the year."] for name in wrong})


def _set_parts(engagement: Engagement, plan: Plan) -> None:
    met = counterparts.as_they_stand(_named_in(plan))
    if plan.counterparts is not None:
        engagement.counterparts.set([met[body.pk] for body in plan.counterparts])
    if plan.stops is not None:
        for stop in plan.stops:
            counterpart_rules.check_destination(stop.get("country", ""), stop.get("subdivision", ""))
        engagement.stops.all().delete()
        Stop.objects.bulk_create(
            Stop(engagement=engagement, order=at, **stop) for at, stop in enumerate(plan.stops)
        )
    if plan.participants is not None:
        engagement.participants.all().delete()
        Participant.objects.bulk_create(
            Participant(engagement=engagement, **_standing(person, met)) for person in plan.participants
        )


def _named_in(plan: Plan) -> list[Counterpart]:
    came = (person.get("counterpart") for person in plan.participants or ())
    return [*(plan.counterparts or ()), *(body for body in came if body)]


def _standing(person: Mapping[str, Any], met: Mapping[int, Counterpart]) -> dict[str, Any]:
    body: Counterpart | None = person.get("counterpart")
    return {**person, "counterpart": met[body.pk] if body else None}


def _record_change(kind: str, held: Engagement, by: Member) -> None:
    _require_complete(held)
    before = held.versions.last()
    _keep_version(held, by)
    after = held.versions.last()
    changed = (
        [change.label for change in versions.changes(before.said, after.said)] if before and after else []
    )
    routing.keep_in_time(held)
    activity.record(
        kind,
        held,
        by=by,
        notify=_followers(held),
        changed=changed,
        version=held.filed_version,
    )
    _open_up(held, by)


def _open_up(held: Engagement, by: Member) -> None:
    """Let in whoever it is for, ask the desks (whose leads are then let in too), and tell those who were named."""
    told = refresh_readers(held)
    routing.ask_covering_desks(held, by=by)
    told |= refresh_readers(held)
    if told - {by.user_id}:
        activity.record("engagements.shared", held, by=by, notify=told, visibility=held.visibility)
    crossing.follow(held)


def _require_complete(held: Engagement) -> None:
    missing = rules.missing(held, counterparts=held.counterparts.count(), stops=held.stops.count())
    if missing:
        raise Invalid(missing)


def _keep_version(held: Engagement, by: Member) -> None:
    held.filed_version += 1
    held.save(update_fields=["filed_version"])
    EngagementVersion.objects.create(
        engagement=held,
        number=held.filed_version,
        said=versions.said(held),
        changed_by=by,
    )
    raise_flags(held)


def _followers(held: Engagement) -> set[int]:
    """Draft: nobody outside the office has heard of it."""
    if not held.is_filed:
        return set()
    requests = held.advice_requests.open().select_related("desk", "assigned_to")
    for request in requests:
        request.engagement = held
    return watchers.of_office(held) | watchers.named_people(held) | watchers.of_desks(requests)
