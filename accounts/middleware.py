from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Member

ACTING_FOR = "acting_for"


class ActingForMiddleware:
    """Sets `request.acting`: the membership acted under, chosen by the person, checked at every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.acting = self._acting(request)  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            with timezone.override(request.user.time_zone):
                return self.get_response(request)
        return self.get_response(request)

    def _acting(self, request: HttpRequest) -> Member | None:
        if not request.user.is_authenticated:
            return None
        chosen = request.session.get(ACTING_FOR)
        standing = request.user.standing
        return next((member for member in standing if member.pk == chosen), standing[0] if standing else None)
