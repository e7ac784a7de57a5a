"""What runs out is said early enough to make another: tokens of programs to their person, invitations to both sides."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from accounts import invitations
from accounts.actions.letters import write_letter
from accounts.models import ApiToken, Invitation, Letter
from activity import actions as activity
from diplomacy.lib.each import done_of
from diplomacy.lib.rls import system

TOKEN_WARN = timedelta(days=7)
INVITATION_WARN = timedelta(days=2)


def remind_of_tokens() -> int:
    """A week before the end, or when half of a short life is over."""
    now = timezone.now()
    alive = ApiToken.objects.unrevoked().filter(reminded_at=None, expires_at__gt=now)
    half = (F("expires_at") - F("made_at")) / 2
    due = alive.filter(expires_at__lte=now + TOKEN_WARN, made_at__lte=now - half)
    return done_of(_remind_of_token, due.values_list("pk", flat=True))


def _remind_of_token(pk: int) -> bool:
    rows = ApiToken.objects.select_for_update(of=("self",)).select_related("member")
    with system("accounts.proofs"):
        token = rows.get(pk=pk)
        if token.reminded_at or not token.is_alive:
            return False
        token.reminded_at = timezone.now()
        token.save(update_fields=["reminded_at"])
    told = {token.member.user_id}
    activity.record("accounts.token_ending", token, by=None, notify=told, on=token.expires_at.isoformat())
    return True


def remind_of_invitations() -> int:
    """Whoever was invited gets a link that still holds; whoever invited them may send it again with new days."""
    soon = timezone.now() + INVITATION_WARN
    due = Invitation.objects.open().filter(
        reminded_at=None, expires_at__lte=soon, expires_at__gt=F("made_at") + INVITATION_WARN
    )
    return done_of(_remind_of_invitation, due.values_list("pk", flat=True))


def _remind_of_invitation(pk: int) -> bool:
    rows = Invitation.objects.open().select_for_update(of=("self",)).select_related("invited_by")
    with system("accounts.invitations"):
        held = rows.filter(pk=pk, reminded_at=None).first()
        if held is None or not invitations.is_vouched_for(held):
            return False
        held.reminded_at = timezone.now()
        held.save(update_fields=["reminded_at"])
    told = {held.invited_by.user_id} if held.invited_by else set()
    activity.record("accounts.invitation_ending", held, by=None, notify=told)
    write_letter(Letter.Kind.INVITATION, held.email, about=held.pk)
    return True
