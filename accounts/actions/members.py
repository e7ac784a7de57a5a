"""Every write to a membership. The next request after one of them already goes by it."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from accounts import attestation, rules
from accounts.actions.locking import lock_member, lock_office, require_successor, save
from accounts.actions.tokens import revoke_all_of
from accounts.models import Member, Office, Official, Term, User
from accounts.querysets import MemberQuerySet
from accounts.signin import sessions
from activity import actions as activity
from diplomacy.lib import washington
from diplomacy.lib.errors import Conflict, Invalid
from diplomacy.lib.readers import Actor
from diplomacy.lib.rls import system


@transaction.atomic
def add_member(user: User, office: Office, role: str, *, by: Actor | None, title: str = "") -> Member:
    """Give a person a role in an office from today. By None is the product itself, which tells nobody."""
    member, made = make_member(user, office, role, title=title)
    if made:
        activity.record("accounts.member_added", member, by=by, notify={user.pk} if by else (), role=role)
    return member


def make_member(
    user: User, office: Office, role: str, *, title: str = "", waits: bool = False
) -> tuple[Member, bool]:
    """(membership, made now). One that waits gives no access until somebody who manages the office confirms it."""
    rules.require_role_of(office, role)
    fields = {"title": title, "attested_on": None if waits else washington.today()}
    with system("accounts.memberships"):
        return Member.objects.get_or_create(
            user=user, office=office, role=role, ends_on=None, delegation=None, defaults=fields
        )


@transaction.atomic
def add_by_command(user: User, office: Office, role: str, *, title: str = "") -> Member:
    """The command line is the operator alone, so it gives no access where somebody else could have given it.

    In an office that has somebody who manages it they confirm; an operator waits for somebody's word anywhere.
    """
    held = lock_office(office.pk)
    waits = user.is_staff or who_manage(held).exists()
    member, made = make_member(user, held, role, title=title, waits=waits)
    if made:
        told = {user.pk, *who_manage(held).user_ids()}
        activity.record(
            "accounts.member_added_by_command", member, by=None, notify=told, role=role, waits=waits
        )
    return member


def who_manage(office: Office) -> MemberQuerySet:
    return Member.objects.of_office(office).who_manage()


@transaction.atomic
def change_member(
    member: Member, *, by: Member, version: int | None, role: str, title: str | None = None
) -> Member:
    """Another role, or another title, for somebody else."""
    held = lock_member(member, version)
    rules.require_change(by, held)
    if role != held.role:
        _require_free(held, role)
    before = held.role
    held.role, held.title = role, held.title if title is None else title
    save(held, "role", "title")
    activity.record("accounts.member_changed", held, by=by, notify={held.user_id}, before=before, after=role)
    return held


def _require_free(held: Member, role: str) -> None:
    rules.require_role_given_by_leads(held.office, role)
    require_not_over(held)
    if role not in rules.MANAGING_ROLES:
        require_successor(held)
    others = Member.objects.filter(user=held.user_id, office=held.office_id, role=role).in_their_own_right()
    if others.not_over().exists():
        raise Invalid({"role": ["They already have this role here."]})


def require_not_over(held: Member) -> None:
    if held.ends_on is not None and held.ends_on <= washington.today():
        raise Conflict("This membership is over.")


@transaction.atomic
def end_member(
    member: Member, *, by: Member | None, on: date | None = None, version: int | None = None
) -> Member:
    """The first day without it is today unless another is given. By None is the system itself."""
    held = lock_member(member, version)
    ends_on = on or max(washington.today(), held.starts_on)
    if held.ends_on is not None and held.ends_on <= min(ends_on, washington.today()):
        return held
    if by is not None:
        rules.require_end(by, held)
        _require_sensible(held, ends_on)
        require_successor(held)
    held.ends_on = ends_on
    save(held, "ends_on")
    activity.record(
        "accounts.member_ended", held, by=by, notify={held.user_id}, role=held.role, on=ends_on.isoformat()
    )
    if not User.objects.get(pk=held.user_id).standing:
        sessions.end_all(held.user)
    return held


@transaction.atomic
def end_sessions(member: Member, *, by: Member) -> None:
    """Sign somebody out everywhere, and take their tokens back: a laptop is gone, or a session is somebody else's."""
    held = lock_member(member, None)
    rules.require_change(by, held)
    ended = _sign_out(held.user)
    activity.record("accounts.sessions_ended", held, by=by, notify={held.user_id}, sessions=ended)


@transaction.atomic
def end_sessions_by_command(user: User) -> int:
    ended = _sign_out(user)
    activity.observe("accounts.sessions_ended_by_command", user_id=None, subject=user, sessions=ended)
    return ended


def _sign_out(user: User) -> int:
    ended = sessions.end_all(user)
    revoke_all_of(user)
    return ended


def _require_sensible(held: Member, ends_on: date) -> None:
    if ends_on < max(washington.today(), held.starts_on):
        raise Invalid({"on": ["This day has passed."]})
    if held.ends_on is not None and ends_on > held.ends_on:
        raise Invalid({"on": ["It ends sooner already. Invite the person again to let them stay."]})


@transaction.atomic
def confirm_members(read: Iterable[tuple[Member, int | None]], *, by: Member) -> list[Member]:
    """Say that these people still serve. Of several at once either all are confirmed or none."""
    return [_confirm(member, version, by) for member, version in read]


def _confirm(member: Member, version: int | None, by: Member) -> Member:
    held = lock_member(member, version)
    attestation.require_confirmation(by, held)
    require_not_over(held)
    was_suspended = attestation.is_suspended(held)
    held.attested_on, held.reminded_on, held.suspension_said = washington.today(), None, False
    save(held, "attested_on", "reminded_on", "suspension_said")
    told = {held.user_id} if was_suspended else set()
    activity.record("accounts.member_confirmed", held, by=by, notify=told, was_suspended=was_suspended)
    return held


@transaction.atomic
def rest_on_term(member: Member, *, by: Member, version: int | None, term: Term | None) -> Member:
    """Let a membership last as long as the official's terms in this post, or untie it again."""
    held = lock_member(member, version)
    rules.require_change(by, held)
    require_not_over(held)
    official: Official | None = term.official if term else None
    held.official, held.warned_of = official, None
    held.post, held.jurisdiction = (term.role, term.jurisdiction) if term else ("", "")
    save(held, "official", "warned_of", "post", "jurisdiction")
    activity.record(
        "accounts.term_tied" if term else "accounts.term_untied",
        held,
        by=by,
        notify={held.user_id},
        official=official.pk if official else None,
        post=held.post,
        jurisdiction=held.jurisdiction,
    )
    return held


@transaction.atomic
def set_term_grace(office: Office, *, by: Member, days: int) -> Office:
    rules.require_manager(by, office.pk)
    if not 0 <= days <= rules.LONGEST_GRACE:
        raise Invalid({"days": [f"Give 0 to {rules.LONGEST_GRACE} days."]})
    held = lock_office(office.pk)
    before, held.term_grace_days = held.term_grace_days, days
    with system("accounts.offices"):
        held.save(update_fields=["term_grace_days"])
    activity.record("accounts.grace_set", held, by=by, before=before, after=days)
    return held


@transaction.atomic
def set_sign_in(office: Office, *, by: Member, sign_in: str) -> Office:
    """Holds from everybody's next request on. It adds to what their roles ask for, and cannot take from it."""
    rules.require_manager(by, office.pk)
    if sign_in not in Office.SignIn.values:
        raise Invalid({"sign_in": ["Choose one of those offered."]})
    held = lock_office(office.pk)
    before, held.sign_in = held.sign_in, sign_in
    with system("accounts.offices"):
        held.save(update_fields=["sign_in"])
    activity.record("accounts.sign_in_set", held, by=by, before=before, after=sign_in)
    return held


def one_day_after(last_day: date) -> date:
    """People say the last day of something; the columns hold the first day without it."""
    return last_day + timedelta(days=1)
