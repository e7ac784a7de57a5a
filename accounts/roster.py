"""Who serves in an office, as its pages show it: each with what holds of their access, and what the reader may do."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts import attestation, rules, terms
from accounts.models import Member
from diplomacy.lib import washington


@dataclass(frozen=True)
class State:
    words: str
    tone: str
    on: object = None
    """A day that belongs to the words."""


@dataclass(frozen=True)
class Row:
    member: Member
    states: list[State]
    may_change: bool
    may_end: bool
    may_recover: bool

    @property
    def has_no_access(self) -> bool:
        return any(state.tone == "stopped" for state in self.states)

    @property
    def read(self) -> str:
        """Which membership a form speaks of, and which version of it was on the page."""
        return f"{self.member.key}:{self.member.version}"


def rows(members: Iterable[Member], viewer: Member) -> list[Row]:
    """Members come with user, office, delegation and its seat, and the terms of their official."""
    return [
        Row(
            member,
            list(
                filter(None, (_of_delegation(member), _of_days(member), _of_term(member), _of_word(member)))
            ),
            rules.may_change(viewer, member),
            rules.may_end(viewer, member),
            rules.may_recover(viewer, member),
        )
        for member in members
    ]


def _of_delegation(member: Member) -> State | None:
    if member.delegation is None:
        return None
    return State(
        f"In the place of {member.delegation.seat.user} until", "waiting", terms.day_before(member.ends_on)
    )


def _of_days(member: Member) -> State | None:
    if member.starts_on > washington.today():
        return State("From", "quiet", member.starts_on)
    if member.ends_on and member.delegation is None:
        return State("Until", "waiting", terms.day_before(member.ends_on))
    return None


def _of_term(member: Member) -> State | None:
    if member.official is None:
        return None
    held = [term for term in member.official.terms.all() if terms.is_post_of(member, term)]
    if not terms.gives_access(held, member.office.term_grace_days):
        return State("No access: the term is over", "stopped")
    ends = terms.last_day(held)
    return State("With the term, until", "quiet", ends) if ends else State("With the term", "quiet")


def _of_word(member: Member) -> State | None:
    if member.delegation is not None:
        return None
    if member.attested_on is None:
        return State("No access until confirmed", "stopped")
    if attestation.is_suspended(member):
        return State("Suspended: not confirmed since", "stopped", member.attested_on)
    if attestation.is_due(member):
        return State("To be confirmed before", "waiting", attestation.suspended_on(member))
    return None


def to_confirm(members: Iterable[Member], viewer: Member) -> list["ToConfirm"]:
    """In their own right, begun or not; the one who looks is listed too, so that they see who must confirm them."""
    held = [row for row in rows(members, viewer) if row.member.delegation is None]
    managers = [
        row.member for row in held if row.member.role in rules.CONFIRMING_ROLES and not row.has_no_access
    ]
    return [ToConfirm(row, _why_not(row.member, viewer, managers)) for row in held]


@dataclass(frozen=True)
class ToConfirm:
    row: Row
    why_not: str
    """Empty: the one who looks may confirm them."""


def _why_not(member: Member, viewer: Member, managers: list[Member]) -> str:
    if member.user_id != viewer.user_id:
        return "" if attestation.may_confirm_others(viewer, member) else "A lead of the office confirms them."
    others = [one for one in managers if one.user_id != viewer.user_id]
    if others or not member.manages:
        return "Somebody else confirms you: a lead or the principal of the office."
    return ""


def read_in(listed: Iterable[ToConfirm], said: Iterable[str]) -> list[tuple[Member, int]]:
    return read_among((one.row.member for one in listed), said)


def read_among(members: Iterable[Member], said: Iterable[str]) -> list[tuple[Member, int]]:
    """The members that a form named, each with the version that was on its page; others are not ours to confirm."""
    by_key = {str(member.key): member for member in members}
    found = []
    for words in said:
        key, _, version = words.partition(":")
        if key in by_key:
            found.append((by_key[key], _number(version)))
    return found


def _number(version: str) -> int:
    """What does not read as a version is out of date."""
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
