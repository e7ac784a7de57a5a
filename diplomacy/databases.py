"""The app role may not change tables, so only the owner connection migrates."""

from django.conf import settings


class OwnerMigrates:
    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool | None:
        return db == "owner" if "owner" in settings.DATABASES else None
