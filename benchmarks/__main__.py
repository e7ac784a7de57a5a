"""`make bench`: the figures of docs/performance.md, in one run. Overlaps have their own million (benchmarks.overlaps)."""

import os
import sys
import time
from collections.abc import Callable

os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DEBUG": "0", "DEMO": "0"}

import django

django.setup()

from django.urls import reverse  # noqa: E402 (Django must be set up before models are imported)

from benchmarks import build, log, measure, pages, screening, search, throughput, verify, wall, world  # noqa: E402
from benchmarks.pages import Case  # noqa: E402

RATIO, QUERIES, HTML, SHARE = 2.0, 15, 100_000, 0.25
COLUMNS = (
    "page",
    "reader",
    "page ms",
    "of it rows ms",
    "by hand ms",
    "ratio",
    "of quickest",
    "queries",
    "HTML KB",
)
HEAD = f"| {' | '.join(COLUMNS)} |\n|---|---{'|--:' * 7}|"


def lists() -> list[str]:
    """Prints the table; returns what misses a goal."""
    missed: list[str] = []
    counts: dict[str, set[int]] = {}
    print(HEAD)
    for case in pages.cases():
        found = measure.compare(
            case.user, case.path, reverse("accounts:profile"), case.by_hand(pages.keys_of(case.user))
        )
        print(line(case, found), flush=True)
        counts.setdefault(case.group, set()).add(found.page.queries)
        missed += misses(case, found)
    missed += [
        f"{group}: the number of queries varies: {sorted(seen)}"
        for group, seen in counts.items()
        if len(seen) > 1
    ]
    return missed


def line(case: Case, found: measure.Pair) -> str:
    page = found.page
    times = " | ".join(f"{1000 * seconds:.2f}" for seconds in (page.total, page.rows, found.best))
    ratios = f"{found.ratio:.1f} | {found.quickest:.1f}"
    size = f"{page.queries} | {len(page.html) / 1000:.0f}"
    return f"| {case.page} | {case.reader} | {times} | {ratios} | {size} |"


def misses(case: Case, found: measure.Pair) -> list[str]:
    page, name = found.page, f"{case.page}, {case.reader}"
    faults = {
        f"ratio {found.ratio:.1f}": found.ratio > RATIO,
        f"{page.queries} queries": page.queries > QUERIES,
        f"{len(page.html):,} bytes": len(page.html) > HTML,
    }
    slow = "".join(f"\n    {1000 * query.seconds:.2f} ms {query.sql[:1500]}" for query in page.slowest)
    return [f"{name}: {fault}{slow}" for fault, is_so in faults.items() if is_so]


def busiest() -> list[str]:
    missed = []
    print("\n| page | answers/s | empty view | share |\n|---|--:|--:|--:|")
    path = reverse("engagements:list")
    for name, user in {"office": world.staff_of(world.FIRST_OFFICE), "federal": world.adviser_of(1)}.items():
        page, empty, share = throughput.shares(user, path)
        print(f"| Engagements, {name} | {page:.0f} | {empty:.0f} | {share:.2f} |", flush=True)
        missed += [f"Engagements, {name}: share {share:.2f}"] if share < SHARE else []
    return missed


PARTS: dict[str, Callable[[], list[str]]] = {
    "lists": lists,
    "wall": wall.main,
    "search": search.main,
    "busiest": busiest,
    "log": log.main,
    "screening": screening.main,
}


def main() -> int:
    wanted = os.environ.get("PARTS", " ".join(PARTS)).split()
    if not {*wanted} & PARTS.keys():
        return 0
    began = time.monotonic()
    throughput.prepare()
    if {*wanted} & PARTS.keys() <= {"screening"}:
        build.register()
    else:
        build.ready()
        print(f"Readers of {verify.verify():,} rows are as the rules compute them.\n")
    if (load := os.getloadavg()[0]) > 1:
        print(f"The machine is busy (load {load:.1f} before we begin): look at the quickest runs.\n")
    missed = [miss for name, part in PARTS.items() if name in wanted for miss in part()]
    print(
        f"\n{time.monotonic() - began:.0f} s. "
        + ("Every goal is met." if not missed else "Beyond the goals:")
    )
    print("\n".join(f"- {miss}" for miss in missed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
