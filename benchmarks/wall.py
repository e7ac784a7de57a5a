"""What the second wall costs: each list's own statements with its policies, and without them, on the same rows, in time
that PostgreSQL computes."""

import statistics
from collections.abc import Sequence
from typing import Any

from django.db import connection, connections, transaction
from django.urls import reverse

from accounts.models import User
from benchmarks import measure, pages
from benchmarks.measure import Query
from diplomacy.lib.readers import keys_of
from diplomacy.lib.rls import context

GOAL = 1.3
HEAD = "\n| page | reader | with the wall ms | without ms | ratio | of quickest |\n|---|---|--:|--:|--:|--:|"


def statements_of(case: pages.Case) -> list[Query]:
    """Without those that every page asks, and those that name the reader."""
    client = measure.browser(case.user)
    frame = measure.frame_of(client, case.user, reverse("accounts:profile"))
    return [query for query in measure.visit(client, case.path)[1] if query.sql not in frame]


def with_it(user: User, queries: Sequence[Query]) -> float:
    """As the page asks: by the app's role for this reader, in a transaction in which they are named."""
    with transaction.atomic(), context.reading_as(user), connection.cursor() as run:
        return _computed("default", run, queries)


def without_it(user: User, queries: Sequence[Query]) -> float:
    """By the owner, whom no policy holds here. Named all the same: `rls.engagements_titled` asks who reads."""
    with transaction.atomic("owner"), connections["owner"].cursor() as run:
        run.execute("SELECT set_config('rls.context', %s, true)", [context.signed(keys_of(user))])
        return _computed("owner", run, queries)


def _computed(alias: str, run: Any, queries: Sequence[Query]) -> float:
    began = measure.processor(alias)
    for query in queries:
        run.execute(query.sql, query.params)
        run.fetchall()
    return measure.processor(alias) - began


def compare(case: pages.Case) -> tuple[list[float], list[float]]:
    """They take turns, so that a noisy moment is felt by both."""
    user, queries = User.objects.get(pk=case.user), statements_of(case)
    turns = [
        (with_it(user, queries), without_it(user, queries)) for _ in range(measure.WARM_UP + measure.RUNS)
    ]
    behind, free = zip(*turns[measure.WARM_UP :], strict=True)
    return list(behind), list(free)


def main() -> list[str]:
    print(HEAD)
    ratios = []
    for case in pages.cases():
        behind, free = compare(case)
        one, other = statistics.median(behind), statistics.median(free)
        ratios.append(one / other)
        times = f"{1000 * one:.2f} | {1000 * other:.2f} | {ratios[-1]:.2f} | {min(behind) / min(free):.2f}"
        print(f"| {case.page} | {case.reader} | {times} |", flush=True)
    middle = statistics.median(ratios)
    print(f"\nWith the wall over without it, the median of all lists: {middle:.2f}.")
    return [f"second wall: {middle:.2f} times"] if middle > GOAL else []
