"""What an address names, for this person; what they may not see answers as what does not exist."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.models import Delegation, Invitation, Member, OfficeRequest, Recovery
from accounts.requests import MemberRequest


def member(request: MemberRequest, key: UUID) -> Member:
    rows = Member.objects.visible_to(request.user).select_related(
        "user", "office__division", "delegation__seat"
    )
    found: Member = get_object_or_404(rows, key=key)
    return found


def invitation(request: MemberRequest, reference: str) -> Invitation:
    rows = Invitation.objects.visible_to(request.user).select_related("office")
    found: Invitation = get_object_or_404(rows, reference=reference)
    return found


def delegation(request: MemberRequest, reference: str) -> Delegation:
    rows = Delegation.objects.visible_to(request.user).select_related("seat__user", "to__user", "membership")
    found: Delegation = get_object_or_404(rows, reference=reference)
    return found


def office_request(request: MemberRequest, reference: str) -> OfficeRequest:
    rows = OfficeRequest.objects.visible_to(request.user).select_related(
        "decided_by", "decided_for", "office"
    )
    found: OfficeRequest = get_object_or_404(rows, reference=reference)
    return found


def recovery(request: MemberRequest, reference: str) -> Recovery:
    rows = Recovery.objects.visible_to(request.user).select_related("user", "office")
    found: Recovery = get_object_or_404(rows, reference=reference)
    return found
