"""The chain of seals: each holds the hash of the one before it, so that no entry can be changed, removed or slipped in.

Acts write entries and nothing else. `seal` gives what has been committed its number and hash a few seconds later, one
sealer at a time: a chain written by the acts themselves would make all of them wait for one another until each has
committed (docs/decisions/0010). The hash of a line is SHA-256 of the hash before it and of `CANONICAL`; content enters
by a hash of its own, and so may expire.

A chain alone misses a tail that was cut off, and a log written anew from some point on. Anchors (`activity.anchors`) are
copies of its tip outside the database, and show both.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
BLOCK = 1_000
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
) lines GROUP BY number / %s ORDER BY number / %s
"""  # noqa: S608 (of this file's own words)
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


@system("activity.verify")
def verify(anchors: Sequence[Anchor] = (), *, using: str = DEFAULT_DB_ALIAS) -> Report:
    """Read the log from its first line to its last. Stops at the first line that does not hold."""
    report = Report(anchors=len(anchors))
    walk = _Walk(anchors)
    last = tip(using)
    with ThreadPoolExecutor(1) as hashing:
        ahead: Future[Fault | None] | None = None
        for blocks in _chunks(last.number if last else 0, using):
            if ahead and (fault := ahead.result()):
                report.fault = fault
                break
            ahead = hashing.submit(walk.through_all, blocks)
        if ahead and report.fault is None:
            report.fault = ahead.result()
    report.checked, report.tip = walk.number, walk.hash.hex()
    report.fault = report.fault or walk.beyond() or _unsealed(report, using)
    return report


def _chunks(last: int, using: str) -> Iterator[list[str]]:
    """The next is fetched while the last is hashed."""
    for start in range(0, last, CHUNK):
        with connections[using].cursor() as cursor:
            cursor.execute(LINES, [start, start + CHUNK, BLOCK, BLOCK])
            yield [block for (block,) in cursor.fetchall()]


class _Walk:
    """Where the verification stands: the last number and hash, and the next anchor to meet."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self.number, self.hash = 0, b""
        self.ahead = sorted(anchors, reverse=True)
        self.not_before = 0

    def through_all(self, blocks: list[str]) -> Fault | None:
        return next(filter(None, map(self.through, blocks)), None)

    def through(self, block: str) -> Fault | None:
        number, before = self.number, self.hash
        for line in block.split("\n"):
            number += 1
            text = line[65:].encode()
            after = sha256(before + text).digest()
            if line[64] != "." or after.hex() != line[:64] or not text.startswith(b"[%d, " % number):
                return self._fault(number, line, text)
            if self.not_before and int(text.split(b", ", 3)[2]) < self.not_before:
                return Fault(number, "the entry says it is older than an anchor that was made before it")
            if self.ahead and self.ahead[-1].number <= number and (fault := self._meet(number, after)):
                return fault
            before = after
        self.number, self.hash = number, before
        return None

    def _fault(self, number: int, line: str, text: bytes) -> Fault:
        if line[64] != ".":
            return Fault(number, FAULTS[line[64]])
        if not text.startswith(b"[%d, " % number):
            return Fault(number, "a line is missing here")
        return Fault(number, "the entry was changed, or one was put in or taken out here")

    def _meet(self, number: int, digest: bytes) -> Fault | None:
        while self.ahead and self.ahead[-1].number <= number:
            anchor = self.ahead.pop()
            if anchor.number == number and anchor.hash != digest.hex():
                return Fault(
                    number, f"the log was written anew: the anchor of {anchor.at:%Y-%m-%d %H:%M} differs"
                )
            self.not_before = int((anchor.at - GRACE).timestamp() * 1_000_000)
        return None

    def beyond(self) -> Fault | None:
        """Anchors of lines that are not there."""
        if not self.ahead:
            return None
        anchor = self.ahead[0]
        words = f"the log ends here, but on {anchor.at:%Y-%m-%d %H:%M} it had {anchor.number} lines: its end was cut off"
        return Fault(self.number, words)


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
