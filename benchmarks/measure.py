"""The database time of a page as the view really issues it, next to that of the best statement for the same rows."""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, connections
from django.test import Client

from accounts.models import User
from accounts.signin.cookies import sealed

WARM_UP, RUNS = 3, int(os.environ.get("RUNS", "41"))


class Query(NamedTuple):
    sql: str
    seconds: float
    params: Any = None


@contextmanager
def captured() -> Iterator[list[Query]]:
    queries: list[Query] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            queries.append(Query(sql, time.perf_counter() - began, params))

    with connection.execute_wrapper(watch):
        yield queries


def processor(alias: str = "default") -> float:
    """Seconds that PostgreSQL has computed for this connection: the same on a busy machine. Linux says it."""
    connections[alias].ensure_connection()
    backend = connections[alias].connection.info.backend_pid
    return int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9


@dataclass
class Page:
    """Medians over the runs; `frame` is what every page asks (session, person, standing, unread notices)."""

    queries: int
    frame: float
    rows: float
    html: bytes
    slowest: list[Query]

    @property
    def total(self) -> float:
        return self.frame + self.rows


def browser(user: int) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(pk=user))
    held = client.cookies[settings.SESSION_COOKIE_NAME]
    client.cookies[settings.SESSION_COOKIE_NAME] = sealed(held.value)
    return client


def visit(client: Client, path: str) -> tuple[bytes, list[Query]]:
    with captured() as queries:
        response = client.get(path)
    if response.status_code != 200:
        raise SystemExit(f"{path} answers {response.status_code}")
    return response.content, queries


def frame_of(client: Client, user: int, path: str) -> set[str]:
    """Statements of a page without rows, and those that find out which keys the reader holds."""
    with captured() as keys:
        assert User.objects.get(pk=user).reader_keys
    return {query.sql for query in (*visit(client, path)[1], *keys)}


def by_template(queries: Sequence[Query], frame: set[str]) -> tuple[float, float]:
    inside = sum(query.seconds for query in queries if query.sql in frame)
    return inside, sum(query.seconds for query in queries) - inside


class Pair(NamedTuple):
    page: Page
    best: float
    """Median of the fastest statement by hand."""
    ratio: float
    quickest: float
    """The same of the quickest run of each: on a busy machine medians mostly count how often one waits for a turn."""


def compare(user: int, path: str, frame_path: str, by_hand: Sequence[str]) -> Pair:
    """Page and statements take turns, so that a noisy moment is felt by both."""
    client = browser(user)
    frame = frame_of(client, user, frame_path)
    visits: list[tuple[float, float, list[Query]]] = []
    hands: list[list[float]] = [[] for _ in by_hand]
    for run in range(WARM_UP + RUNS):
        html, queries = visit(client, path)
        times = [_timed(sql)[0] for sql in by_hand]
        if run >= WARM_UP:
            visits.append((*by_template(queries, frame), queries))
            for found, seconds in zip(hands, times, strict=True):
                found.append(seconds)
    page = Page(
        queries=len(visits[-1][2]),
        frame=statistics.median(seen[0] for seen in visits),
        rows=statistics.median(seen[1] for seen in visits),
        html=html,
        slowest=sorted(visits[-1][2], key=lambda query: -query.seconds)[:3],
    )
    best = min(statistics.median(found) for found in hands)
    quickest = min(seen[1] for seen in visits) / min(min(found) for found in hands)
    require_same_rows(path, html, _timed(by_hand[0])[1])
    return Pair(page, best, page.rows / best, quickest)


def _timed(sql: str) -> tuple[float, list[Any]]:
    with connections["owner"].cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(sql)
        seconds = time.perf_counter() - began
        return seconds, cursor.fetchall()


def require_same_rows(path: str, html: bytes, rows: Sequence[Sequence[Any]]) -> None:
    """The first column of a statement by hand is a mark that the page shows for each row, in the page's order."""
    places = [html.find(str(row[0]).encode()) for row in rows[:25]]
    if -1 in places or places != sorted(places):
        raise SystemExit(f"{path} shows other rows than the statement by hand.")
