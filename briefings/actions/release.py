from django.db import transaction
from django.utils import timezone

from accounts.models import Member, User
from accounts.rules import BRIEFING_ROLES
from activity import actions as activity
from briefings import audience, rules, tailoring
from briefings.actions.locking import lock
from briefings.actions.writing import require_dates
from briefings.choices import Status
from briefings.models import Briefing, Delivery, ReaderQuestion
from briefings.tailoring import Cut
from diplomacy.lib.each import done_of
from diplomacy.lib.errors import Conflict, Invalid, Stale
from diplomacy.lib.rls import system

CHUNK = 2000


@transaction.atomic
def submit(briefing: Briefing, *, by: Member, version: int | None = None) -> Briefing:
    """Ask another briefer of the office for release. Until they answer, nothing in it changes."""
    held = lock(briefing, version)
    rules.require("submit", held, by)
    _require_complete(held)
    held.submitted_at, held.returned_because = timezone.now(), ""
    _move(held, Status.SUBMITTED)
    others = _briefers(held) - {held.author_id}
    activity.record("briefings.submitted", held, by=by, notify=others, version=held.version)
    return held


@transaction.atomic
def return_to_author(
    briefing: Briefing, *, by: Member, reason: str = "", version: int | None = None
) -> Briefing:
    """Back to draft: by another briefer with what should change, or by the author who takes it back."""
    held = lock(briefing, version)
    rules.require("return_to_author", held, by)
    if by.user_id != held.author_id and not reason.strip():
        raise Invalid({"reason": ["Say what should change."]})
    held.submitted_at, held.returned_because = None, reason
    _move(held, Status.DRAFT)
    activity.record("briefings.returned", held, by=by, notify={held.author_id}, version=held.version)
    return held


@transaction.atomic
def release(briefing: Briefing, *, by: Member, version: int | None = None, seen: str = "") -> Briefing:
    """Make one copy a reader, all at once, and tell them.

    `seen` is the fingerprint of the cuts that the releaser looked at: when somebody's membership or an engagement has
    changed who receives what since, they look again first.
    """
    held = lock(briefing, version)
    rules.require("release", held, by)
    _require_complete(held)
    cuts = audience.cuts_of(held)
    if seen and seen != tailoring.fingerprint(cuts):
        raise Stale("Who receives which part has changed since you looked. Nothing was released.")
    held.released_by, held.released_at = by.user, timezone.now()
    _move(held, Status.RELEASED)
    made = _deliver(held, cuts)
    activity.record("briefings.released", held, by=by, delivered=len(made), version=held.version)
    activity.record_each("briefings.delivered", ((copy, copy.recipient_id) for copy in made), by=by)
    return held


def _deliver(held: Briefing, cuts: list[Cut]) -> list[Delivery]:
    at = held.released_at
    assert at is not None
    cuts = _by_name(cuts)
    copies = [
        Delivery(briefing=held, recipient_id=cut.user_id, member_id=cut.member_id, delivered_at=at)
        for cut in cuts
    ]
    labels = dict(held.sections.values_list("pk", "label"))
    offices = dict(
        Member.objects.filter(pk__in=[cut.member_id for cut in cuts]).values_list("pk", "office_id")
    )
    for copy, cut in zip(copies, cuts, strict=True):
        copy.readers = rules.delivery_readers(
            copy, offices[cut.member_id], [labels[pk] for pk in cut.sections]
        )
    made = Delivery.objects.bulk_create(copies, batch_size=CHUNK)
    rows = [(copy.pk, section) for copy, cut in zip(made, cuts, strict=True) for section in cut.sections]
    through = Delivery.sections.through
    through.objects.bulk_create(
        (through(delivery_id=copy, section_id=section) for copy, section in rows), batch_size=CHUNK
    )
    return made


def _by_name(cuts: list[Cut]) -> list[Cut]:
    """Copies are made in the order in which the briefers will look for them."""
    people = User.objects.filter(pk__in=[cut.user_id for cut in cuts]).order_by("name", "pk")
    place = {pk: at for at, pk in enumerate(people.values_list("pk", flat=True))}
    return sorted(cuts, key=lambda cut: place[cut.user_id])


@transaction.atomic
def answer(question: ReaderQuestion, *, by: Member, text: str) -> ReaderQuestion:
    """Answer the reader who asked. Other readers do not see it."""
    briefing = lock(question.delivery.briefing)
    rules.require("answer", briefing, by)
    held: ReaderQuestion = ReaderQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if held.answered_at:
        raise Conflict("This question has already been answered.")
    if not text.strip():
        raise Invalid({"answer": ["Write an answer."]})
    held.answer, held.answered_by, held.answered_at = text, by, timezone.now()
    held.save()
    copy = question.delivery
    activity.record("briefings.answered", copy, by=by, notify={copy.recipient_id}, question=held.reference)
    return held


@transaction.atomic
def recall(briefing: Briefing, *, by: Member, reason: str, version: int | None = None) -> Briefing:
    """Take every copy back. Readers see that it was recalled and nothing else; the reason stays with the briefers."""
    held = lock(briefing, version)
    rules.require("recall", held, by)
    if not reason.strip():
        raise Invalid({"reason": ["Say why it is recalled."]})
    held.recalled_at, held.recalled_because = timezone.now(), reason
    _move(held, Status.RECALLED)
    copies = list(held.deliveries.all())
    activity.record("briefings.recalled", held, by=by, version=held.version)
    activity.record_each("briefings.recalled", ((copy, copy.recipient_id) for copy in copies), by=by)
    return held


def expire() -> int:
    """Close what is past its last day. Reading stopped at midnight in Washington; this says so on the record."""
    return done_of(_expire, _past_expiry())


@system("briefings.clock")
def _past_expiry() -> list[Briefing]:
    return list(Briefing.objects.past_expiry())


@system("briefings.clock")
def _expire(briefing: Briefing) -> bool:
    held = lock(briefing)
    if held.status not in rules.MOVES["expire"].before or not held.is_over:
        return False
    _move(held, Status.EXPIRED)
    activity.record("briefings.expired", held, by=None)
    return True


def _move(held: Briefing, status: Status) -> None:
    held.status = status
    held.status_since = timezone.now()
    held.version += 1
    held.save()


def _require_complete(held: Briefing) -> None:
    require_dates(held)
    lacks = {}
    if not held.sections.exists():
        lacks["sections"] = ["Write at least one section."]
    if not held.audience.filter(section=None).exists():
        lacks["audience"] = ["Say who the briefing is for."]
    elif not audience.cuts_of(held):
        lacks["audience"] = [
            "Nobody would receive it: no reader of this audience is admitted to any section."
        ]
    if lacks:
        raise Invalid(lacks)


def _briefers(held: Briefing) -> set[int]:
    return set(Member.objects.of_office(held.office).filter(role__in=BRIEFING_ROLES).user_ids())
