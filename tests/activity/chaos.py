"""Offices that go on filing while everything under them is killed, and the count of what came of it."""

import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg

from activity.models import Entry, Notice
from diplomacy.embedded.postgres import Postgres
from diplomacy.embedded.service import HOST, Memory
from engagements.models import Engagement
from tests.activity.conftest import ROOT, comes_true, free_port

PATIENCE = 60.0
AT_ONCE = 3
"""Engagements that are being filed at the same time."""
WORK = 5
"""Filings or messages between two kills of the same thing: it must have come back."""
BODY = {
    "kind": "call",
    "purpose": "Agree on shared monitoring of the river.",
    "topics": ["water"],
    "stops": [{"city": "Tijuana", "country": "MX", "subdivision": "MX-BCN"}],
}


class Web:
    """gunicorn and its workers, ended as a whole and without warning."""

    def __init__(self, environment: dict[str, str], at: Path) -> None:
        self.port, self.log = free_port(), at / "web.log"
        self.environment = environment | {"PORT": str(self.port), "WEB_WORKERS": "1"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).parent / "gunicorn"), "diplomacy.wsgi"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def revive(self) -> None:
        """A master whose first worker could not boot ends by itself."""
        if self.process and self.process.poll() is not None:
            self.start()


@dataclass
class Office:
    """A program of an office: it repeats what was not answered, under the same key, until it is."""

    web: Web
    token: str
    more: dict[str, Any]
    """Of each engagement: its dates, and whom they meet."""
    filed: list[str] = field(default_factory=list)
    """Titles, each answered as filed."""
    repeated: int = 0

    def file(self, title: str) -> None:
        made = self._until_answered("", BODY | self.more | {"title": title}, title)
        self._until_answered(f"{made['reference']}/file/", {}, "")
        self.filed.append(title)

    def _until_answered(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        deadline = time.monotonic() + 3 * PATIENCE
        while time.monotonic() < deadline:
            status, said = self._post(path, body, key)
            if status in {200, 201, 409}:  # 409: filed by the request whose answer was lost
                return said
            assert not 0 < status < 500, f"{path} answered {status}: {said}"
            self.repeated += 1
            self.web.revive()
            time.sleep(0.1)
        raise AssertionError(f"{path} was never answered; {self.web.log.read_text()[-2000:]}")

    def _post(self, path: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        connection = HTTPConnection(HOST, self.web.port, timeout=20)
        with suppress(OSError, http.client.HTTPException, ValueError):
            connection.request("POST", f"/api/v1/engagements/{path}", json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        connection.close()
        return 0, {}

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Filing all the time, several at once."""
        over, numbers = threading.Event(), itertools.count()

        def file_on() -> None:
            while not over.is_set():
                self.file(f"Call {next(numbers)}")

        threads = [threading.Thread(target=file_on) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()


@dataclass
class Victim:
    """What is killed: not again before it has done some of its work."""

    name: str
    kill: Callable[[], None]
    start: Callable[[], None]
    works: Callable[[], int]
    """Grows while it does its work."""
    revive: Callable[[], None] = lambda: None
    """Starts it again where it has ended by itself."""

    def has_worked_since(self, seen: int) -> bool:
        return self.works() >= seen + WORK


def supervised(what: Callable[[], bool], victims: list[Victim]) -> Callable[[], bool]:
    def comes() -> bool:
        for victim in victims:
            victim.revive()
        return what()

    return comes


def kill_in_turn(victims: list[Victim], kills: int) -> Counter[str]:
    done, seen = Counter[str](), Counter[str]()
    for victim in itertools.islice(itertools.cycle(victims), kills):
        is_back = partial(victim.has_worked_since, seen[victim.name])
        assert comes_true(supervised(is_back, victims), PATIENCE), f"{victim.name} did not come back"
        seen[victim.name] = victim.works()
        victim.kill()
        victim.start()
        done[victim.name] += 1
    return done


def own_postgres() -> Postgres | None:
    """Of `make chaos`, with its promises to the disk; one that other tests share is not killed."""
    at = os.environ.get("CHAOS_POSTGRES")
    return Postgres(Path(at).resolve(), Memory(Path(at).resolve()), fast=False) if at else None


def kill_postgres(server: Postgres) -> None:
    if pid := server.pid():
        os.kill(pid, signal.SIGKILL)
    if server.process:
        server.process.wait()
    assert comes_true(lambda: server.pid() is None)


def end_connections(url: str) -> None:
    """All that web and worker have; what they were doing is gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )


@dataclass
class Outcome:
    lost: list[str]
    doubled: list[str]
    notices: int


def count(titles: list[str], calm: str) -> Outcome:
    """Every answered filing is there once, with one line in the log, and tells whom a calm one told, once."""
    counted = Counter(_facts([*titles, calm]))
    as_calm = {what for title, what in counted if title == calm}
    wanted = {(title, what) for title in titles for what in as_calm}
    return Outcome(
        lost=[f"{title}: {what}" for title, what in wanted if not counted[title, what]],
        doubled=[f"{title}: {what}" for (title, what), number in counted.items() if number > 1],
        notices=sum(number for (_, what), number in counted.items() if what.startswith("told")),
    )


def _facts(titles: list[str]) -> Iterator[tuple[str, str]]:
    """Of each title what there is, as often as it is there; a draft made twice counts twice."""
    made = Engagement.objects.filter(title__in=titles)
    names = dict(made.values_list("pk", "title"))
    yield from ((title, "is there") for title in names.values())
    yield from ((title, "is filed") for title in made.filter(status="filed").values_list("title", flat=True))
    lines = Entry.objects.filter(subject_type="engagements.engagement", subject_id__in=names)
    yield from ((names[pk], f"line {kind}") for pk, kind in lines.values_list("subject_id", "kind"))
    notices = Notice.objects.filter(entry__in=lines)
    told = notices.values_list("entry__subject_id", "entry__kind", "recipient_id")
    yield from ((names[pk], f"told {kind} to {who}") for pk, kind, who in told)
