"""Attention flags are raised with each filed version, and again when guidance or a public list has changed since."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from counterparts.models import CountryGuidance, Hit
from diplomacy.lib.each import done_of
from diplomacy.lib.rls import system
from engagements import flags
from engagements.models import AttentionFlag, Engagement

LOOKED_BACK = timedelta(hours=26)
"""Longer than a day: a run that was missed is made up for by the next."""


def raise_flags(held: Engagement) -> None:
    AttentionFlag.objects.filter(engagement=held).delete()
    AttentionFlag.objects.bulk_create(
        AttentionFlag(
            engagement=held, rule=rule.name, rule_version=rule.version, label=rule.label, reason=reason
        )
        for rule, reason in flags.raised_by(held)
    )


def refresh_flags() -> int:
    """Of engagements to come that meet whom a list, or go where a desk, said something new about; how many there were."""
    return done_of(_refresh, _concerned())


@system("engagements.flags")
def _concerned() -> list[int]:
    since = timezone.now() - LOOKED_BACK
    loaded = Q(gone_at=None, listing__edition__ended_at__gte=since)
    met = Hit.objects.filter(Q(found_at__gte=since) | Q(gone_at__gte=since) | loaded).values("counterpart")
    today = timezone.localdate()
    said = CountryGuidance.objects.filter(
        Q(written_at__gte=since)
        | Q(starts_on__range=(today - LOOKED_BACK, today))
        | Q(ends_on__range=(today - LOOKED_BACK, today))
    )
    coming = Engagement.objects.filter(status__in=["filed", "postponed"], ends_on__gte=today)
    concerned = (
        coming.meeting(counterpart__in=met),
        coming.filter(countries__country__in=said.values("country")),
    )
    return sorted({pk for rows in concerned for pk in rows.values_list("pk", flat=True)})


@system("engagements.flags")
@transaction.atomic
def _refresh(pk: int) -> bool:
    rows = Engagement.objects.select_for_update(of=("self",), no_key=True)
    held = rows.filter(pk=pk, status__in=["filed", "postponed"]).first()
    if held:
        raise_flags(held)
    return held is not None
