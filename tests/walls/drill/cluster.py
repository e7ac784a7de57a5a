"""PostgreSQL clusters of a drill's own. Every command is one that docs/operations.md tells the operator to give."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from diplomacy.embedded.postgres import SECOND_WALL, Postgres
from diplomacy.embedded.service import APP, HOST, OWNER, PASSWORDS, Memory, wait_until

BACKUP, RESTORED = "diplomacy_backup", "diplomacy_restored"
MAKE_BACKUP_ROLE = (
    "CREATE ROLE diplomacy_backup LOGIN BYPASSRLS REPLICATION PASSWORD {password}",
    "GRANT pg_read_all_data TO diplomacy_backup",
)
DUMP = ("pg_dump", "--format=custom")
RESTORE = ("pg_restore", "--exit-on-error", "--jobs=2")
ANALYZE = ("vacuumdb", "--analyze-only")
BASE_BACKUP = ("pg_basebackup", "--checkpoint=fast")
ARCHIVE = (
    "archive_mode = on\n"
    """archive_command = 'test ! -f "{wal}/%f" && cp "%p" "{wal}/%f"'\n"""
    "archive_timeout = 60\n"
)
RECOVER = (
    "archive_mode = off\n"
    """restore_command = 'cp "{wal}/%f" "%p"'\n"""
    "recovery_target_time = '{moment}'\n"
    "recovery_target_action = promote\n"
)


class Cluster(Postgres):
    """`database` is the product's in it."""

    def __init__(self, at: Path, memory: Memory | None = None, *, database: str = RESTORED) -> None:
        at.mkdir(parents=True, exist_ok=True)
        super().__init__(at, memory or Memory(at), fast=False)
        self.database = database
        self.wal = self.home / "wal"

    def url(self, role: str) -> str:
        return (
            f"postgresql://{role}:{self.memory[role]}@{HOST}:{self.memory['postgres_port']}/{self.database}"
        )

    def superuser(self) -> psycopg.Connection[Any]:
        return self.connect(self.database)

    def run(self, program: str, *arguments: str, role: str = "postgres") -> None:
        line = [str(self.bin / program), *arguments]
        said = {"PGHOST": HOST, "PGPORT": str(self.memory["postgres_port"]), "PGUSER": role}
        environment = os.environ | said | {"PGPASSWORD": self.memory[role]}
        done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def configure(self, lines: str) -> None:
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(lines)

    def owned(self, folder: Path) -> Path:
        folder.mkdir(mode=0o700)
        os.chown(folder, self.home.stat().st_uid, -1)
        return folder


@contextlib.contextmanager
def backup_role(cluster: Cluster) -> Iterator[None]:
    """In a cluster that others use too: a role that reads past policies does not stay."""
    cluster.memory.values[BACKUP] = "only-for-the-drill"
    drop = f"DROP ROLE IF EXISTS {BACKUP}".encode()
    with cluster.connect() as connection:
        connection.execute(drop)
        for line in MAKE_BACKUP_ROLE:
            connection.execute(sql.SQL(line).format(password=cluster.memory[BACKUP]))
    try:
        yield
    finally:
        with cluster.connect() as connection:
            connection.execute(drop)


def dump(cluster: Cluster, to: Path) -> None:
    cluster.run(*DUMP, "--dbname", cluster.database, "--file", str(to), role=BACKUP)


@contextlib.contextmanager
def fresh(at: Path) -> Iterator[Cluster]:
    """A new machine: roles and nothing else. It archives its WAL from the first moment."""
    cluster = Cluster(at)
    cluster.make()
    cluster.configure(ARCHIVE.format(wal=cluster.owned(cluster.wal)))
    cluster.start()
    try:
        with cluster.connect() as connection:
            for name in (OWNER, APP):
                make = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                connection.execute(make.format(sql.Identifier(name), cluster.memory[name]))
            connection.execute(SECOND_WALL.read_bytes())
        yield cluster
    finally:
        cluster.stop()


def restore(cluster: Cluster, dumped: Path) -> float:
    """Seconds it took."""
    began = time.monotonic()
    cluster.run("createdb", "--owner", OWNER, RESTORED)
    cluster.run(*RESTORE, "--dbname", RESTORED, str(dumped))
    cluster.run(*ANALYZE, "--quiet", "--dbname", RESTORED)
    return time.monotonic() - began


def base_backup(cluster: Cluster, at: Path) -> "Cluster":
    """Taken while the product works. What comes back is not started yet."""
    at.mkdir()
    memory = Memory(at)
    memory.keep(**{name: cluster.memory[name] for name in (*PASSWORDS, BACKUP)})
    copy = Cluster(at, memory)
    copy.home.mkdir(mode=0o700)
    cluster.run(*BASE_BACKUP, "--pgdata", str(copy.data), role=BACKUP)
    if os.geteuid() == 0:
        for path in (copy.home, *copy.home.rglob("*")):
            shutil.chown(path, cluster.home.stat().st_uid)
    return copy


def archive_all(cluster: Cluster) -> None:
    with cluster.connect() as connection:
        (last,) = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
    assert wait_until((cluster.wal / last).exists, 30), cluster.log.read_text()[-2000:]


@contextlib.contextmanager
def recovered(copy: Cluster, wal: Path, moment: str) -> Iterator[float]:
    """The base backup and all WAL up to a moment. Gives the seconds it took until it could be written."""
    copy.configure(RECOVER.format(wal=wal, moment=moment))
    (copy.data / "recovery.signal").touch()
    began = time.monotonic()
    copy.start()
    try:
        assert wait_until(lambda: not _is_recovering(copy), 600), copy.log.read_text()[-2000:]
        yield time.monotonic() - began
    finally:
        copy.stop()


def _is_recovering(cluster: Cluster) -> bool:
    with cluster.connect() as connection:
        return connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
