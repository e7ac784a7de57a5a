from typing import Any

from django.core.management.commands import flush
from django.db import DEFAULT_DB_ALIAS, connections


class Command(flush.Command):
    """The app role may not TRUNCATE, so tests that commit are cleaned up as the owner.

    Over a connection of another name: Django's tests forbid `owner` to a test that did not ask for it.
    """

    def handle(self, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS or "owner" not in connections:
            super().handle(**options)
            return
        connections["flush"] = connections["owner"].copy(alias="flush")
        try:
            super().handle(**options | {"database": "flush"})
        finally:
            connections["flush"].close()
            del connections["flush"]
