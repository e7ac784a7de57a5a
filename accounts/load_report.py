"""What an import did, row by row: made, changed, unchanged, refused with place and reason."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from diplomacy.lib.text import UNSEEN


class Refused(NamedTuple):
    where: str
    reason: str


class BadFile(Exception):
    """The file as a whole cannot be read; nothing of it is loaded."""


class BadRow(ValueError):
    """One row, or one file of many, cannot be taken; the others can."""


@dataclass
class Report:
    """`say` hears of every refusal at once, so that a file of nothing but refusals takes no memory."""

    say: Callable[[Refused], None] = lambda refused: None
    made: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    notes: dict[str, int] = field(default_factory=dict)

    def refuse(self, where: str, reason: str) -> None:
        self.refused += 1
        self.say(Refused(where, reason))

    def note(self, what: str, count: int = 1) -> None:
        if count:
            self.notes[what] = self.notes.get(what, 0) + count

    def __str__(self) -> str:
        counts = [f"{getattr(self, name):,} {name}" for name in ("made", "changed", "unchanged", "refused")]
        return "\n".join([", ".join(counts), *(f"  {count:,} {what}" for what, count in self.notes.items())])


def plain(value: object, what: str, *, most: int, required: bool = True) -> str:
    """One line of visible text in composed letters, or BadRow that says what is wrong with it."""
    if value is not None and not isinstance(value, str):
        raise BadRow(f"The {what} is not plain text.")
    text = unicodedata.normalize("NFC", (value or "").strip())
    if not text and required:
        raise BadRow(f"The {what} is missing.")
    if len(text) > most:
        raise BadRow(f"The {what} has {len(text):,} characters; {most} is the most.")
    if UNSEEN.search(text) or "\n" in text or "\t" in text:
        raise BadRow(f"The {what} holds control characters.")
    return text
