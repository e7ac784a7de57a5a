"""Where somebody is signed in. allauth keeps the list; a session ends by its row in the session table."""

import re
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from accounts.models import User
from activity import signins

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def of(user: User) -> list[UserSession]:
    """The latest first. Those that have ended leave the list when it is read."""
    found: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(found, key=lambda session: session.created_at, reverse=True)


def begin(request: HttpRequest) -> None:
    UserSession.objects.create_from_request(request)


def end(user: User, pk: int) -> bool:
    """False: there is no such session of this person."""
    session = UserSession.objects.filter(user=user, pk=pk).first()
    if session:
        session.end()
    return session is not None


def end_all(user: User, *, but: str | None = None) -> int:
    """Every session of a person, but the one with this key. In how many somebody was still signed in."""
    found = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    return sum(_end(session) for session in found)


def renew(request: HttpRequest) -> None:
    """The same session under a new key: a copy of the cookie, made before its owner proved it again, is nobody's."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def origin(request: HttpRequest) -> dict[str, Any] | None:
    """The provider by which this session was signed in, as its record says: method, issuer, subject, sid."""
    records = get_authentication_records(request, request.user if request.user.is_authenticated else None)
    return next((record for record in reversed(records) if "issuer" in record), None)


def note_origin(request: HttpRequest) -> None:
    """Beside the session, so that its provider can end it from outside."""
    if came := origin(request):
        known = {name: came[name] for name in ("issuer", "subject", "sid")}
        UserSession.objects.filter(session_key=request.session.session_key).update(data=known)


def end_from(issuer: str, *, subject: str = "", sid: str = "") -> int:
    """Those that this provider opened: of the person, or the one of its own session."""
    named = {"issuer": issuer} | ({"subject": subject} if subject else {}) | ({"sid": sid} if sid else {})
    found = list(UserSession.objects.filter(data__contains=named).select_related("user"))
    for user in {session.user for session in found}:
        signins.ended_by_provider(user, sessions=sum(session.user == user for session in found))
    return sum(_end(session) for session in found)


def _end(session: UserSession) -> bool:
    """True when somebody was still signed in there."""
    was_alive = bool(session.exists())
    session.end()
    return was_alive


def device(session: Any) -> str:
    """“Firefox on Windows”, as far as a browser tells."""
    said = re.sub(r"\s+", " ", session.user_agent)
    browser = next((name for mark, name in BROWSERS if mark in said), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in said), "")
    return f"{browser} on {system}" if system else browser
