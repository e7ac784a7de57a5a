"""Before what cannot be taken back or must not be done by a thief of a session, people prove again who they are.

Pages: `@step_up_required` on the view. The API: `require_step_up(request)` in the action.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.signin import strength
from diplomacy.lib.errors import Forbidden


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


def refuse_who_has_no_way(request: HttpRequest) -> None:
    """Who signs in through another organisation has nothing to show here, and proves it there."""
    if not get_adapter(request).get_reauthentication_methods(request.user):
        minutes = settings.STEP_UP_MINUTES
        raise StepUp(f"Sign out and sign in again, and do this within {minutes} minutes.")
