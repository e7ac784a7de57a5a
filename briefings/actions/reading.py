from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from accounts.rules import BRIEFING_ROLES
from activity import actions as activity
from briefings import rules
from briefings.actions.locking import lock_delivery
from briefings.models import Delivery, ReaderQuestion
from diplomacy.lib.errors import Invalid


@transaction.atomic
def mark_opened(delivery: Delivery, *, by: Member) -> Delivery:
    """Note the first time it was read, and for auditors each hour in which it is read again. The briefers see the first;
    who reads in the reader's place leaves a line of their own, each time, and the copy counts as unopened still."""
    rules.require_sight(delivery, by)
    if delivery.recipient_id != by.user_id:
        activity.record("briefings.opened_in_place", delivery, by=by)
        return delivery
    if Delivery.objects.filter(pk=delivery.pk, opened_at=None).update(opened_at=timezone.now()):
        activity.record("briefings.opened", delivery, by=delivery.member)
    elif delivery.opened_at and delivery.opened_at < timezone.now() - activity.LOOK:
        activity.observe_now_and_then("briefings.opened_again", delivery, by=delivery.member)
    delivery.refresh_from_db(fields=["opened_at"])
    return delivery


@transaction.atomic
def acknowledge(delivery: Delivery, *, by: Member) -> Delivery:
    """Say that it was read and understood. Saying it twice changes nothing."""
    held = lock_delivery(delivery)
    rules.require_reader(held, by)
    if held.acknowledged_at is None:
        held.acknowledged_at = timezone.now()
        held.opened_at = held.opened_at or held.acknowledged_at
        held.save(update_fields=["acknowledged_at", "opened_at"])
        activity.record("briefings.acknowledged", held, by=held.member)
    return held


@transaction.atomic
def ask(delivery: Delivery, *, by: Member, text: str) -> ReaderQuestion:
    """Ask the briefers. The same words sent twice while no answer came are one question."""
    held = lock_delivery(delivery)
    rules.require_reader(held, by)
    if not text.strip():
        raise Invalid({"text": ["Write your question."]})
    asked: ReaderQuestion | None = held.questions.filter(text=text, answered_at=None).first()
    if asked:
        return asked
    question = ReaderQuestion.objects.create(delivery=held, text=text)
    activity.record(
        "briefings.asked",
        held.briefing,
        by=held.member,
        notify=Member.objects.filter(office=held.briefing.office_id, role__in=BRIEFING_ROLES)
        .current()
        .user_ids(),
        question=question.reference,
    )
    return question
