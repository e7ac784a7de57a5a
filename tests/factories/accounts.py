"""The smallest valid office, person and membership; keywords override."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from accounts import actions, ocd_ids
from accounts.models import (
    Coalition,
    Delegation,
    Division,
    Invitation,
    Member,
    Office,
    OfficeRequest,
    Official,
    Recovery,
    User,
)
from diplomacy.lib import washington

_numbers = count(1)


def make_division(ocd_id: str = "ocd-division/country:us/state:ca", **fields: Any) -> Division:
    above = ocd_ids.parent_of(ocd_id)
    fields = {"name": ocd_ids.name_of(ocd_id), "kind": ocd_ids.kind_of(ocd_id)} | fields
    parent = make_division(above) if above else None
    return Division.objects.get_or_create(ocd_id=ocd_id, defaults={**fields, "parent": parent})[0]


def make_office(name: str = "", **fields: Any) -> Office:
    name = name or f"Office {next(_numbers)}"
    return actions.open_office(name, **({"short_name": name[:60], "level": "state"} | fields))


def make_desk(name: str = "", **fields: Any) -> Office:
    return make_office(name or f"Desk {next(_numbers)}", **({"level": "federal", "is_desk": True} | fields))


def make_coalition(
    name: str = "", *, lead: Office | None = None, offices: list[Office] | None = None
) -> Coalition:
    return actions.form_coalition(
        name or f"Coalition {next(_numbers)}", lead=lead or make_office(), offices=offices or []
    )


def make_user(name: str = "", **fields: Any) -> User:
    name = name or f"Person {next(_numbers)}"
    email = f"{slugify(name).replace('-', '.') or 'person'}.{next(_numbers)}@example.gov"
    return User.objects.create_user(**({"email": email, "name": name} | fields))


def make_member(office: Office | None = None, role: str = "", **fields: Any) -> Member:
    """In a new office unless one is given; `name` names the person."""
    office = office or make_office()
    role = role or ("liaison" if office.is_federal else "staff")
    user = fields.pop("user", None) or make_user(fields.pop("name", ""))
    return Member.objects.create(user=user, office=office, role=role, **fields)


def make_former_member(office: Office | None = None, role: str = "staff", **fields: Any) -> Member:
    today = timezone.localdate()
    dates = {"starts_on": today - timedelta(days=365), "ends_on": today - timedelta(days=1)}
    return make_member(office, role, **(dates | fields))


def make_official(name: str = "", **fields: Any) -> Official:
    return Official.objects.create(**({"name": name or f"Official {next(_numbers)}"} | fields))


def invited(office: Office, email: str = "nia@example.gov", role: str = "staff") -> Invitation:
    """By a lead of the office who is there for this only."""
    return actions.invite(
        email, office, role, by=make_member(office, "desk_lead" if office.is_federal else "lead")
    )


def asked_for(state_office: Office, **fields: Any) -> OfficeRequest:
    """A city in the state of this office."""
    assert state_office.division
    said: dict[str, Any] = {
        "office_name": "Fresno Mayor's Office",
        "level": "city",
        "state": state_office.division.ocd_id,
        "place": "Fresno",
        "name": "Fay Ortega",
        "title": "Director",
        "email": "fay.ortega@example.gov",
        "authority": "The city clerk.",
    }
    made = actions.ask_for_office(**(said | fields))
    assert made
    return made


def delegated(seat: Member, to: Member, *, days: int = 7) -> Delegation:
    today = washington.today()
    return actions.delegate(by=seat, to=to, first_day=today, last_day=today + timedelta(days=days - 1))


def recovering(office: Office) -> Recovery:
    """Somebody of the office has lost everything; a lead who is there for this only says so."""
    by = make_member(office, "desk_lead" if office.is_federal else "lead")
    return actions.start_recovery(make_member(office), by=by, proof="in_person")
