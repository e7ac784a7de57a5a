"""Country guidance: what a desk says is never overwritten. A change is a new version, and the old one stays to be read."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Member
from activity import actions as activity
from counterparts import rules
from counterparts.models import CountryGuidance
from diplomacy.lib import washington
from diplomacy.lib.errors import Conflict, Invalid


@transaction.atomic
def publish(*, by: Member, **fields: Any) -> CountryGuidance:
    rules.require_desk(by)
    _check(fields)
    made = CountryGuidance.objects.create(desk=by.office, written_by=by, **fields)
    activity.record("counterparts.guidance_published", made, by=by, country=made.country)
    return made


@transaction.atomic
def replace(old: CountryGuidance, *, by: Member, **fields: Any) -> CountryGuidance:
    """The next version, by the desk that wrote this one."""
    held = _held(old, by)
    _check(fields)
    rules.check_no_gap(held, fields["starts_on"], washington.today())
    made = CountryGuidance.objects.create(
        desk=by.office, written_by=by, replaces=held, number=held.number + 1, **fields
    )
    activity.record(
        "counterparts.guidance_changed", made, by=by, country=made.country, replaces=held.reference
    )
    return made


def end(old: CountryGuidance, *, by: Member, ends_on: date) -> CountryGuidance:
    """It is in force until this day: a new version that says so, and nothing else."""
    kept = ("country", "subdivision", "kind", "title", "text", "reason", "starts_on")
    return replace(old, by=by, ends_on=ends_on, **{name: getattr(old, name) for name in kept})


def _held(old: CountryGuidance, by: Member) -> CountryGuidance:
    rules.require_desk(by)
    held: CountryGuidance = CountryGuidance.objects.select_for_update().get(pk=old.pk)
    rules.require_own_guidance(held, by)
    if CountryGuidance.objects.filter(replaces=held).exists():
        raise Conflict("A newer version has been published. Open it, and change that one.")
    return held


def _check(fields: dict[str, Any]) -> None:
    rules.check_place(fields.get("country", ""), fields.get("subdivision", ""))
    until = fields.get("ends_on")
    if until and until < fields["starts_on"]:
        raise Invalid({"ends_on": ["The last day cannot be before the first day."]})
