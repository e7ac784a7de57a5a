"""Who may take an office's records out, and what of a record can be kept back."""

import re
import unicodedata
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
UNSEEN = "\u00ad\u200b-\u200f\u2060"
"""Where a word may break, letters may join, and which way they run: nobody sees it between two letters."""
ALIKE = ("'\u2018\u2019\u02bc", "-\u2010\u2011\u2012\u2013\u2014\u2015")
"""Apostrophes, and hyphens and dashes."""


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
    """Without these words, in whatever case and however typed they stand; the longest first, so that none is left in half."""
    words = "|".join(filter(None, map(_however_typed, sorted(phrases, key=len, reverse=True))))
    if not words:
        return text
    said = unicodedata.normalize("NFC", text)
    return re.sub(words, lambda _: f"[kept back: {basis}]", said, flags=re.IGNORECASE)


def _however_typed(phrase: str) -> str:
    """A pattern of it: a name that a line breaks, or a hyphen that nobody sees, is the same name to whoever reads it."""
    said = unicodedata.normalize("NFC", re.sub(f"[{UNSEEN}]", "", phrase))
    return f"[\\s{UNSEEN}]+".join(f"[{UNSEEN}]*".join(map(_letter, word)) for word in said.split())


def _letter(letter: str) -> str:
    return next((f"[{alike}]" for alike in ALIKE if letter in alike), re.escape(letter))


def is_kept_back(part: str, marked: Sequence[str]) -> bool:
    return part in marked or ALL in marked
