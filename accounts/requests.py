from django.http import HttpRequest

from accounts.models import Member, User

ACTING_FOR = "acting_for"
"""Where the session keeps the id of the chosen membership."""


class MemberRequest(HttpRequest):
    """What every view that is not public gets: the middleware answers everyone who has no membership today."""

    user: User
    acting: Member
