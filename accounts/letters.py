"""What a letter of the outbox says, made when it leaves: who it is for, and any link in it."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import invitations, recovery
from accounts.models import Invitation, Letter, OfficeRequest, Recovery, User
from diplomacy.lib.rls import system

KIND = Letter.Kind
SUBJECTS = {
    KIND.RESET: "Choose a new password",
    KIND.TRIES: "You signed in after failed tries",
    KIND.IDLE: "You signed in after a long time",
    KIND.HALF_WAY: "Somebody has your password",
    KIND.RECOVERY: "Set up signing in again",
    KIND.INVITATION: "Your invitation runs out soon",
    KIND.CODES: "Make new recovery codes",
    KIND.DECLINED: "Your request for an office",
}


Written = tuple[str, dict[str, Any]]
"""The address, and what the letter says."""


def message(letter: Letter) -> EmailMessage | None:
    """None: there is nobody, or nothing any more, to write of.

    The address is that of what it is about. The row's own finds an account; whoever writes a row chooses no reader of links.
    """
    written = _WRITTEN[KIND(letter.kind)](letter)
    if written is None:
        return None
    address, context = written
    body = render_to_string(f"accounts/mail/{letter.kind}.txt", context)
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(SUBJECTS[KIND(letter.kind)], body, to=[address], headers=headers)


def _account(letter: Letter) -> User | None:
    found: User | None = User.objects.filter(email__iexact=letter.address, is_active=True).first()
    return found


def _reset(letter: Letter) -> Written | None:
    user = _account(letter)
    if user is None:
        return None
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    link = settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=key)
    return user.email, {"link": link}


def _sign_in(letter: Letter) -> Written | None:
    user = _account(letter)
    if user is None:
        return None
    where = {name: settings.PUBLIC_URL + reverse(name) for name in ("signin:sessions", "mfa_index")}
    said = {"when": letter.made_at, "sessions": where["signin:sessions"], "factors": where["mfa_index"]}
    return user.email, said


def _recovery(letter: Letter) -> Written | None:
    rows = Recovery.objects.open().select_for_update(of=("self",)).select_related("user", "asked_by__user")
    with system("accounts.proofs"):
        found = rows.filter(pk=letter.about, user__is_active=True).first()
    if found is None:
        return None
    return found.user.email, {"recovery": found, "link": recovery.new_link(found)}


def _invitation(letter: Letter) -> Written | None:
    """With another link: of the one before, nobody but its mailbox knows more than a digest."""
    rows = (
        Invitation.objects.open().select_for_update(of=("self",)).select_related("office", "invited_by__user")
    )
    with system("accounts.invitations"):
        found = rows.filter(pk=letter.about).first()
        if found is None or not invitations.is_vouched_for(found):
            return None
        secret = invitations.new_secret()
        found.secret_digest = invitations.digest(secret)
        found.save(update_fields=["secret_digest"])
    return found.email, {"invitation": found, "link": invitations.link(secret)}


def _declined(letter: Letter) -> Written | None:
    found = OfficeRequest.objects.filter(pk=letter.about or 0, status=OfficeRequest.Status.DECLINED).first()
    return (found.email, {}) if found else None


_WRITTEN = {
    KIND.RESET: _reset,
    KIND.TRIES: _sign_in,
    KIND.IDLE: _sign_in,
    KIND.HALF_WAY: _sign_in,
    KIND.RECOVERY: _recovery,
    KIND.INVITATION: _invitation,
    KIND.CODES: _sign_in,
    KIND.DECLINED: _declined,
}
