"""Whose account of another organisation is whose here. Only people the system knows already: nobody signs up."""

from django.db import IntegrityError, transaction

from accounts.models import ExternalIdentity, User
from activity import actions as activity


def known_by(issuer: str, subject: str, *, email: str) -> User | None:
    """The person with this identity; else the one whose address the issuer has verified, and from now on theirs.

    `email` is empty when it is not verified. Somebody who has another identity at the issuer keeps that one: whoever
    comes to hold their address later is somebody else.
    """
    known = ExternalIdentity.objects.filter(issuer=issuer, subject=subject).select_related("user").first()
    if known:
        return known.user
    person = User.objects.filter(email__iexact=email, is_active=True).first() if email else None
    return _linked(person, issuer, subject) if person else None


def _linked(person: User, issuer: str, subject: str) -> User | None:
    try:
        with transaction.atomic():
            made = ExternalIdentity.objects.create(user=person, issuer=issuer, subject=subject)
            activity.record("accounts.identity_linked", made, by=None, user=person.pk)
    except IntegrityError:
        return None
    return person
