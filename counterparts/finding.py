"""Counterparts found by what people remember of them: a word of a name in any script, a place, a word misspelt.

What one is found by is kept as one line of plain words (`line`). A search looks for words that begin as typed, then
for letters inside words, then for words spelled much like those typed; docs/decisions/0023 says why in this order.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from anyascii import anyascii
from rapidfuzz.distance import DamerauLevenshtein

from counterparts.folding import fold
from counterparts.names import APOSTROPHE

if TYPE_CHECKING:
    from counterparts.models import Counterpart

MOST_WORDS = 8
SHORTEST = 3
"""Letters that an index of groups of three can look up inside a word."""
MISSPELT = 4
"""Letters from which on a word is taken for misspelt: of three, one wrong letter makes any other word."""
ALIKE = 0.65
"""Of two words (Damerau–Levenshtein, 0 to 1), as in `counterparts.likeness`."""
MOST_SPELLINGS = 12
LONGEST_WORD = 60
"""Letters of a word that are looked for. One picture of a flag or a face is written in fifty plain letters."""
LONGEST_LINE = 30_000
"""Letters kept of all names; PostgreSQL refuses to take apart a million."""


def line(names: Iterable[str], place: str) -> str:
    """` | vladimir putin | prezident putin | ; moscow russia`. What an apostrophe parts stands there together, too."""
    given = [name for name in names if name]
    folded = dict.fromkeys([*map(fold, given), *(fold(_together(name)) for name in given)])
    said = "".join(f" | {name}" for name in folded if name)
    return f"{said[:LONGEST_LINE]} | ; {fold(place)}"


def words_of(text: str) -> list[str]:
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in fold(text).split()))[:MOST_WORDS]


def beginning(words: Sequence[str], spelled: dict[str, list[str]] | None = None) -> str:
    """For `to_tsquery`: each of these words begins some word, or one of those that are spelled like it does."""
    groups = ([word, *(spelled or {}).get(word, [])] for word in words)
    return " & ".join(f"({' | '.join(f'{word}:*' for word in group)})" for group in groups)


def spellings(words: Iterable[str], lines: Iterable[str]) -> dict[str, list[str]]:
    """For each word those in the lines that are spelled much like it, the likest first."""
    known = sorted({word for one in lines for word in one.split() if word.isalnum()})
    return {word: _likest(word, known) for word in words}


def why(counterpart: "Counterpart", text: str) -> str:
    """Why it was found, where its name and place do not show that: `also known as …`. Its aliases are read."""
    words = words_of(text)
    if not words or _has(words, counterpart.name):
        return ""
    others = [counterpart.native_name, *(alias.name for alias in counterpart.aliases.all())]
    unseen = [word for word in words if not _has([word], f"{counterpart.name} {counterpart.place}")]
    for wanted in (words, unseen):
        if other := next((name for name in others if name and _has(wanted, name)), ""):
            return f"also known as {other}" if unseen else ""
    best = max([counterpart.name, *others], key=lambda name: _hits(words, name))
    if best != counterpart.name:
        return f"also known as {best}"
    return "spelled much like what you typed" if unseen else ""


def _together(name: str) -> str:
    """`Zelens'kyj` is one word to whoever types it."""
    return APOSTROPHE.sub("", anyascii(name))


def _likest(word: str, known: Sequence[str]) -> list[str]:
    near = ((DamerauLevenshtein.normalized_similarity(word, other), other) for other in known)
    found = sorted((-score, other) for score, other in near if score >= ALIKE and other != word)
    return [other for _, other in found[:MOST_SPELLINGS]]


def _has(words: Iterable[str], name: str) -> bool:
    plain = f"{fold(name)} {fold(_together(name))}"
    return all(word in plain for word in words)


def _hits(words: Sequence[str], name: str) -> int:
    """How many of the words are in the name, a little misspelt or not."""
    plain = [*fold(name).split(), *fold(_together(name)).split()]
    return sum(any(word in other or _is_like(word, other) for other in plain) for word in words)


def _is_like(word: str, other: str) -> bool:
    return DamerauLevenshtein.normalized_similarity(word, other) >= ALIKE
