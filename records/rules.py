"""Who may take an office's records out, and what of a record can be kept back."""

import re
from collections.abc import Sequence

from accounts.models import Member
from activity.rules import MANAGING
from diplomacy.lib.errors import Forbidden
from engagements.models import Referral

PARTS = (
    "Title",
    "Purpose",
    "Counterparts",
    "Stops",
    "Our side",
    "Their side",
    "Who pays for what",
    "Who arranged it",
    "Foreign agent",
    "Office notes",
    "Outcome report",
    "Commitments",
    "Referrals",
    "Messages with other offices",
    "History",
)
REFERRAL_PARTS = (
    *("Title", "From", "To", "Sent", "What it says", "Who came", "Topics", "Useful by", "Answer"),
    *("What came of it", "History"),
)
ALL = "The whole record"


def require_lead(member: Member, office_id: int) -> None:
    if member.role != "lead" or member.office_id != office_id:
        raise Forbidden("Only a lead of the office takes its records out.")


def require_party(member: Member, referral: Referral) -> None:
    """Each of the two offices marks for itself."""
    if member.role != "lead" or member.office_id not in {referral.sender_id, referral.receiver_id}:
        raise Forbidden("Only a lead of one of its two offices marks a referral.")


def require_leader(member: Member) -> None:
    if member.role not in MANAGING:
        raise Forbidden("Only who leads the office has its old texts disposed of.")


def redacted(text: str, phrases: Sequence[str], basis: str) -> str:
    """Without these words, in whatever case they stand; the longest first, so that none is left in half."""
    if not phrases:
        return text
    words = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.sub(words, lambda _: f"[kept back: {basis}]", text, flags=re.IGNORECASE)


def is_kept_back(part: str, marked: Sequence[str]) -> bool:
    return part in marked or ALL in marked
