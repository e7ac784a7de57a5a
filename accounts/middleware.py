from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Member
from accounts.requests import ACTING_FOR
from accounts.views import access_ended


class ActingForMiddleware:
    """Sets `request.acting`: the membership acted under, chosen by the person, checked at every request.

    Who holds no membership today gets one and the same page wherever they turn, so that no view has to think of a
    signed-in person who acts for nobody. Only public pages answer them, and the operator's configuration.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.acting = self._acting(request)  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            with timezone.override(request.user.time_zone):
                return self.get_response(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.acting or not request.user.is_authenticated:  # type: ignore[attr-defined]
            return None
        is_api = request.path.startswith("/api/")
        is_public = not getattr(view, "login_required", True) and not is_api
        if is_public or (request.user.is_staff and self._is_configuration(request)):
            return None
        return access_ended(request, request.user, as_problem=is_api)

    def _is_configuration(self, request: HttpRequest) -> bool:
        return bool(request.resolver_match and request.resolver_match.app_name == "admin")

    def _acting(self, request: HttpRequest) -> Member | None:
        if not request.user.is_authenticated:
            return None
        chosen = request.session.get(ACTING_FOR)
        standing = request.user.standing
        return next((member for member in standing if member.pk == chosen), standing[0] if standing else None)
