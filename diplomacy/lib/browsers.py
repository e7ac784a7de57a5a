"""What we count on from whoever asks: TLS, and a browser that keeps the promises our headers rest on.

docs/inventory.md lists the promises, and what happens without them.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

Handler = Callable[[HttpRequest], HttpResponse]

LONGEST_WAY_BACK = 2000
"""Characters. A longer one, escaped within another address, may grow beyond what servers take (8,190 here)."""


class NothingInTheClear:
    """A program that speaks to the API without TLS is refused, not led to it: led, it would go on sending its token in
    the clear first, and nobody would notice. The token is not even looked at."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.SECURE_SSL_REDIRECT or request.is_secure() or not request.path.startswith("/api/"):
            return self.get_response(request)
        said = {
            "type": "about:blank",
            "title": "This came in the clear",
            "status": 403,
            "detail": "The API is reached by https only. Revoke the token that was sent: others may have read it.",
        }
        return JsonResponse(said, status=403, content_type="application/problem+json")


class SignInFirst(LoginRequiredMiddleware):
    """Back to where one wanted to go, unless the way there is so long that no server would take it."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if way_here(request) != request.get_full_path():
            return HttpResponseRedirect(resolve_url(self.get_login_url(view_func)))
        return super().handle_no_permission(request, view_func)


def way_here(request: HttpRequest) -> str:
    """The address of this page, to come back to after signing in or proving something."""
    way = request.get_full_path()
    return way if len(way) <= LONGEST_WAY_BACK else "/"


def is_unprotected(request: HttpRequest) -> bool:
    """A browser that does not say where a request comes from (Sec-Fetch-Site: all that were made since 2023 do, over
    TLS) keeps none of the newer promises either."""
    return request.is_secure() and "Sec-Fetch-Site" not in request.headers
