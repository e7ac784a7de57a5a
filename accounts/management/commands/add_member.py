from smtplib import SMTPException
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import actions, invitations
from accounts.models import Member, Office
from diplomacy.lib.errors import Invalid


class Command(BaseCommand):
    help = "Gives a person a role in an office and mails a new person a link to choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("office", help="The office's reference, O-…")
        parser.add_argument("role", choices=Member.Role.values)
        parser.add_argument("--name", default="", help="Needed for a person the system does not know")
        parser.add_argument("--title", default="", help="As on the business card")
        parser.add_argument("--show-link", action="store_true", help="Print the link instead of mailing it")

    def handle(self, *, email: str, office: str, role: str, show_link: bool, **options: Any) -> None:
        place = Office.objects.filter(reference=office.upper()).first()
        if place is None:
            raise CommandError(f"There is no office {office}.")
        try:
            member = actions.invite(email, place, role, by=None, name=options["name"], title=options["title"])
        except Invalid as refusal:
            raise CommandError(f"Nothing was saved. {refusal.reason}") from None
        self.stdout.write(
            f"{member.user} ({member.user.email}) is {member.get_role_display().lower()} of {place}."
        )
        if not member.user.has_usable_password():
            self._give_link(member, show_link=show_link)

    def _give_link(self, member: Member, *, show_link: bool) -> None:
        if show_link:
            self.stdout.write(f"To choose a password: {invitations.link(member.user)}")
            return
        try:
            invitations.send(member)
        except (SMTPException, OSError) as error:
            raise CommandError(
                f"The link could not be mailed ({error}). Run this again when mail works, or with --show-link."
            ) from None
        self.stdout.write("A link to choose a password was mailed.")
