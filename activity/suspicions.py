"""Lines about what looks like an attack: so many of one sort from one place, and so many of it in all, that nobody fills
the log, or hides in it, by trying often."""

import logging
from collections import Counter
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest
from redis.exceptions import RedisError

from activity import actions
from activity.signins import came_from
from diplomacy.lib import pace, suspicion

log = logging.getLogger(__name__)
OF_ONE, IN_ALL = 20, 500
"""Lines an hour of one sort: from one person or address, and in all. The last one says that there is more."""
PROBES = 20
"""Different things an hour that do not exist for a person: more are no slips and no old links."""
MOST_PLACES = 10_000
_while_the_cache_is_away: Counter[str] = Counter()


def note(request: HttpRequest, what: str) -> None:
    known, place = suspicion.suspect(request), came_from(request)
    of_one = _count(f"suspicious:{what}:{known.pk if known else place}")
    if of_one > OF_ONE:
        return
    in_all = _count(f"suspicious:{what}")
    if in_all > IN_ALL:
        return
    said: dict[str, Any] = {
        "what": what,
        "door": door(request),
        "method": request.method,
        "came_from": place,
    }
    if of_one == OF_ONE or in_all == IN_ALL:
        said["more"] = "not written down in this hour"
    try:
        actions.observe("activity.suspicious", user_id=known.pk if known else None, **said)
    except DatabaseError as error:
        log.error("What looks like an attack was not written down: %s", type(error).__name__)


def misses(user_id: int | None, asked_for: str) -> int:
    """How many different things that do not exist for them somebody has asked for in this hour; 0 for one asked for again."""
    try:
        if not cache.add(f"missed:{user_id}:{asked_for}", 1, pace.HOUR):
            return 0
    except (RedisError, OSError):
        return 0
    return pace.in_this_hour(f"missed:{user_id}")


def _count(key: str) -> int:
    """Without the cache each process counts for itself, and from the start of its life: nobody fills the log then either."""
    counted = pace.in_this_hour(key)
    if counted:
        return counted
    if len(_while_the_cache_is_away) > MOST_PLACES:
        return IN_ALL + 1
    _while_the_cache_is_away[key] += 1
    return _while_the_cache_is_away[key]


def door(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
