from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import actions
from accounts.models import User


class Command(BaseCommand):
    help = "Signs a person out everywhere and takes their tokens back, or everybody. The log says that the command line did it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", default="")
        parser.add_argument("--everybody", action="store_true")

    def handle(self, *, email: str, everybody: bool, **options: Any) -> None:
        if bool(email) == everybody:
            raise CommandError("Name one person, or --everybody.")
        people = User.objects.all() if everybody else User.objects.filter(email__iexact=email.strip())
        if not people:
            raise CommandError(f"There is no account {email}.")
        ended = sum(actions.end_sessions_by_command(user) for user in people)
        self.stdout.write(f"{ended} session{'' if ended == 1 else 's'} ended.")
