"""Every write to offices and memberships."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import rules
from accounts.models import Coalition, CoalitionMember, Division, Member, Office, User
from accounts.time_zones import require_zone
from activity import actions as activity
from diplomacy.lib.errors import Invalid
from diplomacy.lib.readers import Actor
from diplomacy.lib.references import new_reference


@transaction.atomic
def open_office(
    name: str,
    *,
    short_name: str,
    level: str,
    division: Division | None = None,
    is_desk: bool = False,
    **fields: Any,
) -> Office:
    reference = new_reference("O")
    office = Office(reference=reference, name=name, short_name=short_name, level=level, **fields)
    office.division, office.is_desk = division, is_desk
    _require_valid(office, "group")
    require_zone(office.time_zone)
    office.group = Group.objects.create(name=f"office {reference}")
    office.save()
    return office


@transaction.atomic
def change_office(office: Office, **fields: Any) -> None:
    """The operator's correction of what an office is called and where it stands; closing is a date."""
    for name, value in fields.items():
        setattr(office, name, value)
    _require_valid(office, "group")
    require_zone(office.time_zone)
    office.save(update_fields=list(fields))


@transaction.atomic
def form_coalition(name: str, *, lead: Office, offices: list[Office]) -> Coalition:
    reference = new_reference("G")
    group = Group.objects.create(name=f"coalition {reference}")
    coalition = Coalition.objects.create(reference=reference, name=name, lead_office=lead, group=group)
    CoalitionMember.objects.bulk_create(
        CoalitionMember(coalition=coalition, office=office) for office in {lead, *offices}
    )
    return coalition


@transaction.atomic
def add_member(user: User, office: Office, role: str, *, by: Actor | None, title: str = "") -> Member:
    """Give a person a role in an office from today; by None is the operator's command line."""
    if role not in rules.roles_for(is_federal=office.is_federal):
        level = office.get_level_display().lower()
        raise Invalid({"role": [f"The role {role} does not exist in a {level} office."]})
    member, made = Member.objects.get_or_create(
        user=user, office=office, role=role, ends_on=None, defaults={"title": title}
    )
    if made:
        activity.record("accounts.member_added", office, by=by, user=user.pk, role=role)
    return member


@transaction.atomic
def invite(
    email: str, office: Office, role: str, *, by: Actor | None, name: str = "", title: str = ""
) -> Member:
    """Bring a person in, whether or not the system knows them already. A new one has no password yet."""
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        user = User(email=User.objects.normalize_email(email.strip()).lower(), name=name.strip())
        user.time_zone = office.time_zone
        user.set_unusable_password()
        _require_valid(user, "password")
        user.save()
    return add_member(user, office, role, by=by, title=title)


def _require_valid(row: User | Office, *unset: str) -> None:
    try:
        row.full_clean(exclude=unset)
    except ValidationError as error:
        raise Invalid(error.message_dict) from None


@transaction.atomic
def end_member(member: Member, *, by: Actor | None) -> None:
    """The next request after this is denied: memberships are read at every request."""
    last_day = max(timezone.localdate(), member.starts_on)
    if Member.objects.filter(pk=member.pk, ends_on=None).update(ends_on=last_day):
        activity.record("accounts.member_ended", member.office, by=by, user=member.user_id, role=member.role)
