from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import invitations, rules
from accounts.actions.locking import lock_office
from accounts.actions.members import make_member, who_manage
from accounts.models import Invitation, Member, Office, User
from activity import actions as activity
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from diplomacy.lib.rls import system

ASKED = {"email", "name", "title"}
CHECKED_ELSEWHERE = {field.name for field in Invitation._meta.fields} - ASKED
GONE = "This invitation does not hold any more. Ask for a new one."


@transaction.atomic
def invite(
    email: str, office: Office, role: str, *, by: Member, name: str = "", title: str = ""
) -> Invitation:
    """Mail a person a link that brings them, and nobody else, into this office in this role."""
    rules.require_manager(by, office.pk)
    rules.require_role_given_by_leads(office, role)
    invitation, secret = write_invitation(email, office, role, by=by, name=name, title=title)
    activity.record("accounts.invited", invitation, by=by, role=role)
    mail_link(invitation, secret)
    return invitation


def write_invitation(
    email: str, office: Office, role: str, *, by: Member | None, name: str, title: str
) -> tuple[Invitation, str]:
    rules.require_role_of(office, role)
    held = lock_office(office.pk)
    secret = invitations.new_secret()
    invitation = Invitation(
        office=held,
        role=role,
        email=email.strip().lower(),
        name=name.strip(),
        title=title.strip(),
        invited_by=by,
        secret_digest=invitations.digest(secret),
        expires_at=_end(),
    )
    _require_valid(invitation)
    _require_new(invitation)
    with system("accounts.invitations"):
        invitation.save()
    return invitation, secret


def _end() -> datetime:
    return timezone.now() + timedelta(days=settings.INVITATION_DAYS)


def _require_valid(invitation: Invitation) -> None:
    try:
        invitation.clean_fields(exclude=CHECKED_ELSEWHERE)
    except ValidationError as error:
        raise Invalid(error.message_dict) from None


def _require_new(invitation: Invitation) -> None:
    same = {"office": invitation.office, "role": invitation.role}
    members = Member.objects.filter(user__email__iexact=invitation.email, **same).in_their_own_right()
    if members.not_over().exists():
        raise Invalid({"email": ["This person has this role here already."]})
    if Invitation.objects.waiting().filter(email=invitation.email, **same).exists():
        raise Invalid({"email": ["This person is invited already. Send that invitation again instead."]})


def mail_link(invitation: Invitation, secret: str) -> None:
    """After the commit, so that no link arrives that nobody can open."""
    transaction.on_commit(partial(invitations.send, invitation, secret), robust=True)


@transaction.atomic
def send_again(invitation: Invitation, *, by: Member) -> Invitation:
    """With a new link and new days; the old link is dead."""
    held = _lock(invitation)
    rules.require_manager(by, held.office_id)
    _require_waiting(held)
    secret = invitations.new_secret()
    held.secret_digest, held.expires_at = invitations.digest(secret), _end()
    held.invited_by, held.mailed_at, held.reminded_at = by, None, None
    _save(held, "secret_digest", "expires_at", "invited_by", "mailed_at", "reminded_at")
    activity.record("accounts.invited_again", held, by=by)
    mail_link(held, secret)
    return held


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Member) -> Invitation:
    held = _lock(invitation)
    rules.require_manager(by, held.office_id)
    _require_waiting(held)
    held.withdrawn_at = timezone.now()
    _save(held, "withdrawn_at")
    activity.record("accounts.invitation_withdrawn", held, by=by)
    return held


def _lock(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("office", "invited_by")
    with system("accounts.invitations"):
        held: Invitation = rows.get(pk=invitation.pk)
    return held


def _save(held: Invitation, *fields: str) -> None:
    with system("accounts.invitations"):
        held.save(update_fields=fields)


def _require_waiting(held: Invitation) -> None:
    if not held.is_waiting:
        raise Conflict("This invitation was accepted or withdrawn already.")


@transaction.atomic
def accept(invitation: Invitation, *, user: User) -> Member:
    """Once, by the person it was sent to."""
    lock_office(invitation.office_id)
    held = _lock(invitation)
    if not held.is_waiting or held.has_run_out or not invitations.is_vouched_for(held):
        raise Conflict(GONE)
    if user.email.lower() != held.email or not user.is_active:
        raise Forbidden("This invitation was sent to somebody else.")
    member = _seat(held, user)
    held.accepted_at, held.accepted_by = timezone.now(), member
    _save(held, "accepted_at", "accepted_by")
    told = who_manage(held.office).user_ids()
    activity.record("accounts.invitation_accepted", member, by=member, notify=told, role=held.role)
    return member


def _seat(held: Invitation, user: User) -> Member:
    """Whom the command line invited waits where somebody manages the office, as with its other ways in."""
    is_by_command = held.invited_by_id is None
    waits = is_by_command and (user.is_staff or who_manage(held.office).exists())
    return make_member(user, held.office, held.role, title=held.title, waits=waits)[0]


@transaction.atomic
def accept_as_new(invitation: Invitation, *, name: str, password: str) -> Member:
    """Make the account too: who opened the link reads the mail of this address."""
    lock_office(invitation.office_id)
    user = invitations.account_of(invitation)
    if user is not None and invitations.has_begun(user):
        raise Forbidden("There is an account already. Sign in to it first.")
    user = user or User(email=invitation.email, time_zone=invitation.office.time_zone)
    user.name = name.strip()
    user.set_password(password)
    with system("accounts.people"):
        user.save()
    return accept(invitation, user=user)


@transaction.atomic
def invite_by_command(
    email: str, office: Office, role: str, *, name: str, title: str
) -> tuple[Invitation, str]:
    """For a person the system does not know. The caller hands over the link, or has it mailed."""
    if not name.strip():
        raise Invalid({"name": ["Say the person's name."]})
    before = Invitation.objects.waiting().filter(email=email.strip().lower(), office=office, role=role)
    with system("accounts.invitations"):
        before.update(withdrawn_at=timezone.now())
    invitation, secret = write_invitation(email, office, role, by=None, name=name, title=title)
    told = who_manage(office).user_ids()
    activity.record("accounts.invited_by_command", invitation, by=None, notify=told, role=role)
    return invitation, secret
