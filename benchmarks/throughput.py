"""Answers a second of a page, as a share of what an empty view reaches in the same server."""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.conf import settings
from django.core.management import call_command

from benchmarks import measure

ROUNDS, SECONDS = 5, 4


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server() -> Iterator[int]:
    """gunicorn with the product's own configuration."""
    port = free_port()
    environ = os.environ | {"PORT": str(port), "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "gunicorn", "diplomacy.wsgi"]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def rate(port: int, path: str, cookie: str, seconds: int = SECONDS) -> float:
    command = [sys.executable, "-m", "benchmarks.load", str(port), path, cookie, str(seconds)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def shares(user: int, path: str) -> tuple[float, float, float]:
    """(page, empty view, share), medians; the two take turns."""
    client = measure.browser(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    with server() as port:
        rate(port, path, cookie, 2), rate(port, "/empty/", "", 2)
        pairs = [(rate(port, path, cookie), rate(port, "/empty/", "")) for _ in range(ROUNDS)]
    page, empty = (statistics.median(column) for column in zip(*pairs, strict=True))
    return page, empty, statistics.median(one / other for one, other in pairs)


def prepare() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
