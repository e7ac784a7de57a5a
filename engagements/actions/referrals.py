"""What one office passes to another, and what that one does with it. Nothing here changes, delays or hides an engagement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Member, Office
from activity import actions as activity
from counterparts.models import Counterpart
from diplomacy.lib import washington
from diplomacy.lib.errors import Invalid
from engagements import parties, rules, watchers
from engagements.actions.locking import lock_referral
from engagements.actions.plans import Plan, draft
from engagements.choices import Outcome
from engagements.models import Engagement, Referral, ReferralEngagement

CAME_FROM, LED_TO = ReferralEngagement.Part.CAME_FROM, ReferralEngagement.Part.LED_TO


@dataclass(frozen=True)
class Matter:
    """What an office refers. `contact` None: whoever writes it."""

    receiver: Office
    subject: str
    text: str
    counterparts: Sequence[Counterpart] = ()
    counterpart_name: str = ""
    topics: Sequence[str] = ()
    useful_by: date | None = None
    contact: Member | None = None
    engagement: Engagement | None = None
    """One of the office's own, from which it comes. Whoever may not read it does not learn of it."""


@transaction.atomic
def refer(matter: Matter, *, by: Member) -> Referral:
    rules.require_sender(by)
    contact = matter.contact or by
    if wrong := _wrong(matter, contact, by):
        raise Invalid(wrong)
    referral = Referral.objects.create(
        sender=by.office,
        receiver=matter.receiver,
        subject=matter.subject.strip(),
        text=matter.text.strip(),
        counterpart_name=matter.counterpart_name.strip(),
        topics=list(matter.topics),
        useful_by=matter.useful_by,
        contact=contact,
        written_by=by,
        readers=rules.referral_readers(by.office, matter.receiver),
    )
    referral.counterparts.set(matter.counterparts)
    _link(referral, matter.engagement, CAME_FROM)
    activity.record("engagements.referred", referral, by=by, notify=watchers.of_receiver(referral))
    return referral


@transaction.atomic
def take_up_referral(referral: Referral, *, by: Member, version: int | None = None) -> Referral:
    """However late: nothing expires by itself."""
    held = _held("take_up", referral, by, version)
    return _answer("engagements.referral_taken_up", "take_up", held, by)


@transaction.atomic
def decline_referral(referral: Referral, *, by: Member, reason: str, version: int | None = None) -> Referral:
    held = _held("decline", referral, by, version)
    held.reason = _words(reason, "reason")
    return _answer("engagements.referral_declined", "decline", held, by)


@transaction.atomic
def close_referral(
    referral: Referral,
    *,
    by: Member,
    outcome: str,
    text: str,
    engagement: Engagement | None = None,
    version: int | None = None,
) -> Referral:
    """Say what came of it. `engagement`: one of the receiver's own, which the sender sees only if they may read it."""
    held = _held("close", referral, by, version)
    held.outcome, held.outcome_text = outcome, _words(text, "text")
    if engagement and outcome != Outcome.PLANNED:
        raise Invalid({"engagement": ["Choose one only where an engagement is planned."]})
    if engagement and engagement.office_id != by.office_id:
        raise Invalid({"engagement": ["Choose one of your own office."]})
    held.closed_by, held.closed_at = by, timezone.now()
    _move("close", held)
    _link(held, engagement, LED_TO)
    activity.record("engagements.referral_closed", held, by=by, notify=watchers.of_sender(held))
    return held


@transaction.atomic
def withdraw_referral(referral: Referral, *, by: Member, version: int | None = None) -> Referral:
    """What the other office has read it has read: it goes on reading it, and that it was withdrawn."""
    held = _held("withdraw", referral, by, version)
    _move("withdraw", held)
    activity.record("engagements.referral_withdrawn", held, by=by, notify=watchers.of_receiver(held))
    return held


@transaction.atomic
def plan_from_referral(referral: Referral, *, by: Member) -> Engagement:
    """A draft of the receiver's own, with what the referral says. The sender does not learn of it."""
    held = _held("plan", referral, by, None)
    fields = {
        "title": held.subject,
        "purpose": held.text,
        "topics": held.topics,
        "time_zone": by.office.time_zone,
    }
    return draft(Plan(fields=fields, counterparts=list(held.counterparts.all())), by=by)


def _wrong(matter: Matter, contact: Member, by: Member) -> dict[str, list[str]]:
    is_offered = parties.receivers(by.user, by.office).filter(pk=matter.receiver.pk).exists()
    is_serving = contact.office_id == by.office_id and (
        contact.pk == by.pk or Member.objects.of_office(by.office).filter(pk=contact.pk).exists()
    )
    day = matter.useful_by
    lacks = {
        "receiver": not is_offered,
        "subject": not matter.subject.strip(),
        "text": not matter.text.strip(),
        "counterparts": not matter.counterparts and not matter.counterpart_name.strip(),
        "contact": not is_serving,
        "engagement": matter.engagement is not None and matter.engagement.office_id != by.office_id,
        "useful_by": day is not None and not washington.today() <= day <= date(2200, 12, 31),
    }
    return {field: [WRONG[field]] for field, is_wrong in lacks.items() if is_wrong}


WRONG = {
    "receiver": "Choose another office, or a federal desk.",
    "subject": "Say in a line what it is about.",
    "text": "Say what they ask for, and what you know.",
    "counterparts": "Say who came to you: from the register, or in words.",
    "contact": "Choose somebody who serves in your office.",
    "engagement": "Choose one of your own office.",
    "useful_by": "Choose today or a later day.",
}


def _words(text: str, field: str) -> str:
    if not text.strip():
        raise Invalid({field: ["Write a sentence."]})
    return text.strip()


def _held(move: str, referral: Referral, by: Member, version: int | None) -> Referral:
    held = lock_referral(referral, version)
    rules.require_referral(move, held, by)
    return held


def _answer(kind: str, move: str, held: Referral, by: Member) -> Referral:
    held.answered_by, held.answered_at = by, timezone.now()
    _move(move, held)
    activity.record(kind, held, by=by, notify=watchers.of_sender(held))
    return held


def _move(move: str, held: Referral) -> None:
    after = rules.REFERRAL_MOVES[move].after
    assert after
    held.status = after
    held.status_since = timezone.now()
    held.version += 1
    held.save()


def _link(referral: Referral, engagement: Engagement | None, part: str) -> None:
    if engagement:
        ReferralEngagement.objects.create(referral=referral, engagement=engagement, part=part)
