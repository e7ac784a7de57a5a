"""Lines about the door: who came in, who went out, and that somebody failed to."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from activity import actions


def signed_in(request: HttpRequest, user: Any) -> None:
    _observe("accounts.signed_in", request, user)


def signed_out(request: HttpRequest, user: Any) -> None:
    if user.is_authenticated:
        _observe("accounts.signed_out", request, user)


def ended_by_provider(user: Any, *, sessions: int) -> None:
    """The organisation whose account somebody signed in with says that they have signed out there."""
    office_id = next((member.office_id for member in user.standing), None)
    actions.observe("accounts.ended_by_provider", user_id=user.pk, office_id=office_id, sessions=sessions)


def failed(request: HttpRequest, typed: str) -> None:
    """The same line whether or not the account exists. Failures with one address can be told to belong together."""
    mark = salted_hmac("activity.signins", typed.strip().lower(), algorithm="sha256").hexdigest()[:16]
    actions.observe("accounts.sign_in_failed", user_id=None, typed=mark, came_from=_address(request))


def _observe(kind: str, request: HttpRequest, user: Any) -> None:
    office_id = next((member.office_id for member in user.standing), None)
    actions.observe(kind, user_id=user.pk, office_id=office_id, came_from=_address(request))


def _address(request: HttpRequest) -> str:
    """As the trusted proxies say it."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return ""
