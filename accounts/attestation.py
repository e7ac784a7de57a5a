"""Every so often an office says of each member that they still serve. Whom nobody confirms is suspended: no access,
nothing lost, back at once when somebody does."""

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from accounts import rules
from accounts.models import Member, Office
from accounts.querysets import MemberQuerySet, oldest_attestation
from diplomacy.lib import washington
from diplomacy.lib.errors import Conflict, Forbidden


def days() -> int:
    return int(settings.ATTESTATION_DAYS)


def due_on(member: Member) -> date | None:
    """None: they wait for their first confirmation."""
    if member.attested_on is None:
        return None
    return member.attested_on + timedelta(days=days())


def suspended_on(member: Member) -> date | None:
    due = due_on(member)
    return due + timedelta(days=settings.ATTESTATION_GRACE_DAYS) if due else None


def is_due(member: Member) -> bool:
    due = due_on(member)
    return due is None or due <= washington.today()


def is_suspended(member: Member) -> bool:
    return member.attested_on is None or member.attested_on <= oldest_attestation(washington.today())


def require_confirmation(by: Member, member: Member) -> None:
    """Forbidden to oneself, while somebody else of the office could say it; to an operator alone always."""
    if member.delegation_id:
        raise Conflict("This role is held in a colleague's place, and ends with the delegation.")
    if by.user_id == member.user_id:
        _require_alone(member)
    elif not may_confirm_others(by, member):
        raise Forbidden("Only those who manage this office may do this: its leads.")


def may_confirm_others(by: Member, member: Member) -> bool:
    if rules.is_seat_of(by, member):
        return False
    if by.office_id == member.office_id:
        is_of_lead = by.role in rules.CONFIRMING_ROLES and member.role in rules.MANAGING_ROLES
        return by.manages or is_of_lead
    return steps_in(by) and member.role in rules.MANAGING_ROLES and not _managers(member).exists()


def steps_in(by: Member) -> bool:
    """A desk lead brings back the lead of an office in which nobody is left who could."""
    return by.role == "desk_lead" and by.office.is_desk and by.delegation_id is None


def _require_alone(member: Member) -> None:
    others = who_confirm(member.office)
    if member.attested_on is None or others.exclude(user=member.user_id).exists() or not member.manages:
        raise Forbidden("Nobody confirms themselves. Another lead or the principal of the office can.")


def who_confirm(office: Office) -> MemberQuerySet:
    return Member.objects.of_office(office).filter(role__in=rules.CONFIRMING_ROLES)


def _managers(member: Member) -> MemberQuerySet:
    return Member.objects.of_office(member.office).who_manage()


def left_behind() -> MemberQuerySet:
    """Leads whose access waits for a word, in open offices where nobody is left who could say it."""
    present = Member.objects.current().who_manage().filter(office=OuterRef("office"))
    rows = Member.objects.suspended().who_manage().filter(~Exists(present))
    return rows.in_open_offices().select_related("user", "office").order_by("office__name", "pk")
