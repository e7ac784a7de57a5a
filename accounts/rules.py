"""Roles: which belong to which side, which keys a person's memberships give them, and who may manage whom."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from diplomacy.lib import readers
from diplomacy.lib.errors import Conflict, Forbidden, Invalid

if TYPE_CHECKING:
    from accounts.models import Member, Office, OfficeRequest, Recovery, User

OFFICE_ROLES = frozenset({"staff", "lead", "principal", "reader"})
FEDERAL_ROLES = frozenset({"liaison", "desk_lead", "briefer"})
OVERSIGHT_ROLES = frozenset({"auditor"})
WRITING_ROLES = frozenset({"staff", "lead"})
ADVISING_ROLES = frozenset({"liaison", "desk_lead"})
BRIEFING_ROLES = frozenset({"briefer"})
PASSKEY_ROLES = FEDERAL_ROLES | OVERSIGHT_ROLES | {"principal"}
"""They sign in with a passkey: whoever foreign services would rather be than anybody else."""
MANAGING_ROLES = frozenset({"lead", "desk_lead"})
DELEGABLE_ROLES = MANAGING_ROLES | {"principal"}
CONFIRMING_ROLES = MANAGING_ROLES | {"principal"}
"""Who can say of a lead that they still serve: nobody says it of themselves while one of these others could."""
PROOFS = frozenset({"in_person", "video", "telephone"})
"""How a lead has made sure that somebody is who they say: as well as when they were invited."""
ROLE_ORDER = ("principal", "lead", "desk_lead", "staff", "liaison", "briefer", "reader", "auditor")
STATE_LEVELS = frozenset({"state", "territory"})
LOCAL_LEVELS = frozenset({"city", "county"})
LONGEST_GRACE = 90
LONGEST_DELEGATION = 180


def needs_passkey(member: "Member") -> bool:
    """By their role, or because their office asks it of everybody."""
    return member.role in PASSKEY_ROLES or member.office.sign_in == "passkey"


def roles_for(*, is_federal: bool) -> frozenset[str]:
    return FEDERAL_ROLES | OVERSIGHT_ROLES if is_federal else OFFICE_ROLES


def roles_given_by_leads(*, is_federal: bool) -> list[str]:
    """Auditors read over everybody's shoulder, so no desk appoints its own: the command line does, and it is logged."""
    given = roles_for(is_federal=is_federal) - OVERSIGHT_ROLES
    return [role for role in ROLE_ORDER if role in given]


def reader_keys(
    user_id: int,
    memberships: Iterable[tuple[int, str]],
    coalition_ids: Iterable[int],
    seats: Iterable[int] = (),
) -> frozenset[str]:
    """The keys of one person. An auditor reads who did what and when, never content: no office key.

    `seats`: the memberships that they act in the place of.
    """
    held = list(memberships)
    reading = [(office_id, role) for office_id, role in held if role not in OVERSIGHT_ROLES]
    keys = {readers.person(user_id)} | ({readers.AUDIT} if len(reading) < len(held) else set())
    if not reading:
        return frozenset(keys)
    keys.add(readers.EVERYONE)
    for office_id, role in reading:
        keys |= {readers.office(office_id), readers.office(office_id, role)}
        keys.add(readers.colleague(office_id, readers.person(user_id)))
    if any(role in ADVISING_ROLES for _, role in reading):
        keys.add(readers.FEDERAL)
    keys |= {readers.seat(pk) for pk in seats}
    return frozenset(keys | {readers.coalition(pk) for pk in coalition_ids})


def require_role_of(office: "Office", role: str) -> None:
    if role not in roles_for(is_federal=office.is_federal):
        level = office.get_level_display().lower()
        raise Invalid({"role": [f"The role {role} does not exist in a {level} office."]})


def require_role_given_by_leads(office: "Office", role: str) -> None:
    require_role_of(office, role)
    if role in OVERSIGHT_ROLES:
        raise Invalid({"role": ["Auditors are appointed by the operator, not by the office they look at."]})


def manages(by: "Member | None", office_id: int) -> bool:
    return by is not None and by.manages and by.office_id == office_id


def require_manager(by: "Member", office_id: int) -> None:
    if not manages(by, office_id):
        raise Forbidden("Only those who manage this office may do this: its leads.")


def may_change(by: "Member | None", member: "Member") -> bool:
    """A stand-in does not touch the membership they stand in for, and nobody touches their own."""
    if by is None or not manages(by, member.office_id) or member.user_id == by.user_id:
        return False
    return member.delegation_id is None and not is_seat_of(by, member)


def is_seat_of(by: "Member", member: "Member") -> bool:
    return by.delegation is not None and by.delegation.seat_id == member.pk


def require_change(by: "Member", member: "Member") -> None:
    require_manager(by, member.office_id)
    if member.user_id == by.user_id:
        raise Forbidden("Nobody changes their own membership. Another lead of the office can.")
    if member.delegation_id:
        raise Conflict("This role is held in a colleague's place. End the delegation instead.")
    if is_seat_of(by, member):
        raise Forbidden("You act in this person's place, so somebody else must change their membership.")


def may_end(by: "Member | None", member: "Member") -> bool:
    """Everyone may leave."""
    is_own = by is not None and by.user_id == member.user_id and member.delegation_id is None
    return is_own or may_change(by, member)


def require_end(by: "Member", member: "Member") -> None:
    if not (member.user_id == by.user_id and member.delegation_id is None):
        require_change(by, member)


def may_recover(by: "Member | None", member: "Member") -> bool:
    """Start signing in anew for somebody: who manages the office; for who manages it, its principal too."""
    if by is None or by.office_id != member.office_id or by.user_id == member.user_id or by.delegation_id:
        return False
    is_of_lead = by.role in CONFIRMING_ROLES and member.role in MANAGING_ROLES
    return member.delegation_id is None and (by.manages or is_of_lead)


def require_recovery(by: "Member", member: "Member", seats: Iterable["Member"]) -> None:
    """`seats`: all that the person holds. What a passkey guards elsewhere is not opened by another office's word."""
    if by.user_id == member.user_id:
        raise Forbidden("Nobody gives this word for themselves. Another lead or the principal can.")
    if by.delegation_id:
        raise Forbidden("You act in a colleague’s place. This word is not lent.")
    if not may_recover(by, member):
        raise Forbidden("Only those who manage this office may do this: its leads.")
    if where := guarded_elsewhere(by.office_id, member.user, seats):
        raise Forbidden(f"They need a passkey elsewhere too: {where} must do this.")


def guarded_elsewhere(office_id: int, user: "User", seats: Iterable["Member"]) -> str:
    """Who alone can give the word, when this office cannot; empty when it can."""
    if user.is_staff:
        return "the person who runs the system"
    guarded = [seat.office for seat in seats if seat.role in PASSKEY_ROLES]
    is_here = not guarded or office_id in {office.pk for office in guarded}
    return "" if is_here else guarded[0].short_name


def require_proof(proof: str) -> None:
    if proof not in PROOFS:
        raise Invalid({"proof": ["Say how you made sure that it is them."]})


def require_withdrawal(by: "Member", held: "Recovery") -> None:
    if by.user_id != held.user_id and not (held.office_id and by.manages and by.office_id == held.office_id):
        raise Forbidden("Only those who manage the office that gave its word may take it back.")


def may_delegate(by: "Member | None") -> bool:
    return by is not None and by.role in DELEGABLE_ROLES and by.delegation_id is None


def require_delegation(by: "Member", to: "Member") -> None:
    if by.delegation_id:
        raise Forbidden("You act in a colleague's place. What was lent to you is not yours to lend.")
    if by.role not in DELEGABLE_ROLES:
        raise Forbidden("Only leads and principals let somebody act in their place.")
    if to.office_id != by.office_id or to.delegation_id or to.role in OVERSIGHT_ROLES:
        raise Invalid({"to": ["Choose somebody who serves in the same office."]})
    if to.user_id == by.user_id:
        raise Invalid({"to": ["Choose somebody else."]})


def decides(member: "Member", level: str) -> bool:
    """On requests for an office: a desk's lead on all, the lead of a state's own office on its cities and counties."""
    if member.delegation_id is not None:
        return False
    if member.role == "desk_lead":
        return member.office.is_desk
    return member.role == "lead" and member.office.level in STATE_LEVELS and level in LOCAL_LEVELS


def require_decision(by: "Member", request: "OfficeRequest") -> None:
    """Two people: the one who asks is never the one who confirms."""
    if request.asked_by_id == by.user_id or request.email == by.user.email.lower():
        raise Forbidden("You asked for this office. Somebody else must confirm it.")
    is_of_state = by.office.division is not None and by.office.division.ocd_id == request.state
    if not decides(by, request.level) or not (by.role == "desk_lead" or is_of_state):
        raise Forbidden(
            "A desk lead answers this, or for a city or county the lead of its state's own office."
        )
