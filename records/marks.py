"""The exemptions of engagements that the caller fetched through `visible_to`."""

from collections.abc import Sequence

from accounts.models import User
from engagements.models import Engagement
from records import bundle
from records.models import Exemption, Request


def of(engagement: Engagement) -> Exemption | None:
    return Exemption.objects.filter(engagement=engagement).first()


def are_newer(request: Request, user: User) -> bool:
    """Whether the file was begun before something in it was marked: what is exempt now may stand in it."""
    covered = bundle.exemptions(request, user)
    return bool(request.began_at) and covered.filter(marked_at__gte=request.began_at).exists()


def beside(engagements: Sequence[Engagement]) -> list[tuple[Engagement, Exemption | None]]:
    found = {mark.engagement_id: mark for mark in Exemption.objects.filter(engagement__in=engagements)}
    return [(engagement, found.get(engagement.pk)) for engagement in engagements]
