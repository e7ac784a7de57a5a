from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import Member
from accounts.rules import ADVISING_ROLES, WRITING_ROLES
from counterparts import places
from counterparts.folding import fold
from diplomacy.lib.errors import Conflict, Forbidden, Invalid

if TYPE_CHECKING:
    from counterparts.models import Counterpart, CountryGuidance

MERGERS = ADVISING_ROLES | {"lead"}
"""Merging touches the records of many offices at once."""
WRITERS = WRITING_ROLES | ADVISING_ROLES
LOADERS = frozenset({"desk_lead"})


def may_write(member: Member | None) -> bool:
    return member is not None and member.role in WRITERS


def require_writer(member: Member) -> None:
    if not may_write(member):
        raise Forbidden("Your role reads the register of counterparts but does not change it.")


def may_merge(member: Member | None) -> bool:
    return member is not None and member.role in MERGERS


def require_merger(member: Member) -> None:
    if not may_merge(member):
        raise Forbidden("Leads of offices, and federal desks, merge counterparts.")


def check_merge(kept: "Counterpart", gone: "Counterpart") -> None:
    """Two, both still there, neither within the other: otherwise something would be part of itself."""
    if kept.pk == gone.pk:
        raise Invalid({"gone": ["A counterpart cannot be merged into itself."]})
    for one in (kept, gone):
        if one.merged_into_id:
            raise Conflict(f"{one} was merged already.")
    if (kept.kind == "person") != (gone.kind == "person"):
        raise Invalid({"gone": ["A person and a body are not one."]})
    for inner, outer in ((kept, gone), (gone, kept)):
        if outer.pk in {body.pk for body in _above(inner)}:
            raise Invalid({"gone": [f"{inner} is part of {outer}. Take it out of {outer} first."]})


def may_publish(member: Member | None) -> bool:
    return member is not None and member.role in ADVISING_ROLES


def require_desk(member: Member) -> None:
    if not may_publish(member):
        raise Forbidden("Federal desks write guidance. Offices read it.")


def may_change_guidance(guidance: "CountryGuidance", member: Member | None) -> bool:
    return member is not None and may_publish(member) and member.office_id == guidance.desk_id


def require_own_guidance(guidance: "CountryGuidance", member: Member) -> None:
    if not may_change_guidance(guidance, member):
        raise Forbidden("Only the desk that wrote this guidance changes it.")


def check_no_gap(guidance: "CountryGuidance", starts_on: date, today: date) -> None:
    """What is in force ends where its next version is published, and not where that begins."""
    is_in_force = guidance.starts_on <= today and (guidance.ends_on is None or today <= guidance.ends_on)
    if is_in_force and starts_on > today:
        reason = (
            "Until then nothing would be in force. Publish this as guidance of its own, and say of the one that is in "
            "force now until when it holds."
        )
        raise Invalid({"starts_on": [reason]})


def may_load_lists(member: Member | None) -> bool:
    return member is not None and member.role in LOADERS


def require_loader(member: Member) -> None:
    if not may_load_lists(member):
        raise Forbidden("Only the lead of a federal desk loads public lists. Everyone reads them.")


WITHOUT_COUNTRY = frozenset({"person", "international"})


def needs_country(kind: str) -> bool:
    return kind not in WITHOUT_COUNTRY


def check_entry(*, name: str, kind: str, country: str) -> None:
    """What everybody is to find needs letters to be found by, and a body a country to stand under."""
    if not fold(name):
        raise Invalid({"name": ["Give a name with letters or digits in it."]})
    if not country and needs_country(kind):
        raise Invalid(
            {"country": ["Choose its country. Only people and international bodies can do without."]}
        )


def check_place(country: str, subdivision: str) -> None:
    if country and not places.is_country(country):
        raise Invalid({"country": [f"“{country}” is not the ISO code of a foreign country."]})
    _check_subdivision(country, subdivision)


def check_destination(country: str, subdivision: str) -> None:
    """A delegation is received at home: unlike a counterpart, a stop may lie in the United States."""
    if country and not places.is_destination(country):
        raise Invalid({"country": [f"“{country}” is not the ISO code of a country."]})
    _check_subdivision(country, subdivision)


def _check_subdivision(country: str, subdivision: str) -> None:
    if subdivision and not places.is_subdivision(subdivision, of=country):
        raise Invalid(
            {
                "subdivision": [
                    f"“{subdivision}” is not a part of {places.country_name(country) or 'no country'}."
                ]
            }
        )


def check_birth(kind: str, year: int | None) -> None:
    if year is None:
        return
    if kind != "person":
        raise Invalid({"birth_year": ["Only people have a year of birth."]})
    if not 1850 <= year <= timezone.localdate().year:
        raise Invalid({"birth_year": ["Check the year."]})


def check_parent(counterpart: "Counterpart") -> None:
    """A body cannot be part of itself, at any remove."""
    above = [body.pk for body in _above(counterpart)]
    if counterpart.pk in above or len(above) > len(set(above)):
        raise Invalid({"parent": ["A counterpart cannot be part of itself or of one of its own parts."]})


def _above(body: "Counterpart") -> Iterator["Counterpart"]:
    """What it is part of, at any remove; up to the first that comes twice."""
    seen, parent = {body.pk}, body.parent
    while parent is not None:
        yield parent
        if parent.pk in seen:
            return
        seen.add(parent.pk)
        parent = parent.parent
