"""Signing in that its person should hear of, by mail: what a thief did is unknown only to whom it was done."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts import actions
from accounts.models import Letter
from activity import signins

TRIES = 4
"""Failed ones before the one that worked: fewer are slips of the finger."""
HALF_WAY_TRIES = 3
"""Wrong codes or passkeys in an hour after the right password."""
LONG = timedelta(days=60)
LOOK_BACK = timedelta(days=7)
HOUR = timedelta(hours=1)


def tell(request: HttpRequest, user: Any, *, before: datetime | None) -> None:
    """`before`: the sign-in before this one; None for the first of all, which an invitation has announced."""
    now = timezone.now()
    since = max(before, now - LOOK_BACK) if before else now - LOOK_BACK
    if signins.failures_at(user, since=since) >= TRIES:
        _tell(request, user, Letter.Kind.TRIES)
    if before and now - before >= LONG:
        _tell(request, user, Letter.Kind.IDLE)


def tell_half_way(request: HttpRequest, user: Any) -> None:
    """Once for the tries of an hour."""
    if signins.factors_failed_at(user, since=timezone.now() - HOUR) == HALF_WAY_TRIES:
        _tell(request, user, Letter.Kind.HALF_WAY)


def _tell(request: HttpRequest, user: Any, kind: Letter.Kind) -> None:
    signins.unusual(request, user, kind.value)
    actions.write_letter(kind, user.email)
