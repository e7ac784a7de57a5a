from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import actions
from accounts.models import Division, Office
from diplomacy.lib.errors import Invalid


class Command(BaseCommand):
    help = "Opens an office, or with --desk a federal desk, and prints its reference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--level", required=True, choices=Office.Level.values)
        parser.add_argument("--short-name", default="", help="For tight places; the name when left out")
        parser.add_argument(
            "--division", default="", help="Open Civic Data id, for example ocd-division/country:us/state:ca"
        )
        parser.add_argument("--desk", action="store_true", help="A federal office that advises")
        parser.add_argument("--time-zone", default="America/New_York")

    def handle(self, *, name: str, level: str, desk: bool, time_zone: str, **options: Any) -> None:
        short_name = options["short_name"] or name
        division = self._division(options["division"])
        try:
            office = actions.open_office_by_command(
                name=name,
                short_name=short_name,
                level=level,
                division=division,
                is_desk=desk,
                time_zone=time_zone,
            )
        except Invalid as refusal:
            raise CommandError(f"Nothing was saved. {refusal.reason}") from None
        self.stdout.write(f"{office.reference}  {office}")

    def _division(self, ocd_id: str) -> Division | None:
        found = Division.objects.filter(ocd_id=ocd_id).first()
        if ocd_id and found is None:
            raise CommandError(
                f"There is no division {ocd_id}. Load divisions first: manage.py import_divisions."
            )
        return found
