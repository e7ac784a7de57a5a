"""What the pages of one engagement have in common."""

from typing import Any

from django.shortcuts import get_object_or_404

from accounts.requests import MemberRequest
from engagements import actions
from engagements.models import Engagement


def fetch(request: MemberRequest, reference: str) -> Engagement:
    """What this person may not see answers like what does not exist. That they opened it is noted where it matters."""
    rows = Engagement.objects.visible_to(request.user).select_related("office__division", "contact__user")
    engagement: Engagement = get_object_or_404(rows, reference=reference)
    actions.note_opened(engagement, by=request.acting)
    return engagement


def posted_version(request: MemberRequest) -> int:
    """The row version that the form was made from; what does not read as one is out of date."""
    said: Any = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
