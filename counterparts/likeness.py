"""How alike two names are, word by word: 0 to 100.

Two names are compared as `counterparts.names.bare` gives them. Each word is paired with the one most like it; what is
then left over says most. A word more on one side is common (`vladimir putin`, `vladimir vladimirovich putin`). A word
left over on *both* sides contradicts: `cardinal health` and `bank of china` differ from `cardinal wealth management`
and `bank of ireland` by words, not by slips. On 826 labelled pairs (nomenklatura's benchmark) this tells matches better
than `rapidfuzz.token_sort_ratio` of the same words; docs/decisions/0020 has the figures and what was not taken.
"""

from itertools import product
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

ALIKE = 0.65
"""Words less alike than this are not two spellings of one."""
INITIAL = 0.85
"""What `v` is worth beside `vladimir`."""
CONTRADICTS = 2.0
"""Weight of letters left over on both sides, beside 1 for those that are paired."""
MORE = 0.2
"""Weight of letters that only one side has."""
NEVER_STRONG = 89
"""The most that names with a word left over are given."""
ONE_WORD = 70
"""The most that a single word is given beside several: `omar` is not `ilhan omar`."""
CUTOFF = 60
"""Of `token_set_ratio`, below which the words are not looked at: it never cost a match among the labelled pairs."""


class Pairing(NamedTuple):
    likeness: float
    """Sum over the paired words of likeness (0 to 1) times letters."""
    letters: float
    left: int
    """Letters of the first name's words that found no partner."""
    right: int


def likeness(one: str, other: str) -> int:
    """Of two bare names; 100 for the same words in any order, or written together. 0 when either is empty."""
    ours, theirs = _once(one), _once(other)
    if not ours or not theirs:
        return 0
    if sorted(ours) == sorted(theirs) or "".join(ours) == "".join(theirs):
        return 100
    if fuzz.token_set_ratio(one, other) < CUTOFF:
        return 0
    pairing = _paired(ours, theirs)
    both = min(pairing.left, pairing.right)
    more = max(pairing.left, pairing.right) - both
    score = 100 * pairing.likeness / (pairing.letters + CONTRADICTS * both + MORE * more)
    if pairing.left or pairing.right:
        score = _with_words_left(score, ours, theirs)
    return round(score)


def _with_words_left(score: float, ours: list[str], theirs: list[str]) -> float:
    score = min(score, NEVER_STRONG)
    if min(len(ours), len(theirs)) == 1:
        score = min(score, ONE_WORD)
    if len(ours) == len(theirs):
        return score
    return max(score, 100 * DamerauLevenshtein.normalized_similarity("".join(ours), "".join(theirs)))


def _paired(ours: list[str], theirs: list[str]) -> Pairing:
    """The most alike first; each word once."""
    found = [(_alike(a, b), i, j) for (i, a), (j, b) in product(enumerate(ours), enumerate(theirs))]
    free, open_ = set(range(len(ours))), set(range(len(theirs)))
    sum_, letters = 0.0, 0.0
    for score, i, j in sorted(found, reverse=True):
        if score < ALIKE:
            break
        if i in free and j in open_:
            free.remove(i)
            open_.remove(j)
            weight = (len(ours[i]) + len(theirs[j])) / 2
            sum_, letters = sum_ + score * weight, letters + weight
    return Pairing(sum_, letters, sum(len(ours[i]) for i in free), sum(len(theirs[j]) for j in open_))


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if len(one) == 1 or len(other) == 1:
        return INITIAL if one[0] == other[0] else 0.0
    return DamerauLevenshtein.normalized_similarity(one, other)


def _once(name: str) -> list[str]:
    """A word said twice (`Sergey Sergey Shoigu`) is said once."""
    return list(dict.fromkeys(name.split()))
