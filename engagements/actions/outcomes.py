from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from activity import actions as activity
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from engagements import rules, watchers
from engagements.actions.locking import lock
from engagements.actions.plans import move
from engagements.choices import Status
from engagements.models import Commitment, Engagement, OutcomeReport


@transaction.atomic
def report(engagement: Engagement, *, by: Member, version: int | None = None, **said: Any) -> OutcomeReport:
    """Say what came of it."""
    held = lock(engagement, version)
    rules.require("report", held, by)
    written = OutcomeReport.objects.create(engagement=held, written_by=by, **said)
    move(held, Status.REPORTED)
    told = watchers.of_office(held) | watchers.of_advisers(held)
    activity.record("engagements.reported", held, by=by, notify=told)
    return written


@transaction.atomic
def add_commitment(engagement: Engagement, *, by: Member, **said: Any) -> Commitment:
    held = lock(engagement)
    rules.require("commit", held, by)
    commitment = Commitment.objects.create(engagement=held, **said)
    activity.record("engagements.commitment_added", held, by=by, commitment=commitment.reference)
    return commitment


@transaction.atomic
def close_commitment(commitment: Commitment, *, by: Member, evidence: str) -> Commitment:
    held = lock(commitment.engagement)
    if not rules.owns(by, held) or not by.writes_engagements:
        raise Forbidden(
            "Only staff and leads of the office that owns this engagement may close its commitments."
        )
    current: Commitment = Commitment.objects.select_for_update().get(pk=commitment.pk)
    if current.closed_at:
        raise Conflict("This commitment is already closed.")
    if not evidence.strip():
        raise Invalid({"evidence": ["Say how it was met."]})
    current.evidence, current.closed_at, current.closed_by = (
        evidence,
        timezone.now(),
        by,
    )
    current.save()
    activity.record("engagements.commitment_closed", held, by=by, commitment=current.reference)
    return current
