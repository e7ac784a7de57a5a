"""What a write of the log costs beside a bare INSERT of the same row: for one act at a time, and for many entries at once."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NamedTuple

from django.db import connections, transaction

from accounts.models import Member
from activity import actions, chain

MANY = 1_000
THINKING = 0.01
"""Seconds for which a request goes on after its entry, and holds its transaction."""
CLOCK = os.sysconf("SC_CLK_TCK")
ROW = """
INSERT INTO activity_entry (kind, actor_id, office_id, subject_type, subject_id, subject_reference, readers, data)
SELECT 'engagements.amended', %s, %s, 'accounts.office', %s, %s, '{}', '{"version": 1, "reason": "Dates moved."}'
FROM generate_series(1, %s)
"""
Work = Callable[[Member], int]


class Rate(NamedTuple):
    a_second: float
    python: float
    """Microseconds of processor time an entry, here."""
    postgres: float
    """… and in the writers' connections; sealing is apart. 0 where the system does not tell."""

    @property
    def cpu(self) -> float:
        return self.python + self.postgres


def act(by: Member) -> int:
    """As an action does it: one entry in a transaction of its own."""
    with transaction.atomic():
        actions.record("engagements.amended", by.office, by=by, version=1, reason="Dates moved.")
    return 1


def act_of_a_request(by: Member) -> int:
    with transaction.atomic():
        act(by)
        time.sleep(THINKING)
    return 1


def act_for_many(by: Member) -> int:
    """As the release of a briefing does it, without its notices."""
    with transaction.atomic():
        pairs = [(by.office, by.user_id)] * MANY
        actions.record_each("engagements.amended", pairs, by=by, version=1, reason="Dates moved.")
    return MANY


def bare(by: Member, rows: int = 1) -> int:
    """What PostgreSQL takes for the row, its indexes and foreign keys, past the policies."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as run:
        run.execute(ROW, [by.user_id, by.office_id, by.office_id, by.office.reference, rows])
    return rows


def bare_many(by: Member) -> int:
    return bare(by, MANY)


@contextmanager
def unforced() -> Iterator[None]:
    """The owner is let through the policies."""
    _force("NO FORCE")
    try:
        yield
    finally:
        _force("FORCE")


def _force(said: str) -> None:
    with connections["owner"].cursor() as run:
        run.execute(f"ALTER TABLE activity_entry {said} ROW LEVEL SECURITY")


def rate(work: Work, writers: int, seconds: float) -> Rate:
    """Of several processes at once, while a sealer keeps up with them."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    counts: multiprocessing.Queue[tuple[int, float, float]] = fork.Queue()
    stop = fork.Event()
    sealer = fork.Process(target=_sealer, args=[stop], daemon=True)
    processes = [
        fork.Process(target=_writer, args=[work, seconds, counts], daemon=True) for _ in range(writers)
    ]
    for process in (sealer, *processes):
        process.start()
    said = [counts.get(timeout=10 * seconds + 120) for _ in processes]
    stop.set()
    for process in (sealer, *processes):
        process.join()
    written, python, postgres = (sum(column) for column in zip(*said, strict=True))
    return Rate(written / seconds, 1e6 * python / written, 1e6 * postgres / written)


def _writer(work: Work, seconds: float, counts: "multiprocessing.Queue[tuple[int, float, float]]") -> None:
    member = Member.objects.select_related("office").first()
    assert member
    work(member)
    here, there = time.process_time(), _spent_by_postgres()
    count, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        count += work(member)
    counts.put((count, time.process_time() - here, _spent_by_postgres() - there))


def _sealer(stop: Event) -> None:
    while not stop.is_set():
        chain.seal()
        stop.wait(1)


def _spent_by_postgres() -> float:
    """Seconds of processor time of this process's connections, where PostgreSQL runs on this Linux."""
    held = [each.connection for each in connections.all(True) if each.connection]
    return sum(_spent(one.info.backend_pid) for one in held)


def _spent(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0
    said = stat.read_text().rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / CLOCK


TABLE: tuple[tuple[str, Work, int], ...] = (
    ("a bare INSERT, its own transaction", bare, 1),
    ("an act, its own transaction", act, 1),
    ("a bare INSERT, its own transaction", bare, 4),
    ("an act, its own transaction", act, 4),
    ("an act whose transaction goes on for 10 ms", act_of_a_request, 16),
    (f"a bare INSERT of {MANY:,} rows", bare_many, 1),
    (f"an act with {MANY:,} entries", act_for_many, 1),
)
GOAL = ("an act, its own transaction", 4)


def show(seconds: float) -> dict[tuple[str, int], Rate]:
    """Prints the table. Ratios are of processor time, to the bare INSERT above: others may work on the same machine."""
    found: dict[tuple[str, int], Rate] = {}
    print("\n| what | writers | entries/s | Python µs | PostgreSQL µs | of bare |\n|---|--:|--:|--:|--:|--:|")
    with unforced():
        basis = 0.0
        for name, work, writers in TABLE:
            one = found[name, writers] = rate(work, writers, seconds)
            basis = one.cpu if work in (bare, bare_many) else basis
            cells = f"{writers} | {one.a_second:,.0f} | {one.python:.0f} | {one.postgres:.0f}"
            print(f"| {name} | {cells} | {one.cpu / basis:.1f} |", flush=True)
    return found
