"""What every request to the API passes: who asks, for which office, how often, and what a body may be.

Settings name these classes, and rest_framework.views imports them: nothing here may import it back.
"""

import json
from typing import Any

from django.conf import settings
from rest_framework import authentication, exceptions, parsers, permissions, throttling
from rest_framework.request import Request

from diplomacy.lib import pace, suspicion
from diplomacy.lib.errors import Forbidden


class SessionAuthentication(authentication.SessionAuthentication):
    def authenticate_header(self, request: Request) -> str:
        """Nobody signed in is 401, not 403."""
        return "Session"

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            suspicion.mark(getattr(request, "_request", request), "csrf")
            raise


class TokenAuthentication(authentication.BaseAuthentication):
    """The middleware has found out whom the token stands for. No cookie is believed, so none can be abused."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        token = getattr(request._request, "api_token", None)
        return (request._request.user, token) if token else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ServesInAnOffice(permissions.IsAuthenticated):
    """Signed in, with a membership today. `Acting-For` chooses among one's own; without it, the one pages act for."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if said := request.headers.get("Acting-For"):
            request._request.acting = self._chosen(request, said)  # type: ignore[attr-defined]
        if getattr(request, "acting", None) is None:
            raise Forbidden("You serve in no office now.")
        return True

    def _chosen(self, request: Request, said: str) -> Any:
        office, _, role = said.strip().partition("/")
        held = [
            member
            for member in getattr(request.user, "standing", [])
            if member.office.reference == office.upper() and role in {"", member.role}
        ]
        if not held:
            raise Forbidden("Acting-For does not name an office, or a role in it, that you hold today.")
        now = getattr(request, "acting", None)
        return now if now in held else held[0]


class Rate(throttling.BaseThrottle):
    """So many reads and so many writes a person and minute. Without the cache nobody is held up."""

    def allow_request(self, request: Request, view: Any) -> bool:
        scope = "read" if request.method in permissions.SAFE_METHODS else "write"
        most = settings.API_RATES[scope]
        return most is None or pace.in_this_minute(f"rate:{scope}:{request.user.pk}") <= most

    def wait(self) -> float:
        return pace.until_the_next()


class JSONParser(parsers.JSONParser):
    """JSON in UTF-8, whatever charset is claimed. REST framework has bounded the body by Django's own limit."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return json.loads(stream.read().decode(), parse_constant=_refuse, object_pairs_hook=_each_once)
        except ValueError:
            raise exceptions.ParseError(
                "The body is not JSON in UTF-8, or an object in it names a field twice."
            ) from None
        except RecursionError:
            raise exceptions.ParseError("The body is nested too deeply.") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a field that is named twice, one program reads the first value and another the last."""
    said = dict(pairs)
    if len(said) != len(pairs):
        raise ValueError("A field is named twice")
    return said


def _refuse(constant: str) -> None:
    raise ValueError(constant)
