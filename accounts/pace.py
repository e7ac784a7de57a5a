"""How often strangers may do what anybody can reach. Without the cache nobody is held up."""

import logging

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def is_too_fast(request: HttpRequest, what: str, *, most: int, seconds: int = 3600) -> bool:
    """Counts this request."""
    key = f"pace:{what}:{get_adapter(request).get_client_ip(request)}"
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key) > most
    except (RedisError, OSError, ValueError):
        log.warning("The cache did not count a request")
        return False
