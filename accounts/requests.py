from django.http import HttpRequest

from accounts.models import Member, User


class MemberRequest(HttpRequest):
    """What every view that is not public gets: the middleware answers everyone who has no membership today."""

    user: User
    acting: Member
