"""Roles: which belong to which side, and which keys a person's memberships give them."""

from collections.abc import Iterable

from diplomacy.lib import readers

OFFICE_ROLES = frozenset({"staff", "lead", "principal", "reader"})
FEDERAL_ROLES = frozenset({"liaison", "desk_lead", "briefer"})
OVERSIGHT_ROLES = frozenset({"auditor"})
WRITING_ROLES = frozenset({"staff", "lead"})
ADVISING_ROLES = frozenset({"liaison", "desk_lead"})
BRIEFING_ROLES = frozenset({"briefer"})
MANAGING_ROLES = frozenset({"lead", "desk_lead"})
PASSKEY_ROLES = FEDERAL_ROLES | OVERSIGHT_ROLES | {"principal"}
"""They sign in with a passkey: whoever foreign services would rather be than anybody else."""
ROLE_ORDER = ("principal", "lead", "desk_lead", "staff", "liaison", "briefer", "reader", "auditor")


def roles_for(*, is_federal: bool) -> frozenset[str]:
    return FEDERAL_ROLES | OVERSIGHT_ROLES if is_federal else OFFICE_ROLES


def reader_keys(
    user_id: int, memberships: Iterable[tuple[int, str]], coalition_ids: Iterable[int]
) -> frozenset[str]:
    """The keys of one person. An auditor reads who did what and when, never content: no office key."""
    reading = [(office_id, role) for office_id, role in memberships if role not in OVERSIGHT_ROLES]
    if not reading:
        return frozenset({readers.person(user_id)})
    keys = {readers.EVERYONE, readers.person(user_id)}
    for office_id, role in reading:
        keys |= {readers.office(office_id), readers.office(office_id, role)}
        keys.add(readers.colleague(office_id, readers.person(user_id)))
    if any(role in ADVISING_ROLES for _, role in reading):
        keys.add(readers.FEDERAL)
    return frozenset(keys | {readers.coalition(pk) for pk in coalition_ids})
