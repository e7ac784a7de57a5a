"""The real stack of a race: gunicorn in processes of its own, PgBouncer where asked for, and somebody who kills."""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.db import connections

from diplomacy.embedded import BASE_DIR
from diplomacy.run import end_with_parent

HOST = "127.0.0.1"
POOL = 2
"""Connections to PostgreSQL, whoever asks."""
# Two threads of one process keep a connection each, as the product does; or eight of two share PgBouncer's.
DIRECTLY = {"WEB_WORKERS": "1", "WEB_THREADS": str(POOL), "CONN_MAX_AGE": "600"}
BEHIND_PGBOUNCER = {"WEB_WORKERS": "2", "WEB_THREADS": "4", "CONN_MAX_AGE": "0", "BEHIND_PGBOUNCER": "1"}
BACKENDS = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user
AND backend_type = 'client backend' AND application_name <> 'races' ORDER BY random()
"""


def pgbouncer() -> str | None:
    folders = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"
    return shutil.which(os.environ.get("PGBOUNCER") or "pgbouncer", path=folders)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def database() -> dict[str, Any]:
    """The test's own, by the app role."""
    said = connections["default"].settings_dict
    return {name: said[name] for name in ("HOST", "PORT", "USER", "PASSWORD", "NAME")}


def url(said: dict[str, Any]) -> str:
    user, password = quote(said["USER"], safe=""), quote(said["PASSWORD"], safe="")
    return f"postgresql://{user}:{password}@{said['HOST']}:{said['PORT']}/{said['NAME']}"


@contextlib.contextmanager
def started(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as told:
        process = subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env=environment,
            stdout=told,
            stderr=told,
            preexec_fn=end_with_parent,  # noqa: PLW1509
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text()[-3000:])


@contextlib.contextmanager
def pooled(said: dict[str, Any], at: Path) -> Iterator[dict[str, Any]]:
    """PgBouncer in transaction mode, with two connections for everybody."""
    program, port = pgbouncer(), free_port()
    assert program
    config = at / "pgbouncer.ini"
    config.touch(mode=0o600)
    config.write_text(
        "[databases]\n"
        f"{said['NAME']} = host={said['HOST']} port={said['PORT']} user={said['USER']} password='{said['PASSWORD']}'\n"
        "[pgbouncer]\n"
        f"listen_addr = {HOST}\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {POOL}\n"
    )
    user = ["-u", "nobody"] if os.geteuid() == 0 else []  # It refuses to run as root.
    log = at / "pgbouncer.log"
    with started([program, *user, str(config)], dict(os.environ), log) as process:
        wait_for(port, process, log)
        yield said | {"HOST": HOST, "PORT": port}


@contextlib.contextmanager
def serving(said: dict[str, Any], at: Path, **more: str) -> Iterator[int]:
    port, log = free_port(), at / "web.log"
    # Nobody's reading is slowed or reported here: it is what they read that counts.
    environment = (
        os.environ
        | {
            "DATABASE_URL": url(said),
            "PORT": str(port),
            "BULK_READ_LIMIT": "1000000",
            "BULK_LIST_LIMIT": "1000000",
        }
        | more
    )
    environment.pop("DATABASE_OWNER_URL", None)
    command = [str(Path(sys.executable).parent / "gunicorn"), "tests.walls.races.served"]
    with started(command, environment, log) as process:
        wait_for(port, process, log)
        answer = http.client.HTTPConnection(HOST, port, timeout=60)
        answer.request("GET", "/sign-in/login/")
        assert answer.getresponse().status == 200, log.read_text()[-3000:]
        yield port


@dataclass
class Killer:
    """Ends one of the stack's connections to PostgreSQL every so often, whatever it is doing."""

    said: dict[str, Any]
    every: float
    killed: int = 0
    seen: Counter[int] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Killer":
        self._thread = threading.Thread(target=self._kill)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _kill(self) -> None:
        with psycopg.connect(url(self.said), autocommit=True, application_name="races") as connection:
            while not self._over.wait(self.every):
                pids = [pid for (pid,) in connection.execute(BACKENDS).fetchall()]
                self.seen[len(pids)] += 1
                if pids:
                    connection.execute("SELECT pg_terminate_backend(%s)", [pids[0]])
                    self.killed += 1
