"""Names as they are compared: folded, without titles and legal forms.

`president of the republic vladimir v putin` and `putin vladimir` are to meet; so are `gazprom neft` and `gazprom neft
pjsc`. Which words are stripped is data (`words/*.txt`), not code. With titles left in, no listed head of state was
found among real lists.
"""

import hashlib
import re
from functools import cache
from itertools import chain, groupby
from pathlib import Path

from anyascii import anyascii

from counterparts.folding import fold

WORDS = Path(__file__).parent / "words"
APOSTROPHE = re.compile("['’ʼʻ`]")
"""`Ky'ong` and `Kyong` are one word; soft signs become one too."""
LONGEST = 6
"""Words of the longest title or legal form."""
LINKS = frozenset({"of", "the", "and", "for", "de", "del", "von", "zu", "to"})
"""Stripped at the beginning, once what stood before them is gone: “Minister *of* …”."""


def bare(name: str, *, is_person: bool) -> str:
    """What is compared of a name: plain lower-case words without titles (people) or legal forms (bodies).

    Never empty unless the folded name is: a body called “Limited” stays `limited`.
    """
    words = _initials_together(fold(APOSTROPHE.sub("", anyascii(name))).split())
    strip = _phrases("titles.txt" if is_person else "legal_forms.txt")
    kept = _without(words, strip)
    return " ".join(kept or words)


@cache
def rules_digest() -> str:
    """Of the words that are stripped. When they change, every name is compared again (64 hexadecimal digits)."""
    text = b"".join(path.read_bytes() for path in sorted(WORDS.glob("*.txt")))
    return hashlib.sha256(text).hexdigest()


def _initials_together(words: list[str]) -> list[str]:
    """`a b c company` is the `abc company`; the single initial of a person stays by itself."""
    runs = (list(run) for _, run in groupby(words, key=lambda word: len(word) == 1))
    joined = (["".join(run)] if len(run) > 1 and len(run[0]) == 1 else run for run in runs)
    return list(chain.from_iterable(joined))


def _without(words: list[str], strip: frozenset[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(words):
        long = next((n for n in range(LONGEST, 0, -1) if " ".join(words[at : at + n]) in strip), 0)
        if long:
            at += min(long, len(words) - at)
        elif not kept and words[at] in LINKS:
            at += 1
        else:
            kept.append(words[at])
            at += 1
    return kept


@cache
def _phrases(file: str) -> frozenset[str]:
    lines = (WORDS / file).read_text().splitlines()
    folded = (fold(re.sub(r"#.*", "", line)) for line in lines)
    return frozenset(line for line in folded if line)
