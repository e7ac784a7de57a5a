from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from activity import retention
from diplomacy.lib.errors import Invalid


class Command(BaseCommand):
    help = (
        "Say for how many years the content of a kind of entry is kept, such as: set_retention activity.refused 3."
        " Without arguments it shows the schedule. Needs DATABASE_OWNER_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", nargs="?", help="how the name of the kind begins; '' for all")
        parser.add_argument("years", nargs="?", type=int)

    def handle(self, *args: Any, kind: str | None = None, years: int | None = None, **options: Any) -> None:
        if kind is not None and years is not None:
            self._set(kind, years)
        for row in retention.schedule():
            self.stdout.write(str(row))

    def _set(self, kind: str, years: int) -> None:
        if "owner" not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: the application's role may only read the schedule.")
        try:
            retention.set_years(kind, years)
        except Invalid as invalid:
            raise CommandError(str(invalid)) from None
