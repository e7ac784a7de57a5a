"""What the clock tells an office of its members. Each is said once: the row remembers that it was."""

from collections import defaultdict
from datetime import date, timedelta

from accounts import attestation, terms
from accounts.actions import expiry
from accounts.actions.members import who_manage
from accounts.actions.recovery import remind_of_recoveries
from accounts.models import Member, Office
from accounts.querysets import MemberQuerySet
from activity import actions as activity
from diplomacy.lib import washington
from diplomacy.lib.each import done_of
from diplomacy.lib.rls import system

WARN_DAYS = 30
"""Before the term that a membership rests on ends."""


def remind() -> int:
    """How many members something was said of."""
    of_members = _warn_of_terms() + _ask_offices() + _say_who_is_suspended()
    return of_members + expiry.remind_of_tokens() + expiry.remind_of_invitations() + remind_of_recoveries()


def _warn_of_terms() -> int:
    resting = Member.objects.current().in_their_own_right().exclude(official=None)
    return done_of(_warn, resting.values_list("pk", flat=True))


def _warn(pk: int) -> bool:
    held = _lock(pk)
    ends = terms.last_day_of_post(held)
    if ends is None or ends > washington.today() + timedelta(days=WARN_DAYS) or held.warned_of == ends:
        return False
    held.warned_of = ends
    _save(held, "warned_of")
    told = {*who_manage(held.office).user_ids(), held.user_id}
    activity.record("accounts.term_ending", held, by=None, notify=told, on=ends.isoformat())
    return True


def _ask_offices() -> int:
    """One notice an office, however many of its members are due."""
    due: dict[int, list[int]] = defaultdict(list)
    oldest = washington.today() - timedelta(days=attestation.days())
    for pk, office in _unasked(oldest).values_list("pk", "office_id"):
        due[office].append(pk)
    return done_of(_ask, due.items())


def _unasked(oldest: date) -> MemberQuerySet:
    rows = Member.objects.current().in_their_own_right().filter(reminded_on=None)
    return rows.filter(attested_on__lte=oldest)


def _ask(due: tuple[int, list[int]]) -> int:
    office_id, pks = due
    with system("accounts.memberships"):
        asked = Member.objects.filter(pk__in=pks, reminded_on=None).update(reminded_on=washington.today())
    if asked:
        office = Office.objects.get(pk=office_id)
        told = attestation.who_confirm(office).user_ids()
        activity.record("accounts.confirmation_due", office, by=None, notify=told, members=asked)
    return asked


def _say_who_is_suspended() -> int:
    unsaid = Member.objects.suspended().filter(suspension_said=False)
    return done_of(_say_suspended, unsaid.values_list("pk", flat=True))


def _say_suspended(pk: int) -> bool:
    held = _lock(pk)
    if not attestation.is_suspended(held) or held.suspension_said:
        return False
    held.suspension_said = True
    _save(held, "suspension_said")
    told = {*attestation.who_confirm(held.office).user_ids(), held.user_id}
    activity.record("accounts.member_suspended", held, by=None, notify=told)
    return True


def _lock(pk: int) -> Member:
    with system("accounts.memberships"):
        held: Member = Member.objects.select_for_update(of=("self",)).select_related("office").get(pk=pk)
    return held


def _save(held: Member, *fields: str) -> None:
    """What was said of it is no change of the membership: its version stays."""
    with system("accounts.memberships"):
        held.save(update_fields=fields)
