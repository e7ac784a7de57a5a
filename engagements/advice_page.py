"""What a desk decides on and what an office reads, gathered through `visible_to` in a constant number of queries."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import Prefetch, QuerySet

from accounts.models import Member
from activity.models import Entry
from counterparts import places
from counterparts.models import Counterpart, CountryGuidance, Hit
from engagements import advice_clock, clock, flags, rules, versions
from engagements.choices import Visibility
from engagements.models import Advice, AdviceRequest, DeskNote, Engagement

MOST_VERSIONS = 20
MOST_PRECEDENTS = 5


class VersionChange(NamedTuple):
    number: int
    by: Member
    at: Any
    changes: list[versions.Change]
    is_new: bool
    """Filed since this reader last read it."""


def region(met: Iterable[tuple[str, str]]) -> str:
    """Whom it meets, by subdivision and country: `Baja California, Mexico`, and how many more."""
    named = dict.fromkeys(places.describe("", *place) for place in met)
    found = [place for place in named if place]
    more = f" and {len(found) - 2} more" if len(found) > 2 else ""
    return "; ".join(found[:2]) + more


def context(held: AdviceRequest, *, reader: Any, member: Member | None) -> dict[str, Any]:
    """Everything on the desk's page but its forms."""
    engagement = held.engagement
    advice = list(words(reader).filter(request=held))
    released = [word for word in advice if word.released_at]
    draft = next((word for word in advice if not word.released_at), None)
    changes = history(engagement, reader)
    moves = rules.allowed_advice(held, member)
    if "take" in moves and member and member.role == Member.Role.DESK_LEAD:
        moves.append("give_to")
    met = list(engagement.counterparts.all())
    looked_at = flags.met_by(engagement).select_related("parent")
    return {
        "held": held,
        "engagement": engagement,
        "region": region((body.subdivision, body.country) for body in met),
        "met": list(_screened(looked_at, reader, member)),
        "guidance": list(guidance(engagement, reader)),
        "standing": advice_clock.read(held),
        "is_late": held.due_on < clock.today(),
        "is_restricted": engagement.visibility == Visibility.RESTRICTED,
        "is_ours": member is not None and member.office_id == held.desk_id,
        "moves": moves,
        "released": released,
        "draft": draft,
        "changes": changes,
        "has_news": any(change.is_new for change in changes),
        "others": others(held, reader),
        "precedents": list(precedents(engagement, reader)),
        "questions": list(held.questions.select_related("asked_by__user", "answered_by__user")),
        "notes": list(
            DeskNote.objects.visible_to(reader).filter(request=held).select_related("written_by__user")
        ),
        "entries": list(_entries(held, reader)),
        "next": _next(held, reader),
    }


def guidance(engagement: Engagement, reader: Any) -> QuerySet[CountryGuidance]:
    """What is in force where it goes and whom it meets; each with its version and its day."""
    said = CountryGuidance.objects.visible_to(reader).in_force().about(flags.places_of(engagement))
    rows: QuerySet[CountryGuidance] = said.in_rows()
    return rows


def _screened(
    met: Iterable[Counterpart], reader: Any, member: Member | None
) -> Iterator[tuple[Counterpart, list[Hit]]]:
    """Each counterpart with the entries of public lists that have a name like it."""
    bodies = list(met)
    hits = Hit.objects.visible_to(reader).live().in_rows(member).filter(counterpart__in=bodies)
    found = list(hits.order_by("-score", "pk"))
    for body in bodies:
        yield body, [hit for hit in found if hit.counterpart_id == body.pk]


def words(reader: Any) -> QuerySet[Advice]:
    people = ("written_by__user", "released_by__user", "response__responded_by__user")
    return Advice.objects.visible_to(reader).select_related(*people).order_by("number")


def released_by(requests: QuerySet[AdviceRequest], reader: Any) -> QuerySet[AdviceRequest]:
    """With what each desk has released, and nothing it has not."""
    said = words(reader).filter(released_at__isnull=False)
    return requests.prefetch_related(Prefetch("advice", queryset=said, to_attr="released"))


def others(held: AdviceRequest, reader: Any) -> list[AdviceRequest]:
    """The other desks that were asked: dissent is shown, not settled here."""
    asked = AdviceRequest.objects.visible_to(reader).filter(engagement=held.engagement).exclude(pk=held.pk)
    return list(released_by(asked.select_related("desk", "assigned_to__user").order_by("id"), reader))


def precedents(engagement: Engagement, reader: Any) -> QuerySet[Advice]:
    """What desks have told offices about the same counterparts, the latest first, as far as this reader may see."""
    met = [body.pk for body in engagement.counterparts.all()]
    earlier = Advice.objects.visible_to(reader).filter(
        released_at__isnull=False, request__engagement__counterparts__in=met
    )
    earlier = earlier.exclude(request__engagement=engagement).distinct()
    related = ("request__desk", "request__engagement__office", "response")
    return earlier.select_related(*related).order_by("-released_at", "-pk")[:MOST_PRECEDENTS]


def version_read(engagement: Engagement, reader: Any) -> int | None:
    """The filed version this reader last read; None before the first visit."""
    read: int | None = engagement.readings.filter(user=reader).values_list("filed_version", flat=True).first()
    return read


def history(engagement: Engagement, reader: Any) -> list[VersionChange]:
    """What each filed change changed, the latest first."""
    read = version_read(engagement, reader)
    latest = engagement.versions.order_by("-number").select_related("changed_by__user")
    kept = list(latest[: MOST_VERSIONS + 1])
    return [
        VersionChange(
            after.number,
            after.changed_by,
            after.changed_at,
            versions.changes(before.said, after.said),
            read is not None and after.number > read,
        )
        for after, before in pairwise(kept)
    ]


def _entries(held: AdviceRequest, reader: Any) -> QuerySet[Entry]:
    lines = Entry.objects.about(held.engagement).readable_with(reader).filter(data__request=held.reference)
    return lines.select_related("actor", "office").order_by("-id")[:50]


def _next(held: AdviceRequest, reader: Any) -> AdviceRequest | None:
    """The request that comes after this one in the desk's queue."""
    waiting = AdviceRequest.objects.visible_to(reader).of_desk(held.desk).queue().exclude(pk=held.pk)
    later: AdviceRequest | None = waiting.exclude(status="question").select_related("engagement").first()
    return later


def lapsed(engagement: Engagement, reader: Any) -> list[AdviceRequest]:
    """Those that the office may want to ask again; none where it wants no advice."""
    if not engagement.wants_advice:
        return []
    rows = AdviceRequest.objects.visible_to(reader).filter(engagement=engagement).lapsed()
    return list(rows.select_related("desk").order_by("id"))


def panels(engagement: Engagement, reader: Any) -> list[Any]:
    """Each desk that was asked, for the page of the engagement."""
    asked = AdviceRequest.objects.visible_to(reader).filter(engagement=engagement).order_by("id")
    asked = asked.select_related("desk", "assigned_to__user", "engagement__office")
    return list(
        released_by(asked, reader).prefetch_related(
            "questions__asked_by__user", "questions__answered_by__user"
        )
    )
