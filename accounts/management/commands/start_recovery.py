from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import actions, recovery
from accounts.models import User


class Command(BaseCommand):
    help = (
        "For somebody who has lost every passkey and code and whom no lead can help: an operator, or the only one who "
        "manages an office. Make sure first that it is them. They get a link by e-mail; nobody else sees it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
        if user is None:
            raise CommandError(f"There is no account {email}.")
        actions.start_recovery_by_command(user)
        self.stdout.write(f"A link is on its way to {user.email}. It holds {recovery.days()} days.")
