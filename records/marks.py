"""The exemptions of engagements and referrals that the caller fetched through `visible_to`, and what keeps a file from being
given out."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import IO

from accounts.models import Member, Office, User
from engagements.models import Engagement, Referral
from records import bundle, contents
from records.models import Exemption, Marks, ReferralExemption, Request


def of(engagement: Engagement) -> Exemption | None:
    return Exemption.objects.filter(engagement=engagement).first()


def version_of(mark: Marks | None) -> int:
    return mark.version if mark else 0


def why_not_given(request: Request, by: Member, file: IO[bytes] | None = None) -> str:
    """Why this lead does not get the file that was made; empty when they do. To another than it was made for, it says the
    same whatever is in it. `file`: the one that is given, since another may stand in its place by then."""
    if request.asked_by.user_id != by.user_id:
        return f"This file was made for {request.asked_by.user}, as far as they may see. Have it made again for you."
    try:
        with nullcontext(file) if file else request.path.open("rb") as held:
            is_whole = bundle.is_whole_for(held, by.user)
    except FileNotFoundError:
        return "The file is not there any more. Make it again."
    if not is_whole:
        return "Not all that is in this file is shared with you now. Make it again."
    if are_newer(request, by.user):
        return "What is exempt was changed after this file was made. Make it again: the old one cannot be downloaded."
    return ""


def of_referral(referral: Referral, office: Office) -> ReferralExemption | None:
    return ReferralExemption.objects.filter(referral=referral, office=office).first()


def are_newer(request: Request, user: User) -> bool:
    """Whether the file was begun before something in it was marked: what is exempt now may stand in it."""
    began = request.began_at
    return began is not None and contents.are_marked_since(request, user, began)


def beside(engagements: Sequence[Engagement]) -> list[tuple[Engagement, Exemption | None]]:
    found = {mark.engagement_id: mark for mark in Exemption.objects.filter(engagement__in=engagements)}
    return [(engagement, found.get(engagement.pk)) for engagement in engagements]


def beside_referrals(
    referrals: Sequence[Referral], office: Office
) -> list[tuple[Referral, ReferralExemption | None]]:
    marks = ReferralExemption.objects.filter(office=office, referral__in=referrals)
    found = {mark.referral_id: mark for mark in marks}
    return [(referral, found.get(referral.pk)) for referral in referrals]
