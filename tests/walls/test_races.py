"""Many people at once over two connections to PostgreSQL: nobody gets what the request before them was given.

`make races` runs it long. Everything is real: gunicorn, sessions and tokens, the app role, PgBouncer where there is
one, connections that are killed in the middle and askers who hang up. Each answer is searched for canaries.
"""

import os
from pathlib import Path

import pytest
from django.db import connections

from tests.access.canaries import found
from tests.walls.races import stack, town
from tests.walls.races.asking import FAIL_LOUDLY, Race, Tally, figures, timed
from tests.walls.races.town import Town

COUNT = int(os.environ.get("RACES", "300"))
IS_LONG = COUNT > 1000
OF_A_KIND = 100 if IS_LONG else 6
needs_pgbouncer = pytest.mark.skipif(
    stack.pgbouncer() is None,
    reason="PgBouncer is not on PATH, and PGBOUNCER names none: install it to race through it",
)


@pytest.fixture
def built(transactional_db: None) -> Town:
    made = town.build(is_whole=IS_LONG)
    connections.close_all()
    return made


def expect_alone(made: Race) -> None:
    """What the race is measured by must itself be right, and tell something."""
    for question, told in made.alone.items():
        assert told.tokens <= made.town.known_to(question.who), question
        assert (told.status >= 500) == (question.kind in FAIL_LOUDLY), (str(question), told.status)
    telling = {question.kind for question, told in made.alone.items() if told.tokens}
    assert telling >= {"page", "API", "everything", "streams", "task"}


def run(name: str, built: Town, port: int) -> Tally:
    made = Race(built, port, town.questions(built, OF_A_KIND))
    made.ask_each_alone()
    expect_alone(made)
    killer = stack.Killer(stack.database(), every=1 if IS_LONG else 0.3)
    tally, seconds = timed(made, COUNT, killer)
    print(figures(name, tally, killer, seconds))
    assert killer.killed
    assert killer.seen.most_common(1)[0][0] <= stack.POOL
    assert tally.broken <= 2 * killer.killed
    return tally


def nothing_went_wrong(tally: Tally, at: Path) -> None:
    assert not tally.leaks, tally.leaks.most_common(10)
    assert not tally.empty, tally.empty.most_common(10)
    assert not +tally.wrong, tally.wrong.most_common(10)
    assert not found((at / "web.log").read_bytes())


@pytest.mark.slow
def test_nobody_gets_what_another_request_was_given(built: Town, tmp_path: Path) -> None:
    with stack.serving(stack.database(), tmp_path, **stack.DIRECTLY) as port:
        nothing_went_wrong(run("Directly", built, port), tmp_path)


@pytest.mark.slow
@needs_pgbouncer
def test_nobody_gets_through_pgbouncer_what_another_was_given(built: Town, tmp_path: Path) -> None:
    with (
        stack.pooled(stack.database(), tmp_path) as said,
        stack.serving(said, tmp_path, **stack.BEHIND_PGBOUNCER) as port,
    ):
        nothing_went_wrong(run("Through PgBouncer", built, port), tmp_path)


@pytest.mark.slow
def test_a_context_that_stays_on_its_connection_would_be_noticed(built: Town, tmp_path: Path) -> None:
    asked = {kind: town.questions(built, 4)[kind] for kind in ("everything", "page", "bare")}
    with stack.serving(stack.database(), tmp_path, RACES_BREAK="1", **stack.DIRECTLY) as port:
        made = Race(built, port, asked)
        made.ask_each_alone()
        tally = made.run_at_once(80)
    print(
        f"\nWith the context left on its connection: {sum(tally.leaks.values())} leaks in {tally.total} requests"
    )
    assert tally.leaks
    assert all(leak.startswith("bare") for leak in tally.leaks)
