from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from diplomacy.lib.rls import keys


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
        said = super().handle(*arguments, **options)
        keys.install(connections[options["database"]])
        return said
