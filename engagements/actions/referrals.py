"""What one office passes to another, and what that one does with it. Nothing here changes, delays or hides an engagement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Member, Office
from activity import actions as activity
from counterparts import actions as counterparts
from counterparts.models import Counterpart
from diplomacy.lib import washington
from diplomacy.lib.errors import Invalid
from engagements import parties, rules, watchers
from engagements.actions.locking import lock_referral
from engagements.actions.plans import Plan, draft
from engagements.choices import Outcome, Status
from engagements.models import Engagement, Referral, ReferralEngagement
from engagements.querysets import ReferralEngagementQuerySet

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
    referral.counterparts.set(counterparts.as_they_stand(matter.counterparts).values())
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
    is_unnamed: bool = False,
    version: int | None = None,
) -> Referral:
    """Say what came of it. `engagement`: one of the receiver's own, which the sender sees only if they may read it.
    `is_unnamed`: one is planned, and none is logged that whoever says so could name."""
    held = _held("close", referral, by, version)
    _say(held, outcome, text, engagement, is_unnamed=is_unnamed, by=by)
    _move("close", held)
    _link(held, engagement, LED_TO)
    activity.record("engagements.referral_closed", held, by=by, notify=watchers.of_sender(held))
    return held


@transaction.atomic
def correct_referral(
    referral: Referral,
    *,
    by: Member,
    outcome: str,
    text: str,
    engagement: Engagement | None = None,
    is_unnamed: bool = False,
    version: int | None = None,
) -> Referral:
    """Say otherwise what came of it. What was said before stays to be read: the other office may have acted on it.
    Of the engagements beside it only the one that was said to be planned gives way, as far as `by` may read it: what
    colleagues began from the referral, or keep to themselves, is theirs."""
    held = _held("correct", referral, by, version)
    before, said = held.outcome, _said(held)
    _say(held, outcome, text, engagement, is_unnamed=is_unnamed, by=by)
    replaced = planned_from(held, by=by) if before == Outcome.PLANNED else None
    if (before, said["text"], replaced) == (held.outcome, held.outcome_text, engagement):
        raise Invalid({"text": ["It says this already."]})
    if replaced and replaced != engagement:
        _led_to(held, by).filter(engagement=replaced).delete()
    _link(held, engagement, LED_TO)
    held.earlier = [*held.earlier, said]
    held.version += 1
    held.save()
    activity.record("engagements.referral_corrected", held, by=by, notify=watchers.of_sender(held))
    return held


@transaction.atomic
def withdraw_referral(referral: Referral, *, by: Member, version: int | None = None) -> Referral:
    """What the other office has read it has read: it goes on reading it, and that it was withdrawn."""
    held = _held("withdraw", referral, by, version)
    _move("withdraw", held)
    activity.record("engagements.referral_withdrawn", held, by=by, notify=watchers.of_receiver(held))
    return held


class Planned(NamedTuple):
    engagement: Engagement
    is_new: bool


@transaction.atomic
def plan_from_referral(referral: Referral, *, by: Member) -> Planned:
    """A draft of the receiver's own, with what the referral says; or the engagement that was planned from it before, as
    far as whoever asks may read one. The sender does not learn of it."""
    held = _held("plan", referral, by, None)
    if found := planned_from(held, by=by):
        return Planned(found, is_new=False)
    fields = {
        "title": held.subject,
        "purpose": held.text,
        "topics": held.topics,
        "time_zone": by.office.time_zone,
    }
    made = draft(Plan(fields=fields, counterparts=list(held.counterparts.all())), by=by)
    _link(held, made, LED_TO)
    return Planned(made, is_new=True)


def planned_from(referral: Referral, *, by: Member) -> Engagement | None:
    """The last that the office has planned from it, as far as this member may read it."""
    links = _led_to(referral, by).exclude(engagement__status=Status.CANCELLED)
    link = links.select_related("engagement__office").order_by("pk").last()
    return link.engagement if link else None


def _led_to(referral: Referral, by: Member) -> ReferralEngagementQuerySet:
    """Of one that is for the people named on it, its other colleagues neither know nor change anything."""
    links: ReferralEngagementQuerySet = ReferralEngagement.objects.visible_to(by.user)
    return links.filter(referral=referral, part=LED_TO, engagement__office=by.office_id)


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


def _say(
    held: Referral, outcome: str, text: str, engagement: Engagement | None, *, is_unnamed: bool, by: Member
) -> None:
    held.outcome, held.outcome_text = outcome, _words(text, "text")
    if engagement and outcome != Outcome.PLANNED:
        raise Invalid({"engagement": ["Choose one only where an engagement is planned."]})
    if engagement and engagement.office_id != by.office_id:
        raise Invalid({"engagement": ["Choose one of your own office."]})
    if outcome == Outcome.PLANNED and not (engagement or is_unnamed) and _could_name_one(by):
        raise Invalid({"engagement": ["Say which engagement is planned, or tick that you cannot name one."]})
    held.closed_by, held.closed_at = by, timezone.now()


def _could_name_one(by: Member) -> bool:
    """A desk has no engagements."""
    ours = Engagement.objects.visible_to(by.user).of_office(by.office)
    return by.writes_engagements and ours.exclude(status=Status.CANCELLED).exists()


def _said(held: Referral) -> dict[str, str]:
    """In words of then: who has said it may serve no longer."""
    assert held.closed_by
    assert held.closed_at
    return {
        "outcome": held.outcome,
        "text": held.outcome_text,
        "by": str(held.closed_by.user),
        "at": held.closed_at.isoformat(),
    }


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
        ReferralEngagement.objects.get_or_create(referral=referral, engagement=engagement, part=part)
