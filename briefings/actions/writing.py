from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.models import Member
from activity import actions as activity
from briefings import rules
from briefings.actions.locking import lock
from briefings.choices import Kind
from briefings.models import AudienceRule, Briefing, Section
from counterparts import actions as counterparts
from counterparts.models import Counterpart
from diplomacy.lib.errors import Invalid
from engagements import clock

AHEAD = 30


@dataclass(frozen=True)
class Writing:
    """What the author says. A list that is None is left as it was.

    A section may carry the `id` it has, to keep the rules that narrow it; an id that is not of this briefing makes a
    new section. A rule's `section` is the position in the list of sections, from 0; None: the whole briefing.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    sections: Sequence[Mapping[str, Any]] | None = None
    audience: Sequence[Mapping[str, Any]] | None = None


@transaction.atomic
def draft(writing: Writing, *, by: Member) -> Briefing:
    """Start a briefing that only the briefers of the office see."""
    rules.require_briefer(by)
    briefing = Briefing(office=by.office, author=by.user)
    _set_fields(briefing, writing)
    briefing.readers = rules.briefing_readers(briefing)
    briefing.save()
    _set_parts(briefing, writing)
    activity.record("briefings.drafted", briefing, by=by)
    return briefing


@transaction.atomic
def change(briefing: Briefing, writing: Writing, *, by: Member, version: int) -> Briefing:
    held = lock(briefing, version)
    rules.require("change", held, by)
    _set_fields(held, writing)
    held.version += 1
    held.save()
    _set_parts(held, writing)
    activity.record("briefings.changed", held, by=by, version=held.version)
    return held


def _set_fields(briefing: Briefing, writing: Writing) -> None:
    for name, value in writing.fields.items():
        setattr(briefing, name, value)
    require_dates(briefing)


def require_dates(briefing: Briefing) -> None:
    if problems := rules.wrong_dates(briefing.acknowledge_by, briefing.expires_on, clock.today()):
        raise Invalid(problems)


def _set_parts(briefing: Briefing, writing: Writing) -> None:
    if writing.sections is not None:
        _set_sections(briefing, writing.sections)
    if writing.audience is not None:
        _set_audience(briefing, writing.audience)


def _set_sections(briefing: Briefing, said: Sequence[Mapping[str, Any]]) -> None:
    known = {section.pk: section for section in briefing.sections.all()}
    kept = set()
    for order, part in enumerate(said, 1):
        section = known.get(part.get("id", 0)) or Section(briefing=briefing)
        section.order = order
        section.heading, section.body, section.label = part["heading"], part["body"], part["label"]
        section.save()
        kept.add(section.pk)
    briefing.sections.exclude(pk__in=kept).delete()


def _set_audience(briefing: Briefing, said: Sequence[Mapping[str, Any]]) -> None:
    sections = list(briefing.sections.all())
    met = counterparts.as_they_stand(body for rule in said if (body := rule.get("counterpart")))
    briefing.audience.all().delete()
    AudienceRule.objects.bulk_create(_rule(briefing, sections, dict(rule), met) for rule in said)


def _rule(
    briefing: Briefing, sections: list[Section], said: dict[str, Any], met: Mapping[int, Counterpart]
) -> AudienceRule:
    at = said.pop("section", None)
    if at is not None and at not in range(len(sections)):
        raise Invalid({"audience": ["A rule names a section that does not exist."]})
    if said["kind"] in {Kind.COUNTRY, Kind.COUNTERPART}:
        said["days"] = said.get("days") or AHEAD
    if body := said.get("counterpart"):
        said["counterpart"] = met[body.pk]
    return AudienceRule(briefing=briefing, section=None if at is None else sections[at], **said)
