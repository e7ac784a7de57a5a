"""Before what cannot be taken back or must not be done by a thief of a session, people prove again who they are.

Pages: `@step_up_required` on the view. The API: `require_step_up(request)` in the action.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.signin import strength
from diplomacy.lib.browsers import way_here
from diplomacy.lib.errors import Forbidden

PAGES_BELOW = frozenset({"activity:export"})
"""Views of rooms below this one, which cannot import it."""


class StepUp(Forbidden):
    title = "Confirm that it is you"


def step_up_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The person is led to prove it and back; a form that was sent is then sent on, as it was."""

    @wraps(view)
    def checked(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_due(request):
            refuse_who_has_no_way(request)
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return checked


def require_step_up(request: Any) -> None:
    """For the API, which has no page to lead to. A token proves a program, never a person."""
    plain = getattr(request, "_request", request)
    if getattr(plain, "api_token", None):
        raise StepUp("A token cannot do this. Sign in to the website and do it there.")
    if is_due(plain):
        raise StepUp("Confirm that it is you in the browser, under “Signing in”, and send this again.")


def is_due(request: HttpRequest) -> bool:
    return bool(settings.REQUIRE_SECOND_FACTOR) and not strength.is_fresh(request)


def is_asked_of(request: HttpRequest) -> bool:
    """Pages that do not name the decorator: those of rooms below, and all of the operator's configuration."""
    match = request.resolver_match
    return bool(match and (match.view_name in PAGES_BELOW or match.app_name == "admin"))


def lead(request: HttpRequest) -> HttpResponse:
    """What `ReauthenticationRequired` comes to, for a middleware."""
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    if not ways:
        return render(request, "403.html", {"refusal": StepUp(_no_way())}, status=403)
    if way_here(request) != request.get_full_path():
        return redirect(ways[0]["url"])
    led: HttpResponse = suspend_request(request, ways[0]["url"])
    return led


def refuse_who_has_no_way(request: HttpRequest) -> None:
    """Who signs in through another organisation has nothing to show here, and proves it there."""
    if not get_adapter(request).get_reauthentication_methods(request.user):
        raise StepUp(_no_way())


def _no_way() -> str:
    return f"Sign out and sign in again, and do this within {settings.STEP_UP_MINUTES} minutes."
