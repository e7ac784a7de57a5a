"""A database of its own, as it was before the migrations that are to be watched."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration

from diplomacy.embedded.service import HOST, OWNER, Memory
from diplomacy.management.commands import migrate

ALIAS = "migrating"
FIRST = {
    "accounts": "0001_initial",
    "activity": "0001_initial",
    "briefings": "0001_initial",
    "counterparts": "0001_initial",
    "diplomacy": "0001_app_role",
    "engagements": "0001_initial",
}
"""Apps that are not here began later, beside what was there."""
LATER = {"records"}


class Watched(migrate.Command):
    """`manage.py migrate` as it is, which says of each migration when it begins and when it is through."""

    watch: Callable[[str, Migration], None]

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        if migration is not None:
            self.watch(action, migration)


class Database:
    def __init__(self, name: str) -> None:
        self.name = name
        self.memory = Memory(Path(os.environ["VAR_DIR"]))
        if str(self.memory.values.get("postgres_port")) != str(connections["owner"].settings_dict["PORT"]):
            pytest.skip("the tests' PostgreSQL is not embedded: nobody gave us its superuser")

    @property
    def owner(self) -> BaseDatabaseWrapper:
        return connections[ALIAS]

    def superuser(self) -> psycopg.Connection[Any]:
        """Whom no policy hides rows from, so that it meets locks of rows too."""
        return psycopg.connect(
            host=HOST,
            port=self.memory["postgres_port"],
            user="postgres",
            password=self.memory["postgres"],
            dbname=self.name,
            autocommit=True,
        )

    def migrate_to_the_first(self) -> None:
        executor = MigrationExecutor(self.owner)
        ends = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in {*FIRST, *LATER}]
        executor.migrate([*ends, *FIRST.items()])

    def migrate(
        self, watch: Callable[[str, Migration], None], *upto: str, hear: Callable[[str], object] = len
    ) -> None:
        """`watch` is told what begins and ends, `hear` every statement."""

        def overheard(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
            hear(sql)
            return execute(sql, *more)

        command = Watched()
        command.watch = watch
        with self.owner.execute_wrapper(overheard):
            call_command(command, *upto, database=ALIAS, verbosity=0, skip_checks=True)


def make(name: str, *, like: str = "template1") -> None:
    with Database("postgres").superuser() as maker:
        maker.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        maker.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {like} STRATEGY FILE_COPY".encode())


def drop(name: str) -> None:
    with Database("postgres").superuser() as maker:
        maker.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextlib.contextmanager
def known(name: str) -> Iterator[Database]:
    """Django knows it while this lasts."""
    given = connections["owner"].settings_dict
    connections.settings[ALIAS] = given | {"NAME": name, "TEST": dict(given["TEST"])}
    found = Database(name)
    try:
        yield found
    finally:
        found.owner.close()
        del connections[ALIAS]
        del connections.settings[ALIAS]
