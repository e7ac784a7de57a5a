"""What holds for every answer to a browser."""

import math
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.csrf import csrf_failure

from diplomacy.lib import pace, suspicion, words
from diplomacy.lib.errors import Refusal

Handler = Callable[[HttpRequest], HttpResponse]

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class NoStoreMiddleware:
    """No page is kept by a browser or a proxy for the next person. Static files are answered before this is reached."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class PaceMiddleware:
    """Who asks for more pages in a minute than anybody reads, or sends more forms than anybody fills in, is a program:
    for these there is the API, which counts too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self._is_too_fast(request):
            return self.get_response(request)
        answer = render(request, "too_fast.html", status=429)
        answer.headers["Retry-After"] = str(math.ceil(pace.until_the_next()))
        return answer

    def _is_too_fast(self, request: HttpRequest) -> bool:
        if not request.user.is_authenticated or request.path.startswith("/api/"):
            return False
        most = {"pages": settings.PAGES_A_MINUTE}
        if request.method == "POST" and request.path != f"/{words.PATH}":  # which reads, as one types
            most["forms"] = settings.FORMS_A_MINUTE
        counted = [
            (pace.in_this_minute(f"{what}:{request.user.pk}"), limit) for what, limit in most.items() if limit
        ]
        return any(number > limit for number, limit in counted)


class RefusalMiddleware:
    """A refusal raised by a view becomes a page with its reason and a way back. The API has its own answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, refusal: Exception) -> HttpResponse | None:
        if not isinstance(refusal, Refusal):
            return None
        context = {"refusal": refusal, "back": way_back(request)}
        if request.headers.get("HX-Request"):
            return render(request, "components/refusal.html", context, status=refusal.status)
        template = {403: "403.html", 400: "refused.html"}.get(refusal.status, "409.html")
        return render(request, template, context, status=refusal.status)


@login_not_required
def not_here(request: HttpRequest, *args: str) -> HttpResponse:
    """For addresses of a library that the product does not offer."""
    raise Http404


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    suspicion.mark(request, "csrf")
    return csrf_failure(request, reason)


def way_back(request: HttpRequest) -> str:
    """The page the person came from, if it is ours: read from the referrer, never from the address."""
    origin = f"{request.scheme}://{request.get_host()}"
    referrer = request.headers.get("Referer", "")
    path = referrer.removeprefix(origin) if referrer.startswith(f"{origin}/") else ""
    return path if url_has_allowed_host_and_scheme(path, None) else ""
