"""Whose account of another organisation is whose here. Only people the system knows already: nobody signs up."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import ExternalIdentity, ProviderAnswer, User
from activity import actions as activity
from diplomacy.lib.rls import system

TO_FETCH = timedelta(minutes=2)
"""How long an answer waits for the browser that is on its way to fetch it."""


def known_by(issuer: str, subject: str, *, email: str) -> User | None:
    """The person with this identity; else the one whose address the issuer has verified, and from now on theirs.

    `email` is empty when it is not verified. Somebody who has another identity at the issuer keeps that one: whoever
    comes to hold their address later is somebody else.
    """
    known = ExternalIdentity.objects.filter(issuer=issuer, subject=subject).select_related("user").first()
    if known:
        return known.user
    # Not `iexact`: to PostgreSQL `ı` is an `i` in capitals, and so another's mailbox.
    person = User.objects.filter(email=email.lower(), is_active=True).first() if email else None
    return _linked(person, issuer, subject) if person else None


def _linked(person: User, issuer: str, subject: str) -> User | None:
    try:
        with transaction.atomic():
            with system("accounts.proofs"):
                made = ExternalIdentity.objects.create(user=person, issuer=issuer, subject=subject)
            activity.record("accounts.identity_linked", made, by=None, user=person.pk)
    except IntegrityError:
        return None
    return person


def keep_answer(
    issuer: str, name: str, *, until: datetime, asked_in: str = "", said: dict[str, Any] | None = None
) -> bool:
    """False: it was taken before. `name` is the answer's own, unique at its issuer."""
    fields = {"asked_in": _digest(issuer, asked_in) if asked_in else "", "said": said, "expires_at": until}
    try:
        with transaction.atomic(), system("accounts.proofs"):
            ProviderAnswer.objects.create(digest=_digest(issuer, name), **fields)
    except IntegrityError:
        return False
    return True


@transaction.atomic
def fetch_answer(issuer: str, asked_in: str) -> dict[str, Any] | None:
    """What was answered to this request, once. Nothing of the person is kept afterwards."""
    rows = ProviderAnswer.objects.select_for_update().filter(asked_in=_digest(issuer, asked_in))
    with system("accounts.proofs"):
        held = rows.filter(said__isnull=False, kept_at__gt=timezone.now() - TO_FETCH).first()
        if held is None:
            return None
        said: dict[str, Any] | None = held.said
        rows.update(said=None)
    return said


def forget_answers() -> int:
    """Those that nobody would take any more, and what was never fetched."""
    with system("accounts.proofs"):
        ProviderAnswer.objects.filter(kept_at__lt=timezone.now() - TO_FETCH).update(said=None)
        return ProviderAnswer.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _digest(issuer: str, name: str) -> str:
    return hashlib.sha256(f"{issuer}\n{name}".encode()).hexdigest()
