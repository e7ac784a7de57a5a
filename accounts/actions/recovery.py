"""Somebody has lost every passkey and code. A lead who has made sure that it is them says so; the person, from their
mailbox, does the rest. Neither can do it alone, and nobody else sees or chooses a password."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import recovery, rules
from accounts.actions.letters import write_letter
from accounts.actions.locking import lock_office
from accounts.actions.tokens import revoke_all_of
from accounts.models import Letter, Member, Recovery, User
from accounts.querysets import MemberQuerySet
from accounts.signin import sessions
from activity import actions as activity
from diplomacy.lib.each import done_of
from diplomacy.lib.errors import Conflict
from diplomacy.lib.rls import system

GONE = "This link does not hold any more. Ask the lead of your office again."


@transaction.atomic
def start_recovery(member: Member, *, by: Member, proof: str) -> Recovery:
    lock_office(member.office_id)
    rules.require_recovery(by, member, recovery.seats(member.user))
    rules.require_proof(proof)
    return _start(member.user, office=member.office_id, by=by, proof=proof)


@transaction.atomic
def start_recovery_by_command(user: User) -> Recovery:
    """For operators, and for the only one who manages an office: whom the command line brought in."""
    return _start(user, office=None, by=None, proof=Recovery.Proof.COMMAND)


def _start(user: User, *, office: int | None, by: Member | None, proof: str) -> Recovery:
    """The link that was sent before is dead."""
    _withdraw(user, by=by)
    with system("accounts.proofs"):
        held = Recovery.objects.create(
            user=user,
            office_id=office,
            asked_by=by,
            proof=proof,
            expires_at=timezone.now() + timedelta(days=recovery.days()),
        )
    told = {user.pk, *_who_answer_for(user).user_ids()}
    activity.record("accounts.recovery_started", held, by=by, notify=told, proof=proof)
    write_letter(Letter.Kind.RECOVERY, user.email, about=held.pk)
    return held


def _who_answer_for(user: User) -> MemberQuerySet:
    """Those who manage any office in which somebody serves."""
    offices = Member.objects.not_over().filter(user=user).values("office")
    return Member.objects.current().who_manage().filter(office__in=offices)


@transaction.atomic
def withdraw_recovery(held: Recovery, *, by: Member) -> None:
    rules.require_withdrawal(by, held)
    if not _withdraw(held.user, by=by):
        raise Conflict("It was used or withdrawn already.")


@transaction.atomic
def end_recovery_of(user: User) -> None:
    """Who signs in with what was said to be lost has not lost it."""
    _withdraw(user, by=None)


def _withdraw(user: User, *, by: Member | None) -> bool:
    rows = Recovery.objects.select_for_update().filter(user=user, used_at=None, withdrawn_at=None)
    with system("accounts.proofs"):
        found = list(rows)
        rows.update(withdrawn_at=timezone.now())
    for held in found:
        told = {user.pk, *_who_answer_for(user).user_ids()}
        activity.record("accounts.recovery_withdrawn", held, by=by, notify=told)
    return bool(found)


@transaction.atomic
def recover(held: Recovery, *, password: str) -> User:
    """Once, by who reads the mail of the person: a new password, and nothing left of what may be in other hands."""
    with system("accounts.proofs"):
        user = User.objects.select_for_update().get(pk=held.user_id)
        locked = Recovery.objects.select_for_update().get(pk=held.pk)
    is_same = locked.secret_digest == held.secret_digest
    if not (locked.is_open and is_same and user.is_active and recovery.is_vouched_for(locked)):
        raise Conflict(GONE)
    locked.used_at = timezone.now()
    user.set_password(password)
    with system("accounts.proofs"):
        locked.save(update_fields=["used_at"])
        user.save(update_fields=["password"])
        Authenticator.objects.filter(user_id=user.pk).delete()
    revoke_all_of(user)
    sessions.end_all(user)
    told = {user.pk, *_who_answer_for(user).user_ids()}
    activity.record("accounts.recovery_used", locked, by=None, notify=told, user=user.pk)
    return user


def remind_of_recoveries() -> int:
    """Another letter, with another link, a day before the time runs out."""
    due = Recovery.objects.open().filter(reminded_at=None, expires_at__lte=timezone.now() + recovery.WARN)
    long = due.filter(expires_at__gt=F("asked_at") + recovery.WARN)
    return done_of(_remind, long.values_list("pk", flat=True))


def _remind(pk: int) -> bool:
    rows = Recovery.objects.open().select_for_update(of=("self",)).select_related("user")
    with system("accounts.proofs"):
        held = rows.filter(pk=pk, reminded_at=None).first()
        if held is None:
            return False
        held.reminded_at = timezone.now()
        held.save(update_fields=["reminded_at"])
    write_letter(Letter.Kind.RECOVERY, held.user.email, about=held.pk)
    return True
