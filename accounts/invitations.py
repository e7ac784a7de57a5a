"""The link that lets an invited person in. Its secret is known to the message alone: the row keeps a digest."""

import hashlib
import logging
import secrets
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Member, User
from diplomacy.lib.rls import system

log = logging.getLogger(__name__)


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Of 256 random bits, so that a plain hash is enough: nobody can try them out."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def days() -> int:
    return int(settings.INVITATION_DAYS)


def link(secret: str) -> str:
    return settings.PUBLIC_URL + reverse("accounts:open_invitation", args=[secret])


def send(invitation: Invitation, secret: str) -> bool:
    """False when the mail server did not take it: those who manage the office read so, and send it again."""
    context = {"invitation": invitation, "link": link(secret), "days": days()}
    message = EmailMessage(
        subject="You are invited",
        body=render_to_string("accounts/mail/invited.txt", context),
        to=[invitation.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except (SMTPException, OSError) as error:
        log.error("An invitation was not sent: %s", type(error).__name__)
        return False
    with system("accounts.invitations"):
        Invitation.objects.filter(pk=invitation.pk).update(mailed_at=timezone.now())
    return True


def behind(secret_digest: str) -> Invitation | None:
    """The invitation that a link opens now. Wrong, used, withdrawn and run out are all the same: none.

    So is one whose inviter does not manage an office any more: nobody lets people in after they have left.
    """
    rows = Invitation.objects.open().filter(secret_digest=secret_digest)
    found = rows.select_related("office", "invited_by").first()
    return found if found is not None and is_vouched_for(found) else None


def is_vouched_for(invitation: Invitation) -> bool:
    """By somebody who still may, or by the command line, whose members others confirm."""
    by = invitation.invited_by_id
    return by is None or Member.objects.current().who_manage().filter(pk=by).exists()


def account_of(invitation: Invitation) -> User | None:
    found: User | None = User.objects.filter(email__iexact=invitation.email).first()
    return found


def has_begun(user: User) -> bool:
    """An account that somebody has signed in with, or could: its owner shows that it is theirs by signing in."""
    return user.last_login is not None or user.has_usable_password() or not user.is_active
