"""Lines of the console as JSON, for a program that collects them."""

import json
import logging
import os
import subprocess
import sys

from django.test import RequestFactory

from diplomacy.embedded import BASE_DIR
from diplomacy.lib.lines import Json

NAMES = {"time", "level", "logger", "message", "process", "thread"}


def line(**given: object) -> dict[str, object]:
    record = logging.LogRecord("room", logging.WARNING, "path.py", 7, "Bad Request: %s", ("/x\n/y",), None)
    record.__dict__.update(given)
    text = Json(datefmt="%Y-%m-%dT%H:%M:%S%z").format(record)
    assert "\n" not in text
    said: dict[str, object] = json.loads(text)
    return said


def test_a_line_is_one_object_with_the_same_few_fields() -> None:
    said = line()
    assert set(said) == NAMES
    assert (said["level"], said["logger"], said["message"]) == ("WARNING", "room", "Bad Request: /x\n/y")
    assert said["process"] == os.getpid()


def test_what_a_library_hands_along_with_a_line_stays_out_of_it() -> None:
    """Django hands along the request, with what was searched for in its address."""
    said = line(request=RequestFactory().get("/engagements/?q=zq999998"), status_code=400, user="zq999998")
    assert set(said) == NAMES
    assert "zq999998" not in str(said)


def test_what_broke_is_in_the_line_without_what_it_held() -> None:
    try:
        secret = "zq999998"  # noqa: F841
        raise RuntimeError("broken for a test")
    except RuntimeError:
        said = line(exc_info=sys.exc_info())
    assert set(said) == NAMES | {"error"}
    assert "broken for a test" in str(said["error"])
    assert "zq999998" not in str(said["error"]).replace('"zq999998"  # noqa', "")


def test_processes_write_json_when_they_are_told_to() -> None:
    told = "import django, logging; django.setup(); logging.getLogger('room').warning('said')"
    celery = "from diplomacy.celery import app; import logging; app.log.setup(); logging.getLogger('room').warning('said')"
    for program in (told, celery):
        given = os.environ | {"LOG_FORMAT": "json", "DJANGO_SETTINGS_MODULE": "diplomacy.settings"}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=BASE_DIR,
            env=given,
            capture_output=True,
            text=True,
            check=True,
        )
        (said,) = [json.loads(text) for text in done.stderr.splitlines() if '"room"' in text]
        assert (said["logger"], said["message"]) == ("room", "said")
