"""How often somebody does something, counted in the cache. Without the cache nobody is held up."""

import logging
import time

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
MINUTE = 60


def in_this_minute(key: str) -> int:
    """Counts once more; 0 when the cache does not answer."""
    window = f"{key}:{int(time.time() // MINUTE)}"
    try:
        cache.add(window, 0, 2 * MINUTE)
        return cache.incr(window)
    except (RedisError, OSError, ValueError):
        log.warning("The cache did not count a request")
        return 0


def until_the_next() -> float:
    return MINUTE - time.time() % MINUTE
