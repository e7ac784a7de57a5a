"""From the rules of an audience to the memberships they stand for now.

Distribution looks at engagements that the writer may not read, and shows the writer who matched. So restricted
engagements never count here: who has one must not be guessed from a preview.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Division, Member, Office
from accounts.rules import OVERSIGHT_ROLES
from briefings import tailoring
from briefings.choices import Kind
from briefings.models import AudienceRule, Briefing
from briefings.tailoring import Cut, Part, Rule, Seat
from counterparts.models import Counterpart
from diplomacy.lib.rls import system
from engagements import clock
from engagements.models import Engagement
from engagements.querysets import EngagementQuerySet


class Outcome(NamedTuple):
    cuts: list[Cut]
    passed_over: int
    """People whom the audience names and no section admits: they get no copy."""


@system("briefings.audience")
def outcome_of(briefing: Briefing) -> Outcome:
    parts = [Part(pk, label) for pk, label in briefing.sections.values_list("pk", "label")]
    rules = [_resolved(rule) for rule in briefing.audience.select_related("division")]
    seats = _seats(rules)
    cuts = tailoring.cuts(parts, rules, seats)
    return Outcome(cuts, len({seat.user_id for seat in seats}) - len(cuts))


def cuts_of(briefing: Briefing) -> list[Cut]:
    return outcome_of(briefing).cuts


def _resolved(rule: AudienceRule) -> Rule:
    find = OFFICES.get(rule.kind)
    offices = frozenset(find(rule)) if find else None
    return Rule(rule.kind, rule.section_id, rule.user_id, offices, rule.role)


def _seats(rules: list[Rule]) -> list[Seat]:
    """Only the briefing's own rules bring people in; a section's narrow."""
    wanted = Q(pk__in=[])
    for rule in rules:
        if rule.section_id is None:
            wanted |= _members(rule)
    # Who acts in a reader's place reads the reader's copy, and gets none for it.
    members = Member.objects.current().in_their_own_right().filter(wanted).exclude(role__in=OVERSIGHT_ROLES)
    return [Seat(*row) for row in members.values_list("pk", "user_id", "office_id", "role")]


def _members(rule: Rule) -> Q:
    if rule.kind == Kind.PERSON:
        return Q(user=rule.user_id)
    in_role = Q(role=rule.role) if rule.role else Q()
    return in_role if rule.offices is None else in_role & Q(office__in=rule.offices)


def _of_coalition(rule: AudienceRule) -> set[int]:
    assert rule.coalition_id is not None  # database constraint
    held = Office.objects.in_coalition(rule.coalition_id, on=clock.today())
    return set(held.values_list("pk", flat=True))


def _under_division(rule: AudienceRule) -> set[int]:
    assert rule.division is not None  # database constraint
    under = Division.objects.under(rule.division.ocd_id)
    return set(Office.objects.filter(division__in=under).values_list("pk", flat=True))


def _coming() -> EngagementQuerySet:
    return Engagement.objects.filter(status="filed", federal_reads=True, ends_on__gte=clock.today())


def _soon(rule: AudienceRule) -> EngagementQuerySet:
    assert rule.days is not None  # database constraint
    return _coming().filter(starts_on__lte=clock.today() + timedelta(days=rule.days))


def _whose(engagements: EngagementQuerySet) -> set[int]:
    return set(engagements.values_list("office_id", flat=True))


def _on_topic(rule: AudienceRule) -> set[int]:
    return _whose(_coming().filter(topics__contains=[rule.topic]))


def _with_country(rule: AudienceRule) -> set[int]:
    return _whose(_soon(rule).touching(rule.country))


def _with_counterpart(rule: AudienceRule) -> set[int]:
    """The body itself, or a part of it or a person in it."""
    body = rule.counterpart_id
    within = Counterpart.objects.filter(Q(pk=body) | Q(parent=body) | Q(posts__body=body))
    return _whose(_soon(rule).meeting(counterpart__in=within.values("pk")))


OFFICES: dict[str, Callable[[AudienceRule], set[int]]] = {
    Kind.OFFICE: lambda rule: {rule.office_id} if rule.office_id else set(),
    Kind.COALITION: _of_coalition,
    Kind.DIVISION: _under_division,
    Kind.TOPIC: _on_topic,
    Kind.COUNTRY: _with_country,
    Kind.COUNTERPART: _with_counterpart,
}
