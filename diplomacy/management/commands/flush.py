from typing import Any

from django.conf import settings
from django.core.management.commands import flush
from django.db import DEFAULT_DB_ALIAS


class Command(flush.Command):
    """The app role may not TRUNCATE; tests that commit are cleaned up through the owner's connection."""

    def handle(self, **options: Any) -> None:
        if options["database"] == DEFAULT_DB_ALIAS and "owner" in settings.DATABASES:
            options["database"] = "owner"
        super().handle(**options)
