"""The cookie of a session is its key with our signature. The key alone, as it stands in the database and its backups, opens
nothing: whoever can only read them, by an injected query or a stolen copy, is nobody."""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse


def sealed(key: str) -> str:
    return Signer(salt="accounts.signin.cookies").sign(key)


def opened(cookie: str) -> str | None:
    """The key in it; None when we did not sign it."""
    try:
        return Signer(salt="accounts.signin.cookies").unsign(cookie)
    except BadSignature:
        return None


class SealedSessionMiddleware(SessionMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        request.session = self.SessionStore(opened(cookie))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        held = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if held and held.value:
            said = sealed(held.value)
            held.set(held.key, said, said)
        return response
