from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.second_factors import reseal
from diplomacy.lib.seals import NotOpened


class Command(BaseCommand):
    help = "Seals second factors anew with the first of SECOND_FACTOR_KEYS and SEAL_ALGORITHMS. Then drop the old ones."

    def handle(self, **options: Any) -> None:
        try:
            self.stdout.write(f"{reseal()} sealed anew.")
        except NotOpened:
            raise CommandError(
                "One of them opens with none of the keys and algorithms. Nothing was changed."
            ) from None
