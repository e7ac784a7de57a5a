from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Office, User
from briefings.models import Briefing
from counterparts.models import Counterpart
from diplomacy.demo import telling
from diplomacy.lib.rls import system
from engagements.models import Engagement


class Command(BaseCommand):
    help = "Load the demonstration: invented people and engagements, counted from today. Only with DEMO=1."

    def handle(self, *arguments: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off. The demonstration's people can be signed in as by anybody.")
        if telling.is_told():
            self.stdout.write("The demonstration is already loaded. Nothing was changed.")
            return
        telling.tell()
        counted = {
            "offices": Office,
            "people": User,
            "counterparts": Counterpart,
            "engagements": Engagement,
            "briefings": Briefing,
        }
        with system("demo"):
            made = ", ".join(f"{model._default_manager.count()} {noun}" for noun, model in counted.items())
        self.stdout.write(f"The demonstration is loaded: {made}.")
