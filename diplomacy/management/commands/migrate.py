import time
from collections.abc import Callable
from typing import Any

import psycopg.errors
from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from diplomacy.lib.rls import keys, samples

BOUNDED = "SET lock_timeout = '200ms'"
"""Everybody who writes waits behind a migration that waits for a table: it gives up, lets them pass, and comes again."""
TRIES, PAUSE = 60, 1.0


class Command(migrate.Command):
    """Tables belong to the owner role, so migrations go through its connection, never through the app's."""

    def handle(self, *arguments: Any, **options: Any) -> str | None:
        if "owner" not in settings.DATABASES:
            raise CommandError(
                "Set DATABASE_OWNER_URL: the role of DATABASE_URL owns no tables and cannot migrate. "
                "docs/operations.md says how the two roles are made."
            )
        if options["database"] == DEFAULT_DB_ALIAS:
            options["database"] = "owner"
        connection = connections[options["database"]]
        with connection.cursor() as cursor, connection.execute_wrapper(self.patiently):
            cursor.execute(BOUNDED)
            said: str | None = self.again_and_again(
                lambda: super(Command, self).handle(*arguments, **options)
            )
            cursor.execute("RESET lock_timeout")
        keys.install(connection)
        samples.withhold(connection)
        return said

    def patiently(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Statement by statement, unless a transaction is around it: then the migration is begun anew, by `handle`."""

        def run(statement: str, *more: Any) -> Any:
            return execute(statement, *(more or (None, False)), context)

        if " CONCURRENTLY " in sql:  # It waits for whoever began before it, and keeps nobody waiting.
            run("SET lock_timeout = 0")
            try:
                return run(sql, params, many)
            finally:
                run(BOUNDED)
        if context["connection"].in_atomic_block:
            return run(sql, params, many)
        return self.again_and_again(lambda: run(sql, params, many))

    def again_and_again(self, what: Callable[[], Any]) -> Any:
        for _ in range(TRIES):
            try:
                return what()
            except OperationalError as error:
                if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                    raise
                self.stderr.write("A table is in use by others, who go first. Again in a moment.")
                time.sleep(PAUSE)
        return what()
