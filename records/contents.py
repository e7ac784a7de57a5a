"""Which records a file holds, as far as who asked may see them."""

from datetime import datetime, time

from django.db.models import Q, QuerySet

from accounts.models import User
from diplomacy.lib import washington
from engagements.models import Engagement, Referral, ReferralEngagement
from records.models import Exemption, ReferralExemption, Request


def engagements(request: Request, user: User) -> QuerySet[Engagement]:
    """The office's own, as far as who asked may see them."""
    span = Q(created_at__range=_moments(request))
    span |= Q(starts_on__lte=request.until, ends_on__gte=request.since)
    rows = Engagement.objects.visible_to(user).filter(span, office=request.office_id)
    return rows.order_by("pk")


def _moments(request: Request) -> tuple[datetime, datetime]:
    """Its days are Washington's: the page and the worker mean the same."""
    first, last = (request.since, time.min), (request.until, time.max)
    return datetime.combine(*first, washington.ZONE), datetime.combine(*last, washington.ZONE)


def referrals(request: Request, user: User) -> QuerySet[Referral]:
    """Those that the office sent, received or answered in these days, and that stand with none of these engagements.

    One that belongs to an engagement which the reader may not see is for them one that belongs to none.
    """
    days = _moments(request)
    span = Q(sent_at__range=days) | Q(status_since__range=days) | Q(closed_at__range=days)
    own = Q(sender=request.office_id) | Q(receiver=request.office_id)
    beside = ReferralEngagement.objects.visible_to(user).filter(engagement__in=engagements(request, user))
    rows = Referral.objects.visible_to(user).filter(span, own).exclude(pk__in=beside.values("referral"))
    return rows.select_related("sender", "receiver").order_by("pk")


def are_marked_since(request: Request, user: User, moment: datetime) -> bool:
    """Whether something in the file was marked: its engagements, its referrals, others of the office to which these belong."""
    lone = referrals(request, user)
    links = ReferralEngagement.objects.visible_to(user).filter(engagement__office=request.office_id)
    held = engagements(request, user)
    marked = Q(engagement__in=held) | Q(engagement__in=links.filter(referral__in=lone).values("engagement"))
    if Exemption.objects.filter(marked, marked_at__gte=moment).exists():
        return True
    beside = links.filter(engagement__in=held).values("referral")
    ours = ReferralExemption.objects.filter(office=request.office_id, marked_at__gte=moment)
    return ours.filter(Q(referral__in=lone) | Q(referral__in=beside)).exists()
