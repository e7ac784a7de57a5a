"""The log: how fast it is written, sealed and read through, and whether tampering is found.

    python -m diplomacy.embedded --at var/bench -- python -m benchmarks.log

prints the figures on a database that keeps what it commits; `make bench` runs the same. The tests run it in short.
"""

import os
import random
import sys
import time
from typing import NamedTuple

LINES, TAMPERINGS, STRETCH = 1_000_000, 1_000, 2_000
SECONDS = 10
VERIFY_SECONDS, WRITES_A_SECOND = 10, 1_000

if __name__ == "__main__":
    os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DEBUG": "0", "DEMO": "0"}
    import django

    django.setup()

from django.db import connections, transaction  # noqa: E402

from accounts.models import Member  # noqa: E402
from activity import chain  # noqa: E402
from benchmarks import tampering, writes  # noqa: E402
from diplomacy.lib.rls import system  # noqa: E402

FILL = """
INSERT INTO activity_entry (at, kind, actor_id, office_id, subject_type, subject_id, subject_reference, readers, data)
SELECT now() - interval '1 hour', (ARRAY['engagements.filed', 'engagements.amended', 'briefings.opened'])[1 + n %% 3],
       m.users[1 + n %% cardinality(m.users)], m.offices[1 + n %% cardinality(m.offices)], 'engagements.engagement', n,
       'E-' || lpad(n::text, 8, '0'), '{}', jsonb_build_object('version', n %% 9, 'reason', 'The minister cannot come. ' || n)
FROM generate_series(1, %s) n,
     (SELECT array_agg(user_id) AS users, array_agg(office_id) AS offices
      FROM (SELECT user_id, office_id FROM accounts_member LIMIT 5000) x) m
"""


class Tampered(NamedTuple):
    done: int
    found: int
    missed: list[str]


def fill(lines: int) -> None:
    """Until the log has so many entries."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as run:
        run.execute("ALTER TABLE activity_entry NO FORCE ROW LEVEL SECURITY")
        run.execute("SELECT count(*) FROM activity_entry")
        if (lacking := lines - run.fetchone()[0]) > 0:
            run.execute(FILL, [lacking])
        run.execute("SET CONSTRAINTS ALL IMMEDIATE")
        run.execute("ALTER TABLE activity_entry FORCE ROW LEVEL SECURITY")
    with connections["owner"].cursor() as run:
        run.execute("ANALYZE activity_entry")


def tamper(count: int, *, stretch: int, seed: int = 1) -> Tampered:
    """So many, each on a whole log of `stretch` lines, drawn at random and taken back. Nothing stays of it."""
    drawn, missed = random.Random(seed), []
    with tampering.as_owner() as run:
        run.execute("TRUNCATE activity_seal, activity_entry CASCADE")
        run.execute(FILL, [stretch])
        run.execute("SET LOCAL ROLE diplomacy_keeper")
        chain.seal(whole=True, using="owner")
        run.execute("SET LOCAL ROLE NONE")
        tip = chain.tip("owner")
        assert tip and tip.number == stretch
        assert chain.verify(using="owner").fault is None
        for _ in range(count):
            sort, number = drawn.choice(list(tampering.SORTS)), drawn.randint(1, stretch)
            if not _is_found(run, sort, number, drawn, tip):
                missed.append(f"{sort} at {number}")
    return Tampered(count, count - len(missed), missed)


def _is_found(run: object, sort: str, number: int, drawn: random.Random, tip: chain.Tip) -> bool:
    anchor = chain.Anchor(*tip, tampering.LONG_AGO)
    inner = transaction.savepoint(using="owner")
    try:
        tampering.SORTS[sort](run, number, drawn)  # type: ignore[arg-type]
        return chain.verify([anchor], using="owner").fault is not None
    finally:
        transaction.savepoint_rollback(inner, using="owner")


# What reading the same rows costs at least, one connection after another: neither is hashed.
READING = """
SELECT sum(length(line)) FROM (
    SELECT s.*::text || e.*::text AS line FROM activity_seal s JOIN activity_entry e ON e.id = s.entry_id
) lines
"""


def main() -> list[str]:
    """Prints the figures; returns what misses a goal."""
    fill(LINES)
    began = time.monotonic()
    sealed = chain.seal(whole=True)
    if sealed:
        print(f"Sealed {sealed:,} entries: {sealed / (time.monotonic() - began):,.0f} a second.")
    report, seconds = verified()
    rates = writes.show(SECONDS)
    rate = rates[writes.GOAL].a_second
    found = tamper(TAMPERINGS, stretch=STRETCH)
    print(f"\n{found.found:,} of {found.done:,} tamperings found.")
    faults = {
        f"the log: {report.fault}": report.fault is not None,
        f"verifying {report.checked:,} lines took {seconds:.1f} s": seconds > VERIFY_SECONDS,
        f"{rate:,.0f} acts written in the log a second": rate < WRITES_A_SECOND,
        f"tamperings missed: {', '.join(found.missed[:5])}": bool(found.missed),
    }
    return [fault for fault, is_so in faults.items() if is_so]


def verified() -> tuple[chain.Report, float]:
    """In as many parts as the command takes; beside it, in one part, and what reading alone takes."""
    times = []
    for parts in (1, chain.PARTS):
        began, here = time.monotonic(), time.process_time()
        report = chain.verify(parts=parts)
        times.append(time.monotonic() - began)
        cpu = time.process_time() - here
        print(
            f"Verified {report.checked:,} lines in {times[-1]:.1f} s in parts: {parts}, {cpu:.1f} s of processor time"
            f" in Python. {report.fault or 'The log holds'}.",
            flush=True,
        )
    with transaction.atomic(using="owner"), connections["owner"].cursor() as run:
        run.execute("ALTER TABLE activity_entry NO FORCE ROW LEVEL SECURITY")
        began = time.monotonic()
        run.execute(READING)
        reading = time.monotonic() - began
        transaction.set_rollback(True, using="owner")
    print(f"Reading the same rows takes {reading:.1f} s: {times[-1] / reading:.1f} of that.", flush=True)
    return report, times[-1]


def _alone() -> int:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    if not Member.objects.exists():
        _somebody()
    missed = main()
    print("\n".join(missed) or "Every goal is met.")
    return 0


def _somebody() -> None:
    from accounts.actions import open_office
    from accounts.models import User

    office = open_office("Office of the benchmark", short_name="Benchmark", level="state")
    user = User.objects.create_user("benchmark@example.gov", name="Benchmark")
    with system("benchmarks"):
        Member.objects.create(user=user, office=office, role="staff")


if __name__ == "__main__":
    sys.exit(_alone())
