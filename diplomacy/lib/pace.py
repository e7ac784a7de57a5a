"""How often somebody does something, counted in the cache. Without the cache nobody is held up."""

import logging
import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
MINUTE, HOUR = 60, 3600


def sealed(key: str, prefix: str, version: int) -> str:
    """The key as the cache has it. A cache is no place to keep who came from where and asked for what, nor what whoever
    reads it finds by trying every address: none of its keys can be made without ours."""
    return salted_hmac("diplomacy.cache", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()


def in_this_minute(key: str) -> int:
    return in_this(MINUTE, key)


def in_this_hour(key: str) -> int:
    return in_this(HOUR, key)


def in_this(seconds: int, key: str) -> int:
    """Counts once more, in the minute or hour of the clock; 0 when the cache does not answer."""
    window = f"{key}:{int(time.time() // seconds)}"
    try:
        cache.add(window, 0, 2 * seconds)
        return cache.incr(window)
    except (RedisError, OSError, ValueError):
        log.warning("The cache did not count a request")
        return 0


def until_the_next() -> float:
    return MINUTE - time.time() % MINUTE
