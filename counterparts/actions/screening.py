"""What screening writes. It advises: no counterpart, engagement or person waits for any of it."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Member
from activity import actions as activity
from counterparts import duplicates, rules, screening
from counterparts.models import Alike, Counterpart, Disposition, Distinct, Hit, Screening
from counterparts.screening import Found
from diplomacy.lib import readers
from diplomacy.lib.errors import Conflict, Invalid

BATCH = 100


@transaction.atomic
def screen_due(limit: int = BATCH) -> int:
    """Compare up to `limit` counterparts that are due; how many there were. Each batch is whole or not at all, so that a
    worker that dies costs one batch, and another goes on after it."""
    mark = screening.mark()
    due = list(
        Counterpart.objects.due(mark).select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit]
    )
    _screen(due, mark)
    return len(due)


@transaction.atomic
def screen(counterpart: Counterpart) -> None:
    """At once, because somebody is looking at it."""
    _screen([Counterpart.objects.get(pk=counterpart.pk)], screening.mark())


def _screen(due: Sequence[Counterpart], mark: str) -> None:
    rows = Counterpart.objects.filter(pk__in=[counterpart.pk for counterpart in due])
    counterparts = list(rows.prefetch_related("aliases", "hits"))
    known = Screening.objects.filter(counterpart__in=counterparts, version=F("counterpart__version"))
    changed = {one.pk for one in counterparts} - set(known.values_list("pk", flat=True))
    found = screening.screen(counterparts)
    _keep_alike([one for one in counterparts if one.pk in changed])
    for counterpart in counterparts:
        _keep(counterpart, found[counterpart.pk])
    Screening.objects.bulk_create(
        (
            Screening(counterpart=counterpart, mark=mark, version=counterpart.version, done_at=timezone.now())
            for counterpart in counterparts
        ),
        update_conflicts=True,
        unique_fields=["counterpart"],
        update_fields=["mark", "version", "done_at"],
    )


def _keep_alike(changed: Sequence[Counterpart]) -> None:
    """Who may be whom on the register itself, for those whose names are new."""
    of = Q(first__in=changed) | Q(second__in=changed)
    Alike.objects.filter(of).delete()
    apart = set(Distinct.objects.filter(of).values_list("first_id", "second_id"))
    Alike.objects.bulk_create(
        (
            Alike(first_id=first, second_id=second, score=score)
            for (first, second), score in duplicates.among(changed).items()
            if (first, second) not in apart
        ),
        ignore_conflicts=True,
    )


def _keep(counterpart: Counterpart, found: Sequence[Found]) -> None:
    """The hits there are now; those that are no longer are kept as gone, with what was said of them."""
    held = {hit.listing_id: hit for hit in counterpart.hits.all()}
    now = {one.listing.pk for one in found}
    gone = [hit.pk for pk, hit in held.items() if pk not in now and hit.gone_at is None]
    if gone:
        Hit.objects.filter(pk__in=gone).update(gone_at=timezone.now())
    fresh = [one for one in found if _is_news(held.get(one.listing.pk), one)]
    for one in found:
        was = held.get(one.listing.pk)
        is_back = was is not None and was.gone_at is not None
        said: dict[str, Any] = {
            "level": one.level,
            "score": one.score,
            "our_name": one.our_name,
            "listed_name": one.listed_name,
            "reasons": one.reasons,
            "digest": one.digest,
            "gone_at": None,
        }
        said |= {"found_at": timezone.now()} if is_back else {}
        Hit.objects.update_or_create(counterpart=counterpart, listing=one.listing, defaults=said)
    if fresh:
        activity.record(
            "counterparts.hit_found",
            counterpart,
            by=None,
            lists=sorted({one.listing.list_name for one in fresh}),
        )


def _is_news(held: Hit | None, found: Found) -> bool:
    if found.level == Hit.Level.INFORMATION:
        return False
    return held is None or held.gone_at is not None or held.digest != found.digest


@transaction.atomic
def dispose(hit: Hit, *, by: Member, verdict: str, reason: str, digest: str) -> Disposition:
    """Say for one's office or desk what a hit is. `digest` is of the hit as it was read."""
    rules.require_writer(by)
    held: Hit = Hit.objects.select_for_update().get(pk=hit.pk)
    if held.digest != digest:
        raise Conflict("The list or the counterpart has changed since you looked. Look again, please.")
    if not reason.strip():
        raise Invalid({"reason": ["Say how you know. A colleague will read it next year."]})
    said = Disposition.objects.create(
        hit=held,
        office=by.office,
        verdict=verdict,
        reason=reason.strip(),
        digest=held.digest,
        by=by,
        readers=[readers.office(by.office_id)],
    )
    activity.record(
        "counterparts.hit_disposed", held.counterpart, by=by, readers=said.readers, verdict=verdict
    )
    return said
