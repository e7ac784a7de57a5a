"""The first message a new member gets: a link to choose a password, and nothing else."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from accounts.models import Member, User


def link(user: User) -> str:
    """Holds until it is used or the days in settings pass."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return str(get_adapter().get_reset_password_from_key_url(key))


def send(member: Member) -> None:
    days = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
    context = {"member": member, "link": link(member.user), "days": days}
    EmailMessage(
        subject="Choose a password for your new account",
        body=render_to_string("accounts/mail/invitation.txt", context),
        to=[member.user.email],
    ).send()
