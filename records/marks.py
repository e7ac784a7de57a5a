"""The exemptions of engagements that the caller fetched through `visible_to`, and what keeps a file from being given out."""

from collections.abc import Sequence

from accounts.models import Member, User
from engagements.models import Engagement
from records import bundle
from records.models import Exemption, Request


def of(engagement: Engagement) -> Exemption | None:
    return Exemption.objects.filter(engagement=engagement).first()


def why_not_given(request: Request, by: Member) -> str:
    """Why this lead does not get the file that was made; empty when they do. To another than it was made for, it says the
    same whatever is in it."""
    if request.asked_by.user_id != by.user_id:
        return f"This file was made for {request.asked_by.user}, as far as they may see. Have it made again for you."
    if not request.path.exists():
        return "The file is not there any more. Make it again."
    if not bundle.is_whole_for(request, by.user):
        return "Not all that is in this file is shared with you now. Make it again."
    if are_newer(request, by.user):
        return "What is exempt was changed after this file was made. Make it again: the old one cannot be downloaded."
    return ""


def are_newer(request: Request, user: User) -> bool:
    """Whether the file was begun before something in it was marked: what is exempt now may stand in it."""
    covered = Exemption.objects.filter(engagement__in=bundle.engagements(request, user))
    return bool(request.began_at) and covered.filter(marked_at__gte=request.began_at).exists()


def beside(engagements: Sequence[Engagement]) -> list[tuple[Engagement, Exemption | None]]:
    found = {mark.engagement_id: mark for mark in Exemption.objects.filter(engagement__in=engagements)}
    return [(engagement, found.get(engagement.pk)) for engagement in engagements]
