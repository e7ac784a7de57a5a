"""The link of a recovery. Its secret is made when the letter is written, and known to that letter alone."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import rules
from accounts.invitations import digest
from accounts.models import Member, Recovery, User
from diplomacy.lib.rls import system

WARN = timedelta(days=1)
"""Before it runs out."""


def days() -> int:
    return int(settings.RECOVERY_DAYS)


def new_link(recovery: Recovery) -> str:
    """The link before it is dead."""
    secret = secrets.token_urlsafe(32)
    recovery.secret_digest, recovery.mailed_at = digest(secret), timezone.now()
    with system("accounts.proofs"):
        recovery.save(update_fields=["secret_digest", "mailed_at"])
    return settings.PUBLIC_URL + reverse("accounts:open_recovery", args=[secret])


def behind(secret_digest: str) -> Recovery | None:
    """What a link opens now. Wrong, used, withdrawn and run out are all the same: none."""
    rows = Recovery.objects.open().filter(secret_digest=secret_digest, user__is_active=True)
    found: Recovery | None = rows.select_related("user", "asked_by__user").first() if secret_digest else None
    return found if found is not None and is_vouched_for(found) else None


def is_vouched_for(held: Recovery) -> bool:
    """By the command line, or by somebody who still may: a word does not outlast its lead, nor reach a seat given since."""
    if held.asked_by_id is None:
        return True
    by = Member.objects.current().filter(pk=held.asked_by_id, role__in=rules.CONFIRMING_ROLES).first()
    return by is not None and not rules.guarded_elsewhere(by.office_id, held.user, seats(held.user))


def seats(user: User) -> list[Member]:
    """Those that rest too: somebody may confirm them tomorrow."""
    return list(Member.objects.not_over().filter(user=user).select_related("office"))
