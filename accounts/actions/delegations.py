from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import rules
from accounts.actions.locking import lock_member, lock_office, save
from accounts.actions.members import one_day_after, require_not_over
from accounts.models import Delegation, Member
from activity import actions as activity
from diplomacy.lib import washington
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from diplomacy.lib.rls import system


@transaction.atomic
def delegate(*, by: Member, to: Member, first_day: date, last_day: date, reason: str = "") -> Delegation:
    """Let a colleague act in one's own role for some days. It ends by itself, and with either of the two."""
    seat, held = lock_member(by, None), lock_member(to, None)
    rules.require_delegation(seat, held)
    require_not_over(seat)
    require_not_over(held)
    _require_days(first_day, last_day)
    _require_free(seat, held)
    with system("accounts.memberships"):
        delegation = Delegation.objects.create(seat=seat, to=held, reason=reason)
        member = Member.objects.create(
            user=held.user,
            office=seat.office,
            role=seat.role,
            title=held.title,
            starts_on=first_day,
            ends_on=one_day_after(last_day),
            delegation=delegation,
        )
    activity.record(
        "accounts.delegated",
        member,
        by=by,
        notify={held.user_id},
        delegation=delegation.reference,
        role=seat.role,
        first_day=first_day.isoformat(),
        last_day=last_day.isoformat(),
    )
    return delegation


def _require_days(first_day: date, last_day: date) -> None:
    if first_day < washington.today():
        raise Invalid({"first_day": ["This day has passed."]})
    if last_day < first_day:
        raise Invalid({"last_day": ["It must not be before the first day."]})
    if last_day - first_day >= timedelta(days=rules.LONGEST_DELEGATION):
        raise Invalid({"last_day": [f"Choose {rules.LONGEST_DELEGATION} days or fewer."]})


def _require_free(seat: Member, to: Member) -> None:
    """One who has the role already needs no loan of it; and one loan at a time."""
    held = Member.objects.filter(user=to.user_id, office=seat.office_id, role=seat.role).not_over()
    own = held.in_their_own_right().exists()
    if own or held.filter(delegation__seat=seat, delegation__revoked_at=None).exists():
        raise Invalid({"to": ["They can act in this role already."]})


@transaction.atomic
def revoke_delegation(delegation: Delegation, *, by: Member) -> Delegation:
    """By whoever lent the role, whoever borrowed it, or the office's leads."""
    lock_office(delegation.seat.office_id)
    rows = Delegation.objects.select_for_update(of=("self",)).select_related("seat", "to")
    with system("accounts.memberships"):
        held: Delegation = rows.get(pk=delegation.pk)
    is_either = by.user_id in {held.seat.user_id, held.to.user_id}
    if not (is_either or rules.manages(by, held.seat.office_id)):
        raise Forbidden("Only the two of them, and those who manage the office, may end this.")
    member = held.membership
    if held.revoked_at or (member.ends_on is not None and member.ends_on <= washington.today()):
        raise Conflict("This delegation is over.")
    held.revoked_at, held.revoked_by_id = timezone.now(), by.user_id
    with system("accounts.memberships"):
        held.save(update_fields=["revoked_at", "revoked_by"])
    member.ends_on = max(washington.today(), member.starts_on)
    save(member, "ends_on")
    told = {held.seat.user_id, held.to.user_id}
    activity.record("accounts.delegation_ended", member, by=by, notify=told, delegation=held.reference)
    return held
