"""Every write to offices and coalitions."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Coalition, CoalitionMember, Division, Office
from accounts.time_zones import require_zone
from activity import actions as activity
from diplomacy.lib.errors import Invalid
from diplomacy.lib.references import new_reference
from diplomacy.lib.rls import system


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
    with system("accounts.offices"):
        office.save()
    return office


@dataclass
class Operator:
    """Who acts in the configuration: a person, for no office."""

    user_id: int
    office_id: Any = None


@transaction.atomic
def open_office_as_operator(*, by: Operator, **fields: Any) -> Office:
    office = open_office(**fields)
    activity.record("accounts.office_opened", office, by=by)
    return office


@transaction.atomic
def open_office_by_command(**fields: Any) -> Office:
    office = open_office(**fields)
    activity.record("accounts.office_opened_by_command", office, by=None)
    return office


@transaction.atomic
def change_office(office: Office, *, by: Operator, **fields: Any) -> None:
    """The operator's correction of what an office is called and where it stands; closing is a date."""
    for name, value in fields.items():
        setattr(office, name, value)
    _require_valid(office, "group")
    require_zone(office.time_zone)
    with system("accounts.offices"):
        office.save(update_fields=list(fields))
    activity.record("accounts.office_changed", office, by=by, fields=sorted(fields))


@transaction.atomic
def form_coalition(name: str, *, lead: Office, offices: list[Office]) -> Coalition:
    reference = new_reference("G")
    group = Group.objects.create(name=f"coalition {reference}")
    with system("accounts.offices"):
        coalition = Coalition.objects.create(reference=reference, name=name, lead_office=lead, group=group)
        CoalitionMember.objects.bulk_create(
            CoalitionMember(coalition=coalition, office=office) for office in {lead, *offices}
        )
    return coalition


def _require_valid(row: Office, *unset: str) -> None:
    try:
        row.full_clean(exclude=unset)
    except ValidationError as error:
        raise Invalid(error.message_dict) from None
