"""Who may do what to a briefing, and from which status to which. No query, no write."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from accounts.models import Member
from accounts.rules import BRIEFING_ROLES
from briefings.choices import Label
from briefings.choices import Status as S
from diplomacy.lib import readers
from diplomacy.lib.errors import Conflict, Forbidden

if TYPE_CHECKING:
    from briefings.models import Briefing, Delivery

AUTHOR, ANOTHER, ANY = "author", "another", "any"


class Move(NamedTuple):
    label: str
    before: frozenset[str]
    after: str | None
    """None: the status stays."""
    who: str
    """Of the briefers of its office: the author, another than the author, or any."""


def _move(label: str, before: Iterable[str], after: str | None, who: str) -> Move:
    return Move(label, frozenset(before), after, who)


MOVES = {
    "change": _move("Change", [S.DRAFT], None, AUTHOR),
    "submit": _move("Ask for release", [S.DRAFT], S.SUBMITTED, AUTHOR),
    "return_to_author": _move("Return to the author", [S.SUBMITTED], S.DRAFT, ANY),
    "release": _move("Release", [S.SUBMITTED], S.RELEASED, ANOTHER),
    "answer": _move("Answer a reader", [S.RELEASED, S.EXPIRED], None, ANY),
    "recall": _move("Recall", [S.RELEASED, S.EXPIRED], S.RECALLED, ANY),
    "expire": _move("Expire", [S.RELEASED], S.EXPIRED, ""),
}
REFUSED = {
    AUTHOR: "Only the author of this briefing may do this.",
    ANOTHER: "Two people release a briefing: its author and another briefer. You wrote this one, so somebody else "
    "of your office must release it.",
}


def serves_in(member: Member | None, briefing: "Briefing") -> bool:
    return member is not None and member.role in BRIEFING_ROLES and member.office_id == briefing.office_id


def is_right_person(who: str, briefing: "Briefing", member: Member) -> bool:
    is_author = member.user_id == briefing.author_id
    return {AUTHOR: is_author, ANOTHER: not is_author, ANY: True}.get(who, False)


def may(move: str, briefing: "Briefing", member: Member | None) -> bool:
    rule = MOVES[move]
    return (
        member is not None
        and serves_in(member, briefing)
        and is_right_person(rule.who, briefing, member)
        and briefing.status in rule.before
    )


def allowed(briefing: "Briefing", member: Member | None) -> list[str]:
    return [move for move in MOVES if may(move, briefing, member)]


def require_person(move: str, briefing: "Briefing", member: Member) -> None:
    """Before a form is looked at: who may not do it is not told what is wrong with what they sent."""
    if not serves_in(member, briefing):
        raise Forbidden("Only the briefers of the office that wrote this briefing may do this.")
    if not is_right_person(MOVES[move].who, briefing, member):
        raise Forbidden(REFUSED[MOVES[move].who])


def require(move: str, briefing: "Briefing", member: Member) -> None:
    """Forbidden when it is not theirs to do; Conflict when it is, but not from this status."""
    require_person(move, briefing, member)
    rule = MOVES[move]
    if briefing.status not in rule.before:
        now = briefing.get_status_display().lower()
        raise Conflict(f"“{rule.label}” is not possible now: the briefing is {now}.")


def require_briefer(member: Member) -> None:
    if member.role not in BRIEFING_ROLES:
        raise Forbidden("Only federal briefers write briefings.")


def reads_for(delivery: "Delivery", member: Member) -> bool:
    """In the place of the one it was made for. They read it; only the reader says that it was read."""
    return delivery.member_id in member.user.seats_covered


def require_sight(delivery: "Delivery", member: Member) -> None:
    is_own = member.user_id == delivery.recipient_id
    if is_own or not delivery.is_readable or not reads_for(delivery, member):
        require_reader(delivery, member)


def require_reader(delivery: "Delivery", member: Member) -> None:
    if member.user_id != delivery.recipient_id:
        raise Forbidden("This copy was made for somebody else.")
    if not delivery.is_readable:
        raise Conflict("This briefing can no longer be read.")


def briefing_readers(briefing: "Briefing") -> list[str]:
    return [readers.office(briefing.office_id, role) for role in sorted(BRIEFING_ROLES)]


def delivery_readers(delivery: "Delivery", office_id: int, labels: Iterable[str]) -> list[str]:
    """The reader, as long as they serve in the office that brought it, and who acts in their place, unless some of it
    is for the reader alone."""
    own = [readers.colleague(office_id, readers.person(delivery.recipient_id))]
    return own if Label.RED in labels else [*own, readers.seat(delivery.member_id)]


def wrong_dates(acknowledge_by: date | None, expires_on: date | None, today: date) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if acknowledge_by and acknowledge_by < today:
        problems["acknowledge_by"] = ["This day has passed."]
    if expires_on and expires_on < today:
        problems["expires_on"] = ["This day has passed."]
    elif acknowledge_by and expires_on and expires_on < acknowledge_by:
        problems["expires_on"] = ["It must be readable until the day by which readers acknowledge it."]
    return problems
