"""The product, run against what was restored, by the app role and without any other."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from diplomacy.embedded import BASE_DIR
from diplomacy.embedded.service import APP, wait_until
from diplomacy.run import answers
from tests.activity.chaos import Web
from tests.walls.drill.cluster import Cluster

WRITE_ANCHOR = "import django; django.setup(); from activity import anchors; print(anchors.write())"


def environment(cluster: Cluster, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return kept | {"DATABASE_URL": cluster.url(APP)} | more


def said(cluster: Cluster, *line: str, **more: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *line],
        cwd=BASE_DIR,
        env=environment(cluster, **more),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def expect_it_starts(cluster: Cluster) -> None:
    code, words = said(cluster, "manage.py", "check", "--database", "default")
    assert code == 0, words


def verify_log(cluster: Cluster, anchors: Path) -> tuple[int, str]:
    return said(cluster, "manage.py", "verify_log", "--anchors", str(anchors))


def write_anchor(cluster: Cluster, to: Path) -> None:
    code, words = said(cluster, "-c", WRITE_ANCHOR, ANCHOR_FILE=str(to))
    assert code == 0, words


def has_ended(web: Web) -> bool:
    return web.process is None or web.process.poll() is not None


@contextlib.contextmanager
def serving(cluster: Cluster, at: Path) -> Iterator[tuple[Web, float]]:
    """And the seconds until it answered. It refuses to start where the second wall has a gap."""
    web = Web(environment(cluster), at)
    began = time.monotonic()
    web.start()
    try:
        assert wait_until(lambda: answers(web.port) or has_ended(web)) and not has_ended(web), (
            web.log.read_text()
        )
        yield web, time.monotonic() - began
    finally:
        web.kill()
