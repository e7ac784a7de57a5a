"""How strongly somebody is signed in, as their session recorded it, and how strongly their roles ask them to be.

allauth writes a record into the session for each proof it has checked; these functions only read them. A session
without a record proves nothing.
"""

import time
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from accounts import rules
from accounts.models import User

MINUTE = 60
TYPE = Authenticator.Type


class Strength(IntEnum):
    """A passkey cannot be given away to a false page; a code can."""

    PASSWORD = 0
    SECOND_FACTOR = 1
    PASSKEY = 2


def needed(user: User) -> Strength:
    if not settings.REQUIRE_SECOND_FACTOR:
        return Strength.PASSWORD
    if user.is_staff or any(rules.needs_passkey(member) for member in user.standing):
        return Strength.PASSKEY
    return Strength.SECOND_FACTOR if user.standing else Strength.PASSWORD


def reached(request: HttpRequest) -> Strength:
    return max((_strength(record) for record in _records(request)), default=Strength.PASSWORD)


def shown(request: HttpRequest) -> list[str]:
    """What this session proved, in order: password, totp, webauthn, recovery_codes, oidc or demo."""
    return [str(record.get("type") or record["method"]) for record in _records(request)]


def is_fresh(request: HttpRequest) -> bool:
    """Proved within the last minutes, by the strongest means that this person has and their role asks for."""
    user: Any = request.user
    floor = max(needed(user), owned(user))
    return any(_strength(record) >= floor for record in _recent(request))


def may_change_factors(request: HttpRequest) -> bool:
    """A phished password and code must not add the thief's passkey: who has one shows it, or a recovery code."""
    user: Any = request.user
    floor, recent = owned(user), list(_recent(request))
    if floor == Strength.PASSKEY and any(record.get("type") == TYPE.RECOVERY_CODES for record in recent):
        return True
    return any(_strength(record) >= floor for record in recent)


def owned(user: User) -> Strength:
    types = types_of(user)
    if TYPE.WEBAUTHN in types:
        return Strength.PASSKEY
    return Strength.SECOND_FACTOR if TYPE.TOTP in types else Strength.PASSWORD


def types_of(user: User) -> set[str]:
    """Which kinds of factor somebody has set up."""
    return set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))


def record_factor(request: HttpRequest, kind: str) -> None:
    """Setting a factor up has proved it: nobody is asked for it again at once."""
    record_authentication(request, _user(request), "mfa", type=kind, reauthenticated=True)


def record_demonstration(request: HttpRequest, user: User) -> None:
    """Counts while DEMO is on, and as nothing when the same session is met without it."""
    record_authentication(request, user, "demo")


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    return list(get_authentication_records(request, _user(request)))


def _recent(request: HttpRequest) -> Iterator[dict[str, Any]]:
    since = time.time() - settings.STEP_UP_MINUTES * MINUTE
    is_recent = (record for record in _records(request) if since < record["at"])
    return (record for record in is_recent if record["at"] <= time.time())


def _strength(record: dict[str, Any]) -> Strength:
    match record["method"]:
        case "mfa":
            return Strength.PASSKEY if record.get("type") == TYPE.WEBAUTHN else Strength.SECOND_FACTOR
        case "oidc" | "saml":
            return Strength(record["strength"])
        case "demo" if settings.DEMO:
            return Strength.PASSKEY
    return Strength.PASSWORD


def _user(request: HttpRequest) -> Any:
    return request.user
