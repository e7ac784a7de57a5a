from datetime import timedelta
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from activity.rules import MANAGING
from diplomacy.lib.readers import VisibleQuerySet

STALE = timedelta(minutes=15)
"""A worker that has said nothing for so long is taken for dead."""


class DisposalQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Whoever leads the office."""
        led = [m.office_id for m in getattr(user, "standing", []) if m.role in MANAGING]
        return self.filter(office__in=led)

    def waiting(self) -> Self:
        return self.filter(finished_at=None).order_by("pk")


class RequestQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Leads, of the offices they lead."""
        led = [member.office_id for member in getattr(user, "standing", []) if member.role == "lead"]
        return self.filter(office__in=led)

    def waiting(self) -> Self:
        dead = Q(status="running", claimed_at__lt=timezone.now() - STALE)
        return self.filter(Q(status="queued") | dead).order_by("created_at")

    def being_made(self) -> Self:
        return self.filter(status="running", claimed_at__gte=timezone.now() - STALE)

    def expired(self) -> Self:
        return self.filter(status="ready", expires_at__lte=timezone.now())
