"""Who gets which sections: audience × labels → one cut for each reader. Pure: no query, no write.

Decided in docs/decisions/0005: a label admits a reader by *how* the audience came to name them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from briefings.choices import Kind, Label

THEIR_ORGANISATION = frozenset(
    {Kind.OFFICE, Kind.COALITION, Kind.ROLE, Kind.DIVISION, Kind.TOPIC, Kind.COUNTRY, Kind.COUNTERPART}
)
ADMITS: dict[str, frozenset[str]] = {
    Label.CLEAR: frozenset(Kind),
    Label.GREEN: frozenset(Kind),
    Label.AMBER: frozenset({Kind.PERSON}) | THEIR_ORGANISATION,
    Label.STRICT: frozenset({Kind.PERSON, Kind.OFFICE}),
    Label.RED: frozenset({Kind.PERSON}),
}
NARROWNESS = list(Label)


class Seat(NamedTuple):
    """One membership that holds now."""

    member_id: int
    user_id: int
    office_id: int
    role: str


class Rule(NamedTuple):
    """A rule of the audience with the offices it stands for today; `offices` None: it does not go by office."""

    kind: str
    section_id: int | None = None
    user_id: int | None = None
    offices: frozenset[int] | None = None
    role: str = ""

    def matches(self, seat: Seat) -> bool:
        if self.kind == Kind.PERSON:
            return seat.user_id == self.user_id
        in_role = not self.role or seat.role == self.role
        return in_role and (self.offices is None or seat.office_id in self.offices)


class Part(NamedTuple):
    """A section as tailoring needs it."""

    section_id: int
    label: str


class Cut(NamedTuple):
    user_id: int
    member_id: int
    sections: tuple[int, ...]
    """Section ids in the order of the briefing."""


def admitted(parts: Sequence[Part], rules: Sequence[Rule], seat: Seat) -> tuple[int, ...]:
    """The sections that this membership may read.

    The briefing's audience must match; a section with rules of its own needs a match there too; and one of the
    matches must be of a kind that the section's label admits.
    """
    matched = [rule for rule in rules if rule.matches(seat)]
    whole = {rule.kind for rule in matched if rule.section_id is None}
    if not whole:
        return ()
    narrowed = {rule.section_id for rule in rules}
    own: dict[int | None, set[str]] = {}
    for rule in matched:
        own.setdefault(rule.section_id, set()).add(rule.kind)
    return tuple(
        part.section_id
        for part in parts
        if (part.section_id not in narrowed or part.section_id in own)
        and (whole | own.get(part.section_id, set())) & ADMITS[part.label]
    )


def cuts(parts: Sequence[Part], rules: Sequence[Rule], seats: Iterable[Seat]) -> list[Cut]:
    """One cut a person, by user id. Who serves in several offices reads through the one that admits the most.

    Sections are never added up over memberships: each copy stands and falls with one. Nothing admitted, no cut.
    """
    best: dict[int, Cut] = {}
    for seat in sorted(seats):
        sections = admitted(parts, rules, seat)
        held = best.get(seat.user_id)
        if sections and (held is None or len(sections) > len(held.sections)):
            best[seat.user_id] = Cut(seat.user_id, seat.member_id, sections)
    return [best[user_id] for user_id in sorted(best)]


def fingerprint(made: Iterable[Cut]) -> str:
    """Tells whether who receives what is still as it was when somebody looked."""
    return hashlib.sha256(repr(sorted(made)).encode()).hexdigest()


def narrowest(labels: Iterable[str]) -> str:
    """The label of a copy as a whole: that of its narrowest part."""
    return max(labels, key=lambda label: NARROWNESS.index(Label(label)))
