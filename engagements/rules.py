"""Who may do what to an engagement and to advice, and from which status to which. No query, no write."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from accounts.models import Member
from accounts.rules import ADVISING_ROLES, WRITING_ROLES
from diplomacy.lib import readers
from diplomacy.lib.errors import Conflict, Forbidden
from engagements.choices import AdviceStatus as A
from engagements.choices import Cell, Coordination, Visibility
from engagements.choices import ReferralStatus as R
from engagements.choices import Status as S

if TYPE_CHECKING:
    from accounts.models import Office
    from engagements.models import AdviceRequest, Engagement, OverlapSide, Referral


class Move(NamedTuple):
    label: str
    before: frozenset[str]
    after: str | None
    """None: the status stays."""
    roles: frozenset[str]


def _move(label: str, before: Iterable[str], after: str | None, roles: frozenset[str]) -> Move:
    return Move(label, frozenset(before), after, roles)


MOVES = {
    "save": _move("Save draft", [S.DRAFT], None, WRITING_ROLES),
    "file": _move("File", [S.DRAFT], S.FILED, WRITING_ROLES),
    "amend": _move("Amend", [S.FILED, S.POSTPONED], None, WRITING_ROLES),
    "postpone": _move("Postpone", [S.FILED], S.POSTPONED, WRITING_ROLES),
    "resume": _move("Set new dates", [S.POSTPONED], S.FILED, WRITING_ROLES),
    "cancel": _move("Cancel", [S.DRAFT, S.FILED, S.POSTPONED], S.CANCELLED, WRITING_ROLES),
    "hold": _move("Mark as held", [S.FILED], S.HELD, WRITING_ROLES),
    "report": _move("Write the outcome report", [S.HELD], S.REPORTED, WRITING_ROLES),
    "share": _move(
        "Change who may see it",
        [S.DRAFT, S.FILED, S.POSTPONED, S.HELD, S.REPORTED],
        None,
        WRITING_ROLES,
    ),
    "note": _move("Add an office note", list(S), None, WRITING_ROLES),
    "commit": _move("Add a commitment", [S.FILED, S.HELD, S.REPORTED], None, WRITING_ROLES),
    "ask": _move("Ask a desk for advice", [S.FILED, S.POSTPONED], None, WRITING_ROLES),
}

ADVICE_MOVES = {
    "take": _move("Take it", [A.REQUESTED, A.ASSIGNED, A.QUESTION], None, ADVISING_ROLES),
    "question": _move("Ask the office", [A.ASSIGNED], A.QUESTION, ADVISING_ROLES),
    "answer": _move("Answer", [A.QUESTION], A.ASSIGNED, WRITING_ROLES),
    "draft": _move(
        "Draft advice",
        [A.ASSIGNED, A.QUESTION, A.GIVEN, A.RESPONDED, A.LAPSED],
        None,
        ADVISING_ROLES,
    ),
    "give": _move(
        "Release advice",
        [A.ASSIGNED, A.GIVEN, A.RESPONDED, A.LAPSED],
        A.GIVEN,
        ADVISING_ROLES,
    ),
    "respond": _move("Respond", [A.GIVEN], A.RESPONDED, WRITING_ROLES),
    "note": _move("Add a desk note", list(A), None, ADVISING_ROLES),
    "lapse": _move("Lapse", [A.REQUESTED, A.ASSIGNED], A.LAPSED, frozenset()),
}
OFFICE_SIDE = frozenset({"answer", "respond"})


def owns(member: Member | None, engagement: "Engagement") -> bool:
    return member is not None and member.office_id == engagement.office_id


def may(move: str, engagement: "Engagement", member: Member | None) -> bool:
    rule = MOVES[move]
    return (
        member is not None
        and owns(member, engagement)
        and member.role in rule.roles
        and engagement.status in rule.before
    )


def allowed(engagement: "Engagement", member: Member | None) -> list[str]:
    return [move for move in MOVES if may(move, engagement, member)]


def require(move: str, engagement: "Engagement", member: Member) -> None:
    """Forbidden when it is not theirs to do; Conflict when it is, but not from this status."""
    rule = MOVES[move]
    if not owns(member, engagement) or member.role not in rule.roles:
        raise Forbidden("Only staff and leads of the office that owns this engagement may do this.")
    if engagement.status not in rule.before:
        raise Conflict(
            f"“{rule.label}” is not possible while the engagement is {engagement.get_status_display().lower()}."
        )


def is_over(engagement: "Engagement", today: date) -> bool:
    return engagement.ends_on is None or engagement.ends_on < today


def require_again(engagement: "Engagement", today: date) -> None:
    """Whether a desk that let it lapse can be asked again. It is asked from the dates that the engagement has."""
    if engagement.status != S.FILED:
        raise Conflict("Set new dates first: the desk’s time is counted until they begin.")
    if is_over(engagement, today):
        raise Conflict("The dates are over: there is nothing left to advise on.")


WITHOUT_PLACE = frozenset({"virtual_meeting", "call", "correspondence"})


def missing(engagement: "Engagement", *, counterparts: int, stops: int) -> dict[str, list[str]]:
    """What a filing must still say, by field. Everything else may come later, by amendment."""
    lacks = {
        "title": not engagement.title.strip(),
        "kind": not engagement.kind,
        "purpose": not engagement.purpose.strip(),
        "starts_on": engagement.starts_on is None,
        "counterparts": counterparts == 0,
        "stops": stops == 0 and engagement.kind not in WITHOUT_PLACE,
    }
    return {field: [MISSING[field]] for field, is_missing in lacks.items() if is_missing}


MISSING = {
    "title": "Give it a title.",
    "kind": "Say what kind of engagement it is.",
    "purpose": "Say what it is for.",
    "starts_on": "Say when it starts. An estimate is fine: you can amend it.",
    "counterparts": "Name at least one counterpart.",
    "stops": "Name at least one place.",
}


def may_advise(move: str, request: "AdviceRequest", member: Member | None) -> bool:
    if member is None or member.role not in ADVICE_MOVES[move].roles:
        return False
    office_id = request.engagement.office_id if move in OFFICE_SIDE else request.desk_id
    return member.office_id == office_id and request.status in ADVICE_MOVES[move].before


def allowed_advice(request: "AdviceRequest", member: Member | None) -> list[str]:
    return [move for move in ADVICE_MOVES if may_advise(move, request, member)]


def require_advice(move: str, request: "AdviceRequest", member: Member) -> None:
    rule = ADVICE_MOVES[move]
    office_id = request.engagement.office_id if move in OFFICE_SIDE else request.desk_id
    if member.office_id != office_id or member.role not in rule.roles:
        side = "the office that owns the engagement" if move in OFFICE_SIDE else f"{request.desk}"
        raise Forbidden(f"Only {side} may do this.")
    if request.status not in rule.before:
        raise Conflict(f"“{rule.label}” is not possible now: {request.get_status_display().lower()}.")


def engagement_readers(
    engagement: "Engagement", named: Iterable[str], desk_ids: Iterable[int]
) -> tuple[list[str], bool]:
    """(readers, federal_reads) of an engagement; `named` are the keys it is shared with."""
    own = {readers.office(engagement.office_id)}
    if not engagement.is_filed:
        return sorted(own), False
    if engagement.visibility == Visibility.RESTRICTED:
        people = {key for key in named if key.startswith("person:")}
        return sorted(people | {readers.office(desk, "desk_lead") for desk in desk_ids}), False
    if engagement.visibility == Visibility.PUBLIC:
        return sorted(own | {readers.EVERYONE}), True
    if engagement.visibility == Visibility.SHARED:
        return sorted(own | set(named)), True
    return sorted(own), True


def desk_keys(desk_id: int) -> list[str]:
    """Those who work on a desk's unreleased advice and notes."""
    return [readers.office(desk_id, "desk_lead"), readers.office(desk_id, "liaison")]


def office_side(engagement: "Engagement") -> list[str]:
    """The owning office; of a restricted engagement the people named on it, for as long as they serve there."""
    if engagement.visibility != Visibility.RESTRICTED or not engagement.is_filed:
        return [readers.office(engagement.office_id)]
    named = [key for key in engagement.readers if key.startswith("person:")]
    return [readers.colleague(engagement.office_id, key) for key in named]


def advice_readers(engagement: "Engagement") -> tuple[list[str], bool]:
    """(readers, federal_reads) of requests and released advice: the owning office and the desks, nobody it is shared with."""
    if engagement.visibility != Visibility.RESTRICTED:
        return office_side(engagement), True
    leads = [key for key in engagement.readers if key.endswith(":desk_lead")]
    return office_side(engagement) + leads, False


def unreleased_readers(request: "AdviceRequest") -> list[str]:
    """Unreleased advice and desk notes; of a restricted engagement only the desk's lead knows at all."""
    if request.engagement.visibility == Visibility.RESTRICTED:
        return [readers.office(request.desk_id, "desk_lead")]
    return desk_keys(request.desk_id)


class SideMove(NamedTuple):
    label: str
    why_not: str
    """Why it is not possible now, when it is not."""


SIDE_MOVES = {
    "ask": SideMove(
        "Ask to be introduced",
        "You have asked already, or were asked, or know the other office, or your own plan tells no other office of it.",
    ),
    "introduce": SideMove(
        "Introduce us", "The other office knows you already, or your plan tells no other office."
    ),
    "decline": SideMove("Not now", "Nobody waits for your answer."),
    "withdraw": SideMove(
        "Take the introduction back",
        "Nothing is left to take back, or it is your plan itself that introduces you: change that where you choose who may"
        " see it.",
    ),
    "write": SideMove(
        "Write", "A thread opens when both offices know each other, for as long as their plans cross."
    ),
    "set_aside": SideMove("Set aside", "It is set aside already."),
    "take_up": SideMove("Take it up again", "It was not set aside."),
    "coordinator": SideMove("Ask a coordinator", "Your question to the coordinators is still open."),
}


def side_allows(move: str, side: "OverlapSide", *, has_question: bool = False) -> bool:
    """Whether the state of this side lets it be done. `has_question`: one waits on the coordinators."""
    if move in {"set_aside", "take_up"}:
        return (side.set_aside_at is None) == (move == "set_aside")
    if side.has_ended:
        return False
    own = side.engagement.coordination
    return {
        "ask": side.cell == Cell.SIGNAL
        and own != Coordination.BLIND
        and side.asked_at is None
        and side.was_asked_at is None,
        "introduce": own == Coordination.SIGNAL and side.introduced_at is None,
        "decline": own == Coordination.SIGNAL
        and side.was_asked_at is not None
        and side.introduced_at is None
        and side.declined_at is None,
        "withdraw": own == Coordination.SIGNAL and side.introduced_at is not None,
        "write": side.is_mutual,
        "coordinator": not has_question,
    }[move]


def owns_side(member: Member | None, side: "OverlapSide") -> bool:
    return member is not None and member.office_id == side.office_id and member.role in WRITING_ROLES


def may_side(move: str, side: "OverlapSide", member: Member | None, *, has_question: bool = False) -> bool:
    return owns_side(member, side) and side_allows(move, side, has_question=has_question)


def require_side(move: str, side: "OverlapSide", member: Member, *, has_question: bool = False) -> None:
    if not owns_side(member, side):
        raise Forbidden("Only staff and leads of the office whose plan this is may do this.")
    if not side_allows(move, side, has_question=has_question):
        raise Conflict(SIDE_MOVES[move].why_not)


def require_giver(member: Member) -> None:
    """Liaisons take requests; giving one is another's to do, also to oneself."""
    if member.role != Member.Role.DESK_LEAD:
        raise Forbidden("Only the desk lead gives a request to somebody else.")


def require_coordinator(member: Member) -> None:
    if not member.advises:
        raise Forbidden("Only liaisons and desk leads answer as coordinators.")


# Referrals -------------------------------------------------------------------------------------------------------------

REFERRAL_MOVES = {
    "take_up": _move("Take it up", [R.SENT], R.TAKEN_UP, WRITING_ROLES | ADVISING_ROLES),
    "decline": _move("Decline", [R.SENT], R.DECLINED, WRITING_ROLES | ADVISING_ROLES),
    "close": _move("Say what came of it", [R.TAKEN_UP], R.CLOSED, WRITING_ROLES | ADVISING_ROLES),
    "correct": _move("Correct what came of it", [R.CLOSED], None, WRITING_ROLES | ADVISING_ROLES),
    "plan": _move("Plan an engagement from this", [R.TAKEN_UP], None, WRITING_ROLES),
    "withdraw": _move("Withdraw", [R.SENT], R.WITHDRAWN, WRITING_ROLES),
}
SENDERS = frozenset({"withdraw"})


def referral_readers(sender: "Office", receiver: "Office") -> list[str]:
    """Both offices; of a desk those who advise, as with all that offices tell it."""
    theirs = desk_keys(receiver.pk) if receiver.is_federal else [readers.office(receiver.pk)]
    return sorted([readers.office(sender.pk), *theirs])


def _is_theirs(move: str, referral: "Referral", member: Member | None) -> bool:
    if member is None or member.role not in REFERRAL_MOVES[move].roles:
        return False
    return member.office_id == (referral.sender_id if move in SENDERS else referral.receiver_id)


def may_refer(move: str, referral: "Referral", member: Member | None) -> bool:
    return _is_theirs(move, referral, member) and referral.status in REFERRAL_MOVES[move].before


def allowed_referral(referral: "Referral", member: Member | None) -> list[str]:
    return [move for move in REFERRAL_MOVES if may_refer(move, referral, member)]


def require_referral(move: str, referral: "Referral", member: Member) -> None:
    if not _is_theirs(move, referral, member):
        side = "sent" if move in SENDERS else "received"
        raise Forbidden(f"Only those who write for the office that {side} this referral may do this.")
    if referral.status not in REFERRAL_MOVES[move].before:
        words = referral.get_status_display().lower()
        raise Conflict(f"“{REFERRAL_MOVES[move].label}” is not possible now: {words}.")


def require_sender(member: Member) -> None:
    if not member.writes_engagements:
        raise Forbidden("Only staff and leads of a state or city office refer something to another.")
