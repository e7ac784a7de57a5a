from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import actions, invitations
from accounts.models import Member, Office, User
from diplomacy.lib.errors import Invalid


class Command(BaseCommand):
    help = (
        "Gives a person a role in an office, or mails a person the system does not know an invitation. The log says that "
        "the command line did it. Where somebody manages the office, they confirm the membership before it gives access."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("office", help="The office's reference, O-…")
        parser.add_argument("role", choices=Member.Role.values)
        parser.add_argument("--name", default="", help="Needed for a person the system does not know")
        parser.add_argument("--title", default="", help="As on the business card")
        parser.add_argument("--show-link", action="store_true", help="Print the link instead of mailing it")

    def handle(self, *, email: str, office: str, role: str, **options: Any) -> None:
        place = Office.objects.filter(reference=office.upper()).first()
        if place is None:
            raise CommandError(f"There is no office {office}.")
        user = User.objects.filter(email__iexact=email.strip()).first()
        try:
            if user is None:
                self._invite(email, place, role, **options)
            else:
                self._add(user, place, role, options["title"])
        except Invalid as refusal:
            raise CommandError(f"Nothing was saved. {refusal.reason}") from None

    def _add(self, user: User, office: Office, role: str, title: str) -> None:
        member = actions.add_by_command(user, office, role, title=title)
        self.stdout.write(f"{user} ({user.email}) is {member.get_role_display().lower()} of {office}.")
        if member.attested_on is None:
            self.stdout.write(
                "They have access when somebody who manages the office, or a desk lead, confirms it."
            )

    def _invite(
        self, email: str, office: Office, role: str, *, name: str, title: str, show_link: bool, **options: Any
    ) -> None:
        invitation, secret = actions.invite_by_command(email, office, role, name=name, title=title)
        words = f"{name} ({invitation.email}) is invited to be {invitation.get_role_display().lower()} of {office}."
        self.stdout.write(words)
        if show_link:
            self.stdout.write(f"The link, which holds {invitations.days()} days: {invitations.link(secret)}")
        elif invitations.send(invitation, secret):
            self.stdout.write("The invitation was mailed.")
        else:
            raise CommandError(
                "The invitation could not be mailed. Run this again when mail works, or with --show-link."
            )
