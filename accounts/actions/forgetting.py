"""What has run out and is of no use to anybody. The log says that it was."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import ApiToken, Invitation
from diplomacy.lib.rls import system

KEPT = timedelta(days=90)
"""So that an office still sees, for a while, what became of an invitation or a token."""


def forget() -> int:
    """How many rows went. Nobody's act, and so no line in the log."""
    now = timezone.now()
    long_ago = now - KEPT
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    old = (
        UserSession.objects.filter(~Exists(alive)),
        Session.objects.filter(expire_date__lte=now),
        ApiToken.objects.filter(Q(revoked_at__lt=long_ago) | Q(expires_at__lt=long_ago)),
        Invitation.objects.filter(
            Q(accepted_at__lt=long_ago) | Q(withdrawn_at__lt=long_ago) | Q(expires_at__lt=long_ago)
        ),
    )
    with system("accounts.proofs"):
        return sum(rows.delete()[0] for rows in old)
