"""Writes to one office's people take turns: two leads who end each other's membership at once must not both succeed."""

from typing import Any

from accounts.models import Member, Office
from diplomacy.lib.errors import Conflict, Stale
from diplomacy.lib.rls import system


def lock_office(office_id: int) -> Office:
    """For key-share locks of foreign keys the row stays open: records are written meanwhile."""
    with system("accounts.memberships"):
        held: Office = Office.objects.select_for_update(no_key=True).get(pk=office_id)
    return held


def lock_member(member: Member, version: int | None) -> Member:
    """The office first, always. Stale when the membership is not the one that was read."""
    lock_office(member.office_id)
    rows = Member.objects.select_for_update(of=("self",)).select_related("user", "office", "delegation")
    with system("accounts.memberships"):
        held: Member = rows.get(pk=member.pk)
    if version is not None and held.version != version:
        raise Stale
    return held


def save(held: Member, *fields: str) -> None:
    held.version += 1
    with system("accounts.memberships"):
        held.save(update_fields=[*fields, "version"])


def require_successor(leaving: Member) -> None:
    """An office is never left to nobody: somebody else manages it without an end in sight, in their own right."""
    if not leaving.manages or leaving.delegation_id:
        return
    others: Any = Member.objects.of_office(leaving.office).who_manage().in_their_own_right()
    if not others.filter(ends_on=None).exclude(user=leaving.user_id).exists():
        raise Conflict(
            "This is the last one who manages the office. Make somebody else a "
            f"{leaving.get_role_display().lower()} first."
        )
