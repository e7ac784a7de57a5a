from django.shortcuts import get_object_or_404

from accounts.requests import MemberRequest
from briefings.models import Briefing, Delivery


def briefing(request: MemberRequest, reference: str) -> Briefing:
    rows = Briefing.objects.visible_to(request.user).select_related(
        "office", "author", "released_by", "engagement"
    )
    briefing: Briefing = get_object_or_404(rows, reference=reference)
    return briefing


def delivery(request: MemberRequest, reference: str) -> Delivery:
    rows = Delivery.objects.visible_to(request.user).select_related("member__office", "recipient")
    delivery: Delivery = get_object_or_404(rows, reference=reference)
    return delivery
