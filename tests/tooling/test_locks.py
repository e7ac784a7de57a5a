"""Migrations of a product that is in use, on tables that are full: nobody who writes waits for long.

`make migrations` is the long form: MIGRATIONS=1000000 engagements, and as much around them.
"""

import os
import threading
import time
from collections.abc import Iterator

import pytest
from django.db.migrations.migration import Migration
from pytest_django.plugin import DjangoDbBlocker

from tests.tooling.migrating import database, rows
from tests.tooling.migrating.database import Database
from tests.tooling.migrating.watch import NOTHING, Watch, scans, watching

NUMBER = int(os.environ.get("MIGRATIONS", "0"))
IS_LONG = NUMBER > 0
BOUND = 0.5
"""Seconds, at a million rows. With a few a lock says only how busy the machine is: there the statements are looked at."""
TABLE = "engagements_engagement"
SLOW = """
CREATE FUNCTION slowly(bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS
'BEGIN PERFORM pg_sleep(0.005); RETURN $1; END'
"""


Before = tuple[Database, dict[str, int]]
"""A database as the first version left it, and how many rows are in its tables."""


@pytest.fixture(scope="module")
def first(django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[str, dict[str, int]]]:
    name = f"test_diplomacy_{os.getpid()}_first"
    database.make(name)
    with django_db_blocker.unblock(), database.known(name) as found:
        found.migrate_to_the_first()
        with found.superuser() as superuser:
            tables = rows.fill(superuser, NUMBER or 200)
    yield name, tables
    database.drop(name)


@pytest.fixture
def before(first: tuple[str, dict[str, int]], django_db_blocker: DjangoDbBlocker) -> Iterator[Before]:
    name = f"test_diplomacy_{os.getpid()}_migrating"
    database.make(name, like=first[0])
    with django_db_blocker.unblock(), database.known(name) as found:
        yield found, first[1]
    database.drop(name)


class Figure:
    def __init__(self) -> None:
        self.began = time.monotonic()
        self.seconds = 0.0
        self.lock = self.wait = NOTHING
        self.statements: list[str] = []

    def is_too_long(self) -> bool:
        return max(self.lock, self.wait).seconds > BOUND


class Figures(dict[str, Figure]):
    """Of each migration how long it took, the longest lock, the longest wait, and what it said."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.now = Figure()

    def note(self, action: str, migration: Migration) -> None:
        if action == "apply_start":
            self.watch.begin()
            self.now = Figure()
        elif action == "apply_success":
            self.now.lock, self.now.wait = self.watch.done()
            self.now.seconds = time.monotonic() - self.now.began
            self[str(migration)] = self.now

    def hear(self, statement: str) -> None:
        self.now.statements.append(statement)

    def __str__(self) -> str:
        lines = [
            f"| {name} | {each.seconds:.1f} | {each.lock} | {each.wait} |" for name, each in self.items()
        ]
        head = "| migration | s | longest lock | longest blocked write |\n|---|--:|---|---|"
        return "\n".join([head, *lines])


@pytest.mark.timeout(3600)
def test_every_migration_runs_on_full_tables_and_keeps_nobody_waiting(before: Before) -> None:
    found, tables = before
    with watching(found.superuser, tables) as watch:
        figures = Figures(watch)
        found.migrate(figures.note, hear=figures.hear)
    print(
        f"\n{tables[TABLE]:,} engagements, {sum(tables.values()):,} rows in {len(tables)} tables.\n{figures}"
    )
    assert "AccessExclusiveLock" in str(figures["engagements.0003_second_wall"].lock), "nobody was looking"
    scanning = {name: said for name, each in figures.items() if (said := scans(each.statements, tables))}
    assert not scanning
    if IS_LONG:
        assert not [name for name, each in figures.items() if each.is_too_long()]


def test_a_statement_that_looks_at_every_row_is_told_from_one_that_need_not() -> None:
    required = "ALTER TABLE one ALTER COLUMN key SET NOT NULL"
    check = "ALTER TABLE one ADD CONSTRAINT has_key CHECK (key IS NOT NULL) NOT VALID"
    validated = "ALTER TABLE one VALIDATE CONSTRAINT has_key"
    looking = (
        required,
        "CREATE INDEX by_key ON one (key)",
        "ALTER TABLE one ADD CONSTRAINT once UNIQUE (key)",
        "ALTER TABLE one ADD COLUMN key uuid DEFAULT (gen_random_uuid()) NOT NULL",
    )
    for statement in looking:
        assert scans([statement], {"one"}) == [statement]
        assert not scans([statement], {"another"})
    assert not scans(["ALTER TABLE one ADD CONSTRAINT once UNIQUE USING INDEX once"], {"one"})
    assert not scans([check, validated, required], {"one"})
    assert scans([check, required], {"one"}) == scans([required, check, validated], {"one"}) == [required]


def test_an_index_that_keeps_writers_waiting_is_noticed_and_one_made_beside_them_is_not(
    before: Before,
) -> None:
    found, tables = before
    with watching(found.superuser, tables) as watch, found.owner.cursor() as owner:
        owner.execute(SLOW)
        watch.begin()
        owner.execute(f"CREATE INDEX CONCURRENTLY beside ON {TABLE} (slowly(id))")
        assert not watch.done()[0].where, "nobody waits for an index that is made beside them"
        watch.begin()
        owner.execute(f"CREATE INDEX slow ON {TABLE} (slowly(id))")
        lock, wait = watch.done()
    assert lock.where == f"{TABLE} ShareLock" and wait.where == TABLE
    assert min(lock, wait).seconds > BOUND


def test_a_row_that_is_held_is_noticed_though_no_table_is_locked(before: Before) -> None:
    found, tables = before
    with watching(found.superuser, tables) as watch, found.superuser() as migration:
        watch.begin()
        with migration.transaction():
            migration.execute(b"UPDATE engagements_engagement SET title = upper(title)")
            time.sleep(3 * BOUND)
        lock, wait = watch.done()
    assert not lock.where and wait.where == TABLE and wait.seconds > BOUND


def test_a_migration_that_must_wait_for_a_reader_lets_those_behind_it_pass(before: Before) -> None:
    """A long report holds the table. Whoever asks for all of it queues, and every later writer behind them."""
    found, tables = before
    for upto in (("activity", "0007"), ("engagements", "0002")):
        found.migrate(lambda *_: None, *upto)
    began, ended = threading.Event(), threading.Event()

    def report() -> None:
        with found.superuser() as reader, reader.transaction():
            reader.execute(f"SELECT FROM {TABLE}".encode())
            began.set()
            ended.wait(60)

    reading = threading.Thread(target=report)
    with watching(found.superuser, {TABLE: tables[TABLE]}) as watch:
        reading.start()
        began.wait()
        threading.Timer(4, ended.set).start()
        found.migrate(lambda *_: None, "engagements", "0003")
        assert ended.is_set(), "the report was not waited for"
        assert watch.done()[1].seconds < 2, "a writer waited as long as the report took"
    reading.join()
    with found.superuser() as superuser:
        shown = superuser.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = %s", [TABLE])
        assert shown.fetchone() == (True,)
