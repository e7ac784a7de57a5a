"""Tokens for programs. The secret leaves this module once, to the person who asked for it."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import ApiToken, Member, User
from accounts.models.tokens import LONGEST_DAYS
from accounts.querysets import ApiTokenQuerySet
from activity import actions as activity
from diplomacy.lib import washington
from diplomacy.lib.errors import Forbidden, Invalid
from diplomacy.lib.rls import system

PREFIX = "sdd_"
"""So that scanners of code and mail recognise one that was left there."""
RANDOM_BYTES = 32


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_token(name: str, *, scope: str, days: int, by: Member) -> tuple[ApiToken, str]:
    """(token, secret)."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid({"days": [f"A token lasts between one day and {LONGEST_DAYS}."]})
    secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    now = timezone.now()
    with system("accounts.proofs"):
        token = ApiToken.objects.create(
            member=by,
            name=name,
            scope=scope,
            digest=digest_of(secret),
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
    activity.record("accounts.token_made", token, by=by, scope=scope, days=days)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Member) -> None:
    if token.member.user_id != by.user_id:
        raise Forbidden("A token is ended by the person whose it is.")
    if _revoke(ApiToken.objects.filter(pk=token.pk)):
        activity.record("accounts.token_revoked", token, by=by)


def revoke_all_of(user: User) -> None:
    _revoke(ApiToken.objects.filter(member__user=user))


def _revoke(tokens: ApiTokenQuerySet) -> int:
    with system("accounts.proofs"):
        return tokens.unrevoked().update(revoked_at=timezone.now())


def note_use(token: ApiToken) -> None:
    """The day only: enough to find a token that nobody uses, and one write and line a day."""
    today, member = washington.today(), token.member
    if token.last_used_on != today:
        with system("accounts.proofs"):
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
        said: dict[str, Any] = {"user_id": member.user_id, "office_id": member.office_id, "subject": token}
        activity.observe("accounts.token_used", **said)
