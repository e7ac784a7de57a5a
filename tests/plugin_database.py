"""Services, settings and databases of a test run.

Tests run as the app role, on a database that the owner role makes and migrates, so that what the app may not do fails
here first. Imported by conftest.py before Django reads its settings: without DATABASE_URL it starts the embedded
services in var/test. Every run and every worker has a database of its own.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest
from django.db import OperationalError, connection, connections
from django.db.backends.signals import connection_created
from django.test.client import ClientHandler
from django.test.utils import setup_databases, teardown_databases
from psycopg.pq import TransactionStatus
from pytest_django.plugin import DjangoDbBlocker

from diplomacy.embedded import BASE_DIR, services

# First come, the whole run: workers inherit the environment of the process that starts them.
RUN = os.environ.setdefault("TEST_RUN", str(os.getpid()))
os.environ.update({"TESTING": "1", "DEBUG": "0", "DEMO": "0", "REDIS_PREFIX": f"test{RUN}:"})
os.environ.setdefault("VAR_DIR", str(BASE_DIR / "var" / "test"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diplomacy.settings")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 4)
TEMPLATE = "test_template"
NAME = re.compile(r"test_diplomacy_(\d+)_\w+")
_running = contextlib.ExitStack()
_running.enter_context(services(Path(os.environ["VAR_DIR"]), fast=True))
# WhiteNoise warns of a folder that is missing, and warnings fail.
(Path(os.environ["VAR_DIR"]) / "static").mkdir(parents=True, exist_ok=True)
django.setup()

from diplomacy.lib.rls import SYSTEM  # noqa: E402 (needs the settings above)
from diplomacy.lib.rls import context as rls  # noqa: E402

rls.SECONDS = 10**10  # Tests travel in time, PostgreSQL does not.


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def drop_left_over() -> None:
    """A killed run leaves its databases; the next one clears them away."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall():
            if (match := NAME.fullmatch(name)) and not is_alive(int(match[1])):
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        drop_left_over()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After a test that commits, the owner empties the tables: the app role may not, and a mirror is never flushed."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        asked_for = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if asked_for or (marker and marker.kwargs.get("transaction")):
            both = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
            item.add_marker(both, append=False)


def pytest_unconfigure(config: pytest.Config) -> None:
    _running.close()


def _template() -> str:
    """A migrated database that each worker's is copied from, kept until a migration changes: migrating takes ten times as
    long as copying."""
    name = f"{TEMPLATE}_{_digest()}"
    with (Path(os.environ["VAR_DIR"]) / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
            held = {row[0] for row in owner.execute("SELECT datname FROM pg_database")}
            if name not in held:
                _make(f"{name}_unfinished")
                owner.execute(f'ALTER DATABASE "{name}_unfinished" RENAME TO "{name}"'.encode())
            for old in held:
                if old.startswith(TEMPLATE) and old != name:
                    owner.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)'.encode())
    return name


def _make(name: str) -> None:
    connections["owner"].settings_dict["TEST"] |= {"NAME": name, "DEPENDENCIES": []}
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    setup_databases(verbosity=0, interactive=False)
    connections.close_all()
    for alias, real in before.items():
        connections[alias].settings_dict["NAME"] = real


def _digest() -> str:
    """Of all that makes the tables what they are: our migrations, what they are written with, and the packages."""
    of = [
        *BASE_DIR.glob("*/migrations/*.py"),
        *BASE_DIR.glob("diplomacy/lib/rls/*.py"),
        BASE_DIR / "requirements.txt",
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(of))).hexdigest()[:16]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> Iterator[None]:
    """The owner's alias is always made, whichever aliases tests ask for: `default` is a mirror of it."""
    name = f"test_diplomacy_{RUN}_{worker_id}"
    with django_db_blocker.unblock():
        connections["owner"].settings_dict["TEST"] |= {"DEPENDENCIES": [], "TEMPLATE": _template()}
        connections["owner"].settings_dict["TEST"] |= {"NAME": name}
        made = setup_databases(verbosity=0, interactive=False)
        assert {connection.settings_dict["NAME"] for connection in connections.all()} == {name}
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        # A browser's server thread may still be letting go; what stays is dropped by the next run (drop_left_over).
        with contextlib.suppress(OperationalError):
            teardown_databases(made, verbosity=0)


def _uses_database(request: pytest.FixtureRequest) -> bool:
    asked_for = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    return bool(asked_for or request.node.get_closest_marker("django_db"))


@pytest.fixture(autouse=True)
def _everything_is_seen(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests arrange and look as the system; what people do goes through the doors, which name their own reader."""
    if not _uses_database(request):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    if connection.in_atomic_block:
        with rls.system("tests"):
            yield
        return
    connection_created.connect(_see_everything)
    connection.close()  # The next use says it on a connection of its own.
    yield
    connection_created.disconnect(_see_everything)
    connections.close_all()


@pytest.fixture(autouse=True)
def _requests_begin_as_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they do where the product runs: what a stranger's request may do, it does not do because a test sees everything."""
    called = ClientHandler.__call__

    def call(handler: ClientHandler, environ: Any) -> Any:
        with nobody():
            return called(handler, environ)

    monkeypatch.setattr(ClientHandler, "__call__", call)


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """Said past Django, which would count it among what a page asks."""
    before = getattr(connection, rls.HELD, rls.NOBODY)
    if before == rls.NOBODY or connection.connection is None:
        yield
        return
    _say(rls.NOBODY)
    try:
        yield
    finally:
        setattr(connection, rls.HELD, before)
        held = connection.connection
        if held is not None and held.info.transaction_status != TransactionStatus.INERROR:
            _say(before)


def _say(said: rls.Said) -> None:
    is_local = "true" if connection.in_atomic_block else "false"
    said_so = rls.SET.replace("true", is_local)
    connection.connection.execute(said_so, said)
    setattr(connection, rls.HELD, said)


def _see_everything(connection: Any, **_: object) -> None:
    """For a whole connection, where a test has no transaction around it. Never for the server's own threads."""
    if connection.alias != "default" or "process_request_thread" in threading.current_thread().name:
        return
    said = (SYSTEM, rls.signed(["system:tests"]))
    setattr(connection, rls.HELD, said)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, false), set_config('rls.context', %s, false)", said)


@pytest.fixture
def owner_connection(transactional_db: None) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """For the few tests that must look at what the app role may not touch."""
    given = connections["owner"].get_connection_params() | {
        "dbname": connections["default"].settings_dict["NAME"]
    }
    wanted = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if name in given}
    with psycopg.connect(**wanted, autocommit=True) as connection:
        yield connection
