from typing import Any

from django.core.management.commands import flush
from django.db import DEFAULT_DB_ALIAS, connections


class Command(flush.Command):
    """The app role may not TRUNCATE, so tests that commit are cleaned up as the owner.

    Over a connection of its own: Django's tests forbid the shared one to a test that did not ask for it.
    """

    def handle(self, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS or "owner" not in connections.settings:
            super().handle(**options)
            return
        shared = connections["owner"]
        connections["owner"] = shared.copy()
        try:
            super().handle(**options | {"database": "owner"})
        finally:
            connections["owner"].close()
            connections["owner"] = shared
