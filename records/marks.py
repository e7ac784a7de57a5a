"""The exemptions of engagements that the caller fetched through `visible_to`."""

from collections.abc import Sequence

from engagements.models import Engagement
from records.models import Exemption


def of(engagement: Engagement) -> Exemption | None:
    return Exemption.objects.filter(engagement=engagement).first()


def beside(engagements: Sequence[Engagement]) -> list[tuple[Engagement, Exemption | None]]:
    found = {mark.engagement_id: mark for mark in Exemption.objects.filter(engagement__in=engagements)}
    return [(engagement, found.get(engagement.pk)) for engagement in engagements]
