"""Asking at once, and judging each answer by what its reader may know and by what they were told alone."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from tests.access.canaries import found
from tests.walls.races.stack import HOST, Killer
from tests.walls.races.town import Question, Town

THREADS = 8
HANG_UPS = 0.02
"""The share of askers who do not wait for the answer."""
SHARES = {"page": 15, "API": 15, "API by token": 5, "stranger": 5, "everything": 25}
"""Of the mixture, in parts; 3 of every other kind."""
FAIL_LOUDLY = {"raises", "fails", "bare", "streams_bare", "on_commit"}
CUT = 599
"""In the place of a status: the answer broke off."""


@dataclass(frozen=True)
class Told:
    status: int
    tokens: frozenset[str]


@dataclass
class Tally:
    asked: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    leaks: Counter[str] = field(default_factory=Counter)
    """More than the reader may know."""
    empty: Counter[str] = field(default_factory=Counter)
    """Less than they were told alone."""
    broken: int = 0
    """No answer, or one of 5xx that is none alone: what a killed connection costs."""
    hung_up: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        counted = (getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__)
        return Tally(*counted)

    @property
    def total(self) -> int:
        return sum(self.asked.values())


@dataclass
class Race:
    town: Town
    port: int
    questions: dict[str, list[Question]]
    alone: dict[Question, Told] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    def ask(self, question: Question) -> Told:
        connection = HTTPConnection(HOST, self.port, timeout=120)
        status, body = CUT, b""
        try:
            connection.request(question.method, question.path, question.body or None, question.headers)
            answer = connection.getresponse()
            body = answer.read()
            status = answer.status
        except HTTPException as reason:
            body = getattr(reason, "partial", b"")
        except OSError:
            pass
        finally:
            connection.close()
        return Told(status, frozenset(found(body)))

    def hang_up(self, question: Question) -> None:
        connection = HTTPConnection(HOST, self.port, timeout=120)
        connection.request(question.method, question.path, question.body or None, question.headers)
        connection.close()

    def ask_each_alone(self) -> None:
        self.alone = {question: self.ask(question) for asked in self.questions.values() for question in asked}

    def judge(self, question: Question, told: Told, tally: Tally) -> None:
        alone, kind = self.alone[question], question.kind
        tally.asked[kind] += 1
        if leaked := told.tokens - self.town.known_to(question.who):
            tally.leaks[f"{question} was told {len(leaked)} texts too many"] += 1
        elif kind in FAIL_LOUDLY:
            tally.wrong[f"{question} answered {told.status}"] += told.status < 500 or bool(told.tokens)
        elif told.status >= 500:
            tally.broken += told.status != alone.status
        elif told.status != alone.status:
            tally.wrong[f"{question} answered {told.status}, alone {alone.status}"] += 1
        elif told != alone:
            missing, of = len(alone.tokens - told.tokens), len(alone.tokens)
            tally.empty[f"{question} lacked {missing} texts of {of}"] += 1

    def run(self, count: int, seed: int) -> Tally:
        chance, tally = random.Random(seed), Tally()  # noqa: S311
        kinds = sorted(self.questions)
        shares = [SHARES.get(kind, 3) for kind in kinds]
        for kind in chance.choices(kinds, shares, k=count):
            if self._over.is_set():
                break
            question = chance.choice(self.questions[kind])
            if chance.random() < HANG_UPS:
                self.hang_up(question)
                tally.hung_up += 1
            else:
                self.judge(question, self.ask(question), tally)
        return tally

    def run_at_once(self, count: int) -> Tally:
        """A Ctrl-C ends them all, and what was answered until then is judged."""
        with ThreadPoolExecutor(THREADS) as threads:
            running = [threads.submit(self.run, count // THREADS, seed) for seed in range(THREADS)]
            with suppress(KeyboardInterrupt):
                wait(running)
            self._over.set()
            return sum((each.result() for each in running), Tally())


def figures(name: str, tally: Tally, killer: Killer, seconds: float) -> str:
    asked = ", ".join(f"{kind} {count:,}" for kind, count in tally.asked.most_common())
    held = killer.seen.most_common(1)[0][0] if killer.seen else 0
    return (
        f"\n{name}: {tally.total:,} requests answered in {seconds:.0f} s over {held} connections to PostgreSQL, "
        f"{killer.killed:,} of them killed, {tally.hung_up:,} askers who hung up:\n"
        f"  {sum(tally.leaks.values())} leaks, {sum(tally.empty.values())} wrongly empty, "
        f"{sum(tally.wrong.values())} otherwise wrong, {tally.broken:,} not answered for a killed connection\n"
        f"  {asked}"
    )


def timed(race: Race, count: int, killer: Killer) -> tuple[Tally, float]:
    began = time.monotonic()
    with killer:
        tally = race.run_at_once(count)
    return tally, time.monotonic() - began
