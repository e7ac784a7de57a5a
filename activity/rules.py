"""Who oversees."""

OVERSIGHT = frozenset({"auditor"})
MANAGING = frozenset({"lead", "desk_lead"})
WATCHING = OVERSIGHT | MANAGING


def may_hold(role: str, *, own: bool) -> bool:
    """Place and lift a legal hold: auditors for every office, who leads one for that."""
    return role in OVERSIGHT or (own and role in MANAGING)
