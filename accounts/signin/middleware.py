from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.signin import limits, step_up, strength, tokens
from accounts.signin.strength import Strength
from diplomacy.lib import suspicion
from diplomacy.lib.browsers import way_here

Handler = Callable[[HttpRequest], HttpResponse]

DEAD = "It was revoked, has run out, belongs to a membership that ended, or never was one."
LEAVE_NOTHING = '"cache", "storage"'
WITHOUT_STRENGTH = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_view_recovery_codes",
    }
)
"""All that somebody reaches whose sign-in is not strong enough yet: the pages on which it becomes so."""


class TokenMiddleware:
    """A program that shows a token is its person, in one membership, from the first line of the request on.

    Before everything that asks who somebody is, so that pages' and rows' rules need not know of tokens. Whoever shows
    one that does not hold is refused, and not taken for the session their browser may have sent along.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = tokens.shown(request) if request.path.startswith("/api/") else None
        if secret is None:
            return self.get_response(request)
        token = tokens.alive(secret)
        if token is None:
            suspicion.mark(request, "token")
            return _refused(
                401, "This token does not hold", DEAD, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            )
        if not tokens.may(token, request.method):
            return _refused(403, "This token only reads", "Make one that may write, if the program must.")
        request.user = token.member.user
        request.api_token = token  # type: ignore[attr-defined]
        return self.get_response(request)


class SessionLimitMiddleware:
    """A session that was left, or has lasted long enough, is nobody's any more."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        was_in = user.is_authenticated and not getattr(request, "api_token", None)
        if was_in:
            self._check(request, user)
        response = self.get_response(request)
        if was_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = LEAVE_NOTHING
        return response

    def _check(self, request: HttpRequest, user: Any) -> None:
        if limits.STARTED not in request.session:
            limits.start(request.session)
        elif limits.has_ended(request.session, user):
            said = f"You were signed out. A session ends after {limits.words(user)}."
            logout(request)
            messages.info(request, said)
        else:
            limits.note(request.session)


class SecondFactorMiddleware:
    """Who must show a passkey or a code, and has not, reaches the page where they do, and nothing else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        user: Any = request.user
        if not user.is_authenticated or getattr(request, "api_token", None) or self._is_open(request, view):
            return None
        wanted = strength.needed(user)
        if strength.reached(request) < wanted:
            return self._lead(request, wanted)
        return step_up.lead(request) if step_up.is_asked_of(request) and step_up.is_due(request) else None

    def _is_open(self, request: HttpRequest, view: Any) -> bool:
        is_public = not getattr(view, "login_required", True) and not request.path.startswith("/api/")
        match = request.resolver_match
        return is_public or bool(match and match.view_name in WITHOUT_STRENGTH)

    def _lead(self, request: HttpRequest, wanted: Strength) -> HttpResponse:
        if request.path.startswith("/api/"):
            detail = "Your role or office needs a stronger sign-in. Open the website first."
            return _refused(403, "Sign in with your passkey or code", detail)
        address = reverse(way_to(wanted, strength.types_of(_user(request))))
        if request.headers.get("HX-Request"):  # a part of a page would take in the whole page it is led to
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return redirect(f"{address}?{urlencode({'next': _way_back(request)})}")


def _refused(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> HttpResponse:
    """Problem details, where no route of the API is reached."""
    said = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JsonResponse(said, status=status, content_type="application/problem+json", headers=headers)


def way_to(wanted: Strength, types: set[str]) -> str:
    """The page on which this person shows, or sets up, what is asked for."""
    if strength.TYPE.WEBAUTHN in types:
        return "mfa_reauthenticate_webauthn"
    if wanted == Strength.PASSKEY:
        return "mfa_add_webauthn"
    return "mfa_reauthenticate" if strength.TYPE.TOTP in types else "mfa_index"


def _way_back(request: HttpRequest) -> str:
    return way_here(request) if request.method in {"GET", "HEAD"} else "/"


def _user(request: HttpRequest) -> Any:
    return request.user
