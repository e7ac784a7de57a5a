import os
import subprocess
import sys

import pytest
from django.db import connection
from django.test import override_settings

from diplomacy.checks import demo_stays_at_home, what_must_be_given
from diplomacy.embedded import BASE_DIR

HOME = {
    "DEMO": True,
    "DEBUG": True,
    "ALLOWED_HOSTS": ["127.0.0.1", "localhost"],
    "PUBLIC_URL": "http://localhost:8000",
}


def demo(**changed: object) -> list[str | None]:
    with override_settings(**HOME | changed):
        return [found.id for found in demo_stays_at_home(None)]


def test_a_demonstration_is_allowed_at_home() -> None:
    assert demo() == []


def test_a_demonstration_is_refused_without_debug() -> None:
    assert demo(DEBUG=False) == ["diplomacy.E001"]


def test_a_demonstration_is_refused_where_others_reach_it() -> None:
    assert demo(ALLOWED_HOSTS=["localhost", "*"]) == ["diplomacy.E002"]
    assert demo(PUBLIC_URL="https://desk.example.org") == ["diplomacy.E002"]


def test_a_missing_or_short_key_is_refused() -> None:
    for key in ("", "short"):
        with override_settings(SECRET_KEY=key, DEBUG=False):
            assert [found.id for found in what_must_be_given(None)] == ["diplomacy.E003"]


@pytest.mark.parametrize(
    "start", [("-c", "import diplomacy.wsgi"), ("-m", "celery", "-A", "diplomacy", "worker")]
)
@pytest.mark.django_db
def test_web_and_workers_refuse_to_run_as_the_owner(start: tuple[str, ...]) -> None:
    server, _, _ = os.environ["DATABASE_OWNER_URL"].rpartition("/")
    url = f"{server}/{connection.settings_dict['NAME']}"
    given = os.environ | {"DATABASE_URL": url, "PYTHONWARNINGS": ""}
    done = subprocess.run(
        [sys.executable, *start],
        cwd=BASE_DIR,
        env=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert "diplomacy.E005" in done.stderr
