"""The chain of seals: each holds the hash of the one before it, so that no entry can be changed, removed or slipped in.

Acts write entries and nothing else. `seal` gives what has been committed its number and hash a few seconds later, one
sealer at a time: a chain written by the acts themselves would make all of them wait for one another until each has
committed (docs/decisions/0010). The hash of a line is SHA-256 of the hash before it and of `CANONICAL`; content enters
by a hash of its own, and so may expire.

A chain alone misses a tail that was cut off, and a log written anew from some point on. Anchors (`activity.anchors`) are
copies of its tip outside the database, and show both.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

from diplomacy.lib.rls import system

BATCH, WHOLE_BATCH = 5_000, 100_000
"""Entries sealed in one transaction. Looking through all of the log costs the same for few as for many."""
CHUNK = 10_000
"""Lines fetched at once. More are not cheaper: PostgreSQL would sort them on disk."""
PARTS = 4
"""Of a long log, read at the same time: two keep a core of the database busy each while two hash here."""
GRACE = timedelta(days=1)
"""How long a transaction may last, and how much older than an anchor an entry after it may therefore say it is."""
UNSEALED = timedelta(hours=2)
"""After this an entry that has no seal is a fault: no sealer is running, or somebody took seals away."""

# As in the function that seals (migration 0003).
CANONICAL = """
json_build_array(
    s.number, e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.kind, e.actor_id, e.office_id,
    e.subject_type, e.subject_id, e.subject_reference, e.readers, encode(s.content, 'hex')
)::text
"""
# What Python cannot see in the hash: an entry that is gone, content that is not what was sealed.
FLAG = """
CASE WHEN e.id IS NULL THEN 'g'
     WHEN e.expired_at IS NOT NULL THEN CASE WHEN e.expired_at <= now() AND e.expired_at >= e.at + make_interval(years => (
         SELECT r.years FROM activity_retention r WHERE starts_with(e.kind, r.kind) AND r.since <= e.expired_at
         ORDER BY length(r.kind) DESC, r.since DESC, r.id DESC LIMIT 1)) THEN '.' ELSE 'x' END
     WHEN s.content <> sha256(convert_to(coalesce(e.salt::text, '') || e.data::text, 'UTF8')) THEN 'c'
     ELSE '.' END
"""
LINES = f"""
SELECT string_agg(line, E'\\n' ORDER BY number) FROM (
    SELECT s.number, encode(s.hash, 'hex') || {FLAG} || {CANONICAL} AS line
    FROM activity_seal s LEFT JOIN activity_entry e ON e.id = s.entry_id
    WHERE s.number > %s AND s.number <= %s
) lines
"""  # noqa: S608 (of this file's own words)
MISSING = "a line is missing here"
FAULTS = {
    "g": "the entry was removed",
    "c": "its content was changed",
    "x": "its content was taken away before its time",
}


class Tip(NamedTuple):
    number: int
    hash: str


class Anchor(NamedTuple):
    """The tip as it was written down outside the database."""

    number: int
    hash: str
    at: datetime


class Fault(NamedTuple):
    number: int
    """Of the first line that does not hold; 0 when it is about the log as a whole."""
    words: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.words}" if self.number else self.words


@dataclass
class Report:
    checked: int = 0
    tip: str = ""
    waiting: int = 0
    """Entries of the last seconds that have no seal yet."""
    anchors: int = 0
    fault: Fault | None = None


def seal(*, whole: bool = False, using: str = DEFAULT_DB_ALIAS) -> int:
    """Seal what has been committed and is not sealed yet. `whole` looks through all of the log, not only its end."""
    sealed, most = 0, WHOLE_BATCH if whole else BATCH
    while done := _seal_batch(most, whole, using):
        sealed += done
        if done < most:
            break
    return sealed


def _seal_batch(most: int, whole: bool, using: str) -> int:
    """In a transaction of its own: other sealers wait for this one."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT activity_seal_entries(%s, %s)", [most, whole])
        return int(cursor.fetchone()[0])


def tip(using: str = DEFAULT_DB_ALIAS) -> Tip | None:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT number, encode(hash, 'hex') FROM activity_seal ORDER BY number DESC LIMIT 1")
        found = cursor.fetchone()
    return Tip(*found) if found else None


def verify(anchors: Sequence[Anchor] = (), *, using: str = DEFAULT_DB_ALIAS, parts: int = 1) -> Report:
    """Read the log from its first line to its last, and say the first line that does not hold.

    Each of several `parts` begins from the seal before it, and every line is held against the one before it whichever
    part that is in: nothing is found later or not at all. They are read at once, over connections of their own, except
    within a transaction, whose rows other connections do not see.
    """
    first, last = _ends(using)
    if first < 1:
        return Report(fault=Fault(0, "there are lines before the first one"))
    walks = _walks(_bounds(last, parts), anchors, using)
    walk = next((walk for walk in walks if walk.fault), walks[-1])
    report = Report(walk.number, walk.hash.hex(), anchors=len(anchors), fault=walk.fault)
    report.fault = report.fault or _beyond(last, anchors) or _unsealed(report, using)
    return report


def _walks(bounds: list[tuple[int, int]], anchors: Sequence[Anchor], using: str) -> list["_Walk"]:
    if len(bounds) == 1 or connections[using].in_atomic_block:
        return [_walk(*part, anchors, using) for part in bounds]
    with ThreadPoolExecutor(len(bounds)) as pool:
        return list(pool.map(lambda part: _walk_apart(part, anchors, using), bounds))


def _bounds(last: int, parts: int) -> list[tuple[int, int]]:
    """(the line before, the last line) of each part, in whole chunks."""
    chunks = -(-last // CHUNK)
    size = CHUNK * max(1, -(-chunks // max(1, parts)))
    return [(start, min(start + size, last)) for start in range(0, last, size)] or [(0, 0)]


def _walk_apart(part: tuple[int, int], anchors: Sequence[Anchor], using: str) -> "_Walk":
    try:
        return _walk(*part, anchors, using)
    finally:
        connections.close_all()


@system("activity.verify")
def _walk(start: int, end: int, anchors: Sequence[Anchor], using: str) -> "_Walk":
    walk = _Walk(start, _hash_at(start, using), anchors)
    for begin in range(start, end, CHUNK):
        upto = min(begin + CHUNK, end)
        walk.through(_lines(begin, upto, using))
        if walk.fault is None and walk.number < upto:
            walk.fault = Fault(walk.number + 1, MISSING)
        if walk.fault:
            break
    return walk


def _lines(start: int, end: int, using: str) -> Iterator[str]:
    with connections[using].cursor() as cursor:
        cursor.execute(LINES, [start, end])
        (text,) = cursor.fetchone()
    return iter(text.split("\n") if text else [])


@system("activity.verify")
def _ends(using: str) -> tuple[int, int]:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT coalesce(min(number), 1), coalesce(max(number), 0) FROM activity_seal")
        first, last = cursor.fetchone()
    return int(first), int(last)


def _hash_at(number: int, using: str) -> bytes:
    """What the line after it begins from. When it is gone, the part before says so."""
    if not number:
        return b""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT hash FROM activity_seal WHERE number = %s", [number])
        found = cursor.fetchone()
    return bytes(found[0]) if found else b""


class _Walk:
    """Where the verification of one part stands: the last number and hash, and the next anchor to meet."""

    def __init__(self, start: int, before: bytes, anchors: Sequence[Anchor]) -> None:
        self.number, self.hash = start, before
        self.fault: Fault | None = None
        self.ahead = sorted((anchor for anchor in anchors if anchor.number > start), reverse=True)
        passed = max((anchor for anchor in anchors if anchor.number <= start), default=None)
        self.not_before = _earliest(passed) if passed else 0

    def through(self, lines: Iterator[str]) -> None:
        """Up to the first line that does not hold."""
        number, before, fault = self.number, self.hash, None
        for line in lines:
            at, text = number + 1, line[65:].encode()
            after = sha256(before + text).digest()
            if line[64] != "." or after.hex() != line[:64] or not text.startswith(b"[%d, " % at):
                fault = self._fault(at, line, text)
            elif self.not_before and int(text.split(b", ", 3)[2]) < self.not_before:
                fault = Fault(at, "the entry says it is older than an anchor that was made before it")
            elif self.ahead and self.ahead[-1].number <= at:
                fault = self._meet(at, after)
            if fault:
                break
            number, before = at, after
        self.number, self.hash, self.fault = number, before, fault

    def _fault(self, number: int, line: str, text: bytes) -> Fault:
        if line[64] != ".":
            return Fault(number, FAULTS[line[64]])
        if not text.startswith(b"[%d, " % number):
            return Fault(number, MISSING)
        return Fault(number, "the entry was changed, or one was put in or taken out here")

    def _meet(self, number: int, digest: bytes) -> Fault | None:
        while self.ahead and self.ahead[-1].number <= number:
            anchor = self.ahead.pop()
            if anchor.number == number and anchor.hash != digest.hex():
                return Fault(
                    number, f"the log was written anew: the anchor of {anchor.at:%Y-%m-%d %H:%M} differs"
                )
            self.not_before = _earliest(anchor)
        return None


def _earliest(anchor: Anchor) -> int:
    """Microseconds before which no entry after it may say it was made."""
    return int((anchor.at - GRACE).timestamp() * 1_000_000)


def _beyond(last: int, anchors: Sequence[Anchor]) -> Fault | None:
    """Anchors of lines that are not there."""
    anchor = max(anchors, default=None)
    if anchor is None or anchor.number <= last:
        return None
    words = f"the log ends here, but on {anchor.at:%Y-%m-%d %H:%M} it had {anchor.number} lines: its end was cut off"
    return Fault(last, words)


@system("activity.verify")
def _unsealed(report: Report, using: str) -> Fault | None:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(at) FROM activity_entry e"
            " WHERE NOT EXISTS (SELECT FROM activity_seal s WHERE s.entry_id = e.id)"
        )
        report.waiting, oldest = cursor.fetchone()
    if oldest and oldest < timezone.now() - UNSEALED:
        return Fault(0, f"{report.waiting} entries have no seal, the oldest since {oldest:%Y-%m-%d %H:%M}")
    return None
