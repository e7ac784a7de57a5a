"""Lines about the door: who came in and with what, who went out, what was refused, and what of it was changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from activity import actions
from activity.models import Entry
from diplomacy.lib.rls import system

MOST_COUNTED = 100


def signed_in(request: HttpRequest, user: Any, *, shown: Sequence[str] = ()) -> None:
    """`shown`: what was proved, in order: password, totp, webauthn, recovery_codes, oidc."""
    _observe("accounts.signed_in", request, user, shown=list(shown))


def signed_out(request: HttpRequest, user: Any) -> None:
    if user.is_authenticated:
        _observe("accounts.signed_out", request, user)


def ended_by_provider(user: Any, *, sessions: int) -> None:
    """The organisation whose account somebody signed in with says that they have signed out there."""
    office_id = next((member.office_id for member in user.standing), None)
    actions.observe("accounts.ended_by_provider", user_id=user.pk, office_id=office_id, sessions=sessions)


def failed(request: HttpRequest, typed: str, *, shown: str = "password") -> None:
    """The same line whether or not the account exists. Failures with one address can be told to belong together."""
    said: dict[str, Any] = {"typed": _mark(typed), "shown": shown, "came_from": came_from(request)}
    actions.observe("accounts.sign_in_failed", user_id=None, **said)


def asked_for_reset(request: HttpRequest, typed: str) -> None:
    """As with failures: the same line whether or not the account exists."""
    said: dict[str, Any] = {"typed": _mark(typed), "came_from": came_from(request)}
    actions.observe("accounts.reset_asked", user_id=None, **said)


def factor_failed(request: HttpRequest, user: Any, shown: str) -> None:
    """By somebody who had the password, and who that was is not known."""
    said: dict[str, Any] = {"shown": shown, "came_from": came_from(request)}
    actions.observe("accounts.factor_failed", user_id=None, subject=user, **said)


def proved_again(request: HttpRequest, user: Any, shown: str) -> None:
    _observe("accounts.proved_again", request, user, shown=shown)


def proof_failed(request: HttpRequest, user: Any, shown: str) -> None:
    _observe("accounts.proof_failed", request, user, shown=shown)


def changed(request: HttpRequest, user: Any, what: str) -> None:
    """A password or factor was set, added or removed."""
    _observe("accounts.factor_changed", request, user, what=what)


def unusual(request: HttpRequest, user: Any, why: str) -> None:
    _observe("accounts.sign_in_unusual", request, user, why=why)


@system("activity.door")
def failures_at(user: Any, *, since: datetime) -> int:
    """Wrong passwords with somebody's address, and wrong codes and passkeys at their account; a hundred at most."""
    lines = Entry.objects.filter(at__gt=since)
    passwords = lines.filter(kind="accounts.sign_in_failed", data__typed=_mark(user.email))
    return passwords[:MOST_COUNTED].count() + factors_failed_at(user, since=since)


@system("activity.door")
def factors_failed_at(user: Any, *, since: datetime) -> int:
    lines = Entry.objects.about(user).filter(kind="accounts.factor_failed", at__gt=since)
    return int(lines[:MOST_COUNTED].count())


def _mark(typed: str) -> str:
    return salted_hmac("activity.signins", typed.strip().lower(), algorithm="sha256").hexdigest()[:16]


def _observe(kind: str, request: HttpRequest, user: Any, **said: Any) -> None:
    office_id = next((member.office_id for member in user.standing), None)
    actions.observe(kind, user_id=user.pk, office_id=office_id, came_from=came_from(request), **said)


def came_from(request: HttpRequest) -> str:
    """As the trusted proxies say it."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return ""
