"""Each service that is spoken to has its bounds, as docs/inventory.md says them."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from django.db import OperationalError, connection
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from diplomacy.embedded import BASE_DIR

DATABASES: Any = settings.DATABASES
SAID = (BASE_DIR / "docs" / "inventory.md").read_text().split("## Connections")[1].split("##")[0]


def production() -> dict[str, str]:
    """Settings of the cache as they are without TESTING."""
    told = (
        "import json, diplomacy.settings as s;"
        "print(json.dumps({k: str(v) for k, v in s.CACHES['default']['OPTIONS'].items()}))"
    )
    given = os.environ | {"TESTING": "0", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=BASE_DIR, env=given, capture_output=True, text=True, check=True
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.django_db
def test_a_statement_that_takes_too_long_is_stopped() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("1min",)
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("5min",)
        cursor.execute("SET LOCAL statement_timeout = 50")
        with pytest.raises(OperationalError, match="statement timeout"):
            cursor.execute("SELECT pg_sleep(5)")


def test_migrations_are_not_stopped() -> None:
    assert "statement_timeout" not in DATABASES["owner"]["OPTIONS"]["options"]


@pytest.fixture
def deaf() -> Iterator[int]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_cache_that_does_not_answer_is_not_waited_for(deaf: int) -> None:
    said = production()
    assert {name: said[name] for name in ("max_connections", "socket_connect_timeout", "socket_timeout")} == {
        "max_connections": "20",
        "socket_connect_timeout": "1",
        "socket_timeout": "2",
    }
    options = {"socket_connect_timeout": 1, "socket_timeout": 0.2, "retry": Retry(NoBackoff(), 1)}
    cache = RedisCache(f"redis://127.0.0.1:{deaf}/0", {"OPTIONS": options})
    before = time.monotonic()
    with pytest.raises((RedisError, OSError)):
        cache.incr("x")
    assert time.monotonic() - before < 10, "redis-py would wait, longer each time, by itself"


@pytest.mark.parametrize(
    ("service", "bound"),
    [
        ("PostgreSQL", f"{DATABASES['default']['OPTIONS']['connect_timeout']} s to connect"),
        ("PostgreSQL", "60 s a statement"),
        ("broker", f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['socket_connect_timeout']} s to connect"),
        ("broker", f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['socket_timeout']} s an answer"),
        ("cache", "2 s an answer"),
        ("mail relay", f"{settings.EMAIL_TIMEOUT} s"),
    ],
)
def test_what_is_written_of_a_service_is_what_is_set(service: str, bound: str) -> None:
    (row,) = [line for line in SAID.splitlines() if line.startswith(f"| {service}")]
    assert bound in row


def test_what_is_written_of_delivery_and_of_providers_is_what_is_set() -> None:
    from accounts.signin.oidc import PATIENCE
    from activity.delivery import MOST_ATTEMPTS

    assert f"{MOST_ATTEMPTS} tries" in SAID
    (row,) = [line for line in SAID.splitlines() if line.startswith("| OpenID provider")]
    assert f"{PATIENCE} s" in row
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["max_retries"] == 0
    assert not settings.CELERY_TASK_PUBLISH_RETRY
