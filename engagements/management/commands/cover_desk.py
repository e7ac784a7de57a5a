from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Division, Office
from diplomacy.lib.errors import Invalid
from engagements import actions
from engagements.choices import Topic


class Command(BaseCommand):
    help = "Adds to what a federal desk is asked about. Every part that is given must fit; repeat it for another rule."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("desk", help="Its reference")
        parser.add_argument("--country", default="", help="ISO 3166-1, for example MX")
        parser.add_argument("--subdivision", default="", help="ISO 3166-2, for example MX-BCN")
        parser.add_argument("--topic", default="", choices=Topic.values)
        parser.add_argument(
            "--division",
            default="",
            help="Offices in it, by Open Civic Data id, for example ocd-division/country:us/state:ca",
        )
        parser.add_argument("--fallback", action="store_true", help="What no other rule fits")

    def handle(self, *, desk: str, division: str, fallback: bool, **options: Any) -> None:
        found = Office.objects.desks().filter(reference=desk.upper()).first()
        if found is None:
            raise CommandError(f"There is no desk {desk}.")
        place = Division.objects.filter(ocd_id=division).first()
        if division and place is None:
            raise CommandError(f"There is no division {division}.")
        said = {name: options[name] for name in ("country", "subdivision", "topic")}
        try:
            rule = actions.cover_by_command(found, division=place, is_fallback=fallback, **said)
        except Invalid as refusal:
            raise CommandError(f"Nothing was saved. {refusal.reason}") from None
        self.stdout.write(str(rule))
