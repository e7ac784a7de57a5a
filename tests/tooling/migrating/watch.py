"""For how long others could not write: locks of tables, as PostgreSQL shows them, and people who write meanwhile."""

import contextlib
import random
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

import psycopg

EVERY, PAUSE = 0.01, 0.05
HELD = """
SELECT l.relation::regclass::text || ' ' || l.mode, a.pid, a.xact_start FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.granted AND l.locktype = 'relation' AND l.relation = ANY(%s::regclass[]) AND a.backend_type = 'client backend'
    AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
"""The modes beside which nobody updates a row."""
WAITING = """
SELECT a.application_name, extract(epoch FROM clock_timestamp() - l.waitstart)::float
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND l.waitstart IS NOT NULL AND a.application_name = ANY(%s)
"""
"""Writers are called by the name of their table. What they wait for is a lock, and not their turn on a busy machine."""
WRITE = "UPDATE {table} SET id = id WHERE id = %s"
LOOKS_AT_EVERY_ROW = re.compile(
    r"""CREATE\ (UNIQUE\ )?INDEX\ (?!CONCURRENTLY).*?\ ON\ "?(?P<indexed>\w+)
    | ALTER\ TABLE\ "?(?P<constrained>\w+)"?\ ADD\ CONSTRAINT\ (?!.*NOT\ VALID|.*USING\ INDEX).*(FOREIGN\ KEY|CHECK|UNIQUE|EXCLUDE)
    | ALTER\ TABLE\ "?(?P<changed>\w+)"?\ .*(SET\ NOT\ NULL|\ TYPE\ |ADD\ COLUMN.*DEFAULT\ \(?(GEN_RANDOM_UUID|RANDOM|CLOCK))""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""While it does, nobody writes to the table. What the linter is shown beforehand is not all of it: an AlterField shows as
nothing, and drops a foreign key to check a new one."""
Connect = Callable[[], psycopg.Connection[Any]]


class Found(NamedTuple):
    seconds: float
    where: str

    def __str__(self) -> str:
        return f"{1000 * self.seconds:.0f} ms {self.where}" if self.where else "–"


NOTHING = Found(0, "")


def scans(statements: list[str], tables: Collection[str]) -> list[str]:
    """Those that look at every row of one of these tables with everybody waiting, though it may not take long here."""
    found = [(LOOKS_AT_EVERY_ROW.search(statement), statement) for statement in statements]
    looking = [said for match, said in found if match and set(match.groupdict().values()) & set(tables)]
    return [said for said in looking if not _was_checked(said, statements[: statements.index(said)])]


def _was_checked(statement: str, before: list[str]) -> bool:
    """`SET NOT NULL` on a column of which a constraint was validated beforehand looks at no row."""
    required = re.fullmatch(r"ALTER TABLE (\w+) ALTER COLUMN (\w+) SET NOT NULL", statement)
    if not required:
        return False
    table, column = required.groups()
    checks = [
        re.search(rf"ALTER TABLE {table} ADD CONSTRAINT (\w+) CHECK \({column} IS NOT NULL\)", said)
        for said in before
    ]
    return any(f"ALTER TABLE {table} VALIDATE CONSTRAINT {check[1]}" in before for check in checks if check)


class Watch:
    """Of tables with so many rows; `done` says the longest lock and the longest wait since `begin`."""

    def __init__(self, tables: dict[str, int]) -> None:
        self.tables = tables
        self.over = threading.Event()
        self.guard = threading.Lock()
        self.broken: list[BaseException] = []
        self.begin()

    def begin(self) -> None:
        with self.guard:
            self.since: dict[tuple[Any, ...], float] = {}
            self.lock, self.wait = NOTHING, NOTHING

    def done(self) -> tuple[Found, Found]:
        with self.guard:
            return self.lock, self.wait

    def sample(self, connection: psycopg.Connection[Any]) -> None:
        names, asked = list(self.tables), time.monotonic()
        held = connection.execute(HELD, [names]).fetchall()
        waiting = connection.execute(WAITING, [names]).fetchall()
        now = time.monotonic()
        with self.guard:
            self.since = {lock: self.since.get(lock, asked) for lock in held}
            self.lock = max([self.lock, *(Found(now - since, lock[0]) for lock, since in self.since.items())])
            self.wait = max([self.wait, *(Found(seconds, table) for table, seconds in waiting)])

    def write(self, connection: psycopg.Connection[Any], table: str) -> None:
        row = random.randint(1, self.tables[table])  # noqa: S311 (any row)
        connection.execute(WRITE.format(table=table).encode(), [row])


@contextlib.contextmanager
def watching(connect: Connect, tables: dict[str, int]) -> Iterator[Watch]:
    """One who looks at locks, and for each table one who writes."""
    watch = Watch(tables)

    def again_and_again(name: str, what: Callable[[psycopg.Connection[Any]], None], pause: float) -> None:
        try:
            with connect() as connection:
                # Triggers are not to refuse: an entry of the log is locked like any row, and is not changed.
                connection.execute("SET session_replication_role = replica")
                connection.execute("SELECT set_config('application_name', %s, false)", [name])
                while not watch.over.wait(pause):
                    what(connection)
        except BaseException as error:  # noqa: BLE001 (said when it is over)
            watch.broken.append(error)

    def writes(table: str) -> Callable[[psycopg.Connection[Any]], None]:
        return lambda connection: watch.write(connection, table)

    work = [("watch", watch.sample, EVERY), *((table, writes(table), PAUSE) for table in tables)]
    threads = [threading.Thread(target=again_and_again, args=each, daemon=True) for each in work]
    for thread in threads:
        thread.start()
    try:
        yield watch
    finally:
        watch.over.set()
        for thread in threads:
            thread.join(60)
    if watch.broken:
        raise watch.broken[0]
