"""How long a session lasts: so long without a request, and so long in all."""

import time
from typing import Any, NamedTuple

from django.contrib.sessions.backends.base import SessionBase

from accounts import rules
from accounts.models import User

MINUTE, HOUR = 60, 60 * 60
STARTED, SEEN = "signed_in_at", "seen_at"
PRECISION = MINUTE
"""Seconds between two notes of the last request, so that reading pages writes no session each time."""


class Limits(NamedTuple):
    idle: int
    total: int


STRICT = Limits(idle=15 * MINUTE, total=12 * HOUR)
USUAL = Limits(idle=HOUR, total=24 * HOUR)


def limits_of(user: User) -> Limits:
    roles = {member.role for member in user.standing}
    is_strict = user.is_staff or roles & (rules.FEDERAL_ROLES | rules.OVERSIGHT_ROLES)
    return STRICT if is_strict else USUAL


def start(session: SessionBase) -> None:
    session[STARTED] = session[SEEN] = time.time()


def has_ended(session: SessionBase, user: User) -> bool:
    now, limits = time.time(), limits_of(user)
    return bool(now - session[STARTED] >= limits.total or now - session[SEEN] >= limits.idle)


def note(session: SessionBase) -> None:
    if time.time() - session[SEEN] >= PRECISION:
        session[SEEN] = time.time()


def words(user: Any) -> str:
    limits = limits_of(user)
    return f"{limits.idle // MINUTE} minutes without activity, or {limits.total // HOUR} hours in all"
