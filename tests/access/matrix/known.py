"""Which texts a person may know: section by section of a briefing, part by part of a record. Facts in, an answer out."""

from dataclasses import dataclass

from tests.access.matrix import oracle
from tests.access.matrix.oracle import Briefing, Engagement, Person, Record, Request

NAMES_THEM = {"RED": {"person"}, "AMBER+STRICT": {"person", "office"}}
"""TLP 2.0: red is for the people named, amber+strict for their own organisation and nobody beyond it."""


@dataclass(frozen=True)
class Rule:
    """Whom a briefing or one section is for: a person, an office, a coalition, or the offices under a division."""

    kind: str
    whom: frozenset[str]
    """Names of people for a person, of offices for the rest."""


@dataclass(frozen=True)
class Section:
    label: str
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Secret:
    """A text that only some may read: the record it stands in, and which part of it."""

    part: str
    record: Record
    rules: tuple[Rule, ...] = ()
    sections: tuple[Section, ...] = ()
    """Those that admit to it: the one it stands in, or for a title all."""


def _met(person: Person, rules: tuple[Rule, ...]) -> set[str]:
    """The kinds of the rules that they fall under."""
    return {
        rule.kind
        for rule in rules
        if rule.whom & ({person.name} if rule.kind == "person" else person.offices)
    }


def admits(person: Person, rules: tuple[Rule, ...], section: Section) -> bool:
    """Audience and label, section by section."""
    met = _met(person, rules)
    if met and section.rules:
        met = _met(person, section.rules)
    return bool(person.held and met & NAMES_THEM.get(section.label, met))


def may_know(person: Person, secret: Secret) -> bool:
    it = secret.record
    if isinstance(it, Engagement) and secret.part == "office_note":
        return oracle.reads_office_notes(person, it)
    if isinstance(it, Request) and secret.part in {"desk_note", "draft"}:
        return oracle.reads_desk_work(person, it)
    if isinstance(it, Briefing):
        return oracle.reads_briefing(person, it) or _is_in_a_copy(person, secret, it)
    if isinstance(it, oracle.Asked):
        return oracle.reads_copy(person, it.copy) or oracle.reads(person, it)
    return bool(person.held) and oracle.reads(person, it)


def _is_in_a_copy(person: Person, secret: Secret, it: Briefing) -> bool:
    """Of an expired briefing its readers keep the title, of a recalled one nothing."""
    states = {"title": {"released", "expired"}, "section": {"released"}}.get(secret.part, set())
    return it.status in states and any(admits(person, secret.rules, section) for section in secret.sections)
