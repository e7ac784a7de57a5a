"""The last step of every sign-in by another organisation's account."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse

from accounts import actions
from accounts.signin.claims import NotTrusted, Person
from activity import signins

RATE: dict[str, Any] = {"app": "allauth.account", "action": "login", "limit_get": True}
"""As often as a password may be tried."""
UNKNOWN = (
    "Nobody here has that account's address. Offices invite people by their e-mail address: ask the lead of "
    "yours to invite the one that you use there."
)


@contextmanager
def failures_noted(request: HttpRequest, method: str) -> Iterator[None]:
    """What another organisation said and is not believed stands in the log as a wrong password does."""
    try:
        yield
    except NotTrusted:
        signins.failed(request, "", shown=method)
        raise


def let_in(request: HttpRequest, said: Person, method: str, *, provider: str) -> HttpResponse:
    """Only somebody whom an office has invited. What they prove is kept with the session, and whose word it was."""
    user: Any = actions.known_by(said.issuer, said.subject, email=said.email)
    if user is None:
        signins.failed(request, said.email, shown=method)
        raise NotTrusted(UNKNOWN)
    word = {"issuer": said.issuer, "subject": said.subject, "sid": said.session, "provider": provider}
    record_authentication(request, user, method, strength=int(said.strength), **word)
    answer: HttpResponse = perform_login(request, Login(user=user))
    return answer
