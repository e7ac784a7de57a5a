"""`kill -9` while a list is loaded: the one before is whole, the lock is gone, and the next try succeeds."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member
from counterparts.lists import actions
from counterparts.models import ListEdition, Listing, ListingName
from diplomacy.embedded import BASE_DIR
from tests.activity.conftest import comes_true
from tests.factories import list_files as make

pytestmark = pytest.mark.django_db(transaction=True)
LOADING = (
    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
    "WHERE l.locktype = 'advisory' AND d.datname = current_database() AND l.classid = "
    "(hashtext('counterparts.lists')::bigint & 4294967295)::oid"
)
WORK = "import django; django.setup(); from counterparts.lists import actions; print(actions.work())"


def is_loading() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(LOADING)
        return bool(cursor.fetchone()[0])


@contextmanager
def started(*command: str, lists: Path) -> Iterator[subprocess.Popen[bytes]]:
    own = connections["default"].settings_dict
    url = f"postgresql://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    environment = os.environ | {"DATABASE_URL": url, "LISTS_DIR": str(lists), "EMBEDDED": "0"}
    environment.pop("DATABASE_OWNER_URL", None)
    process = subprocess.Popen(
        [sys.executable, *command], cwd=BASE_DIR, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def big() -> bytes:
    """Long enough to be met in the middle of."""
    return make.sdn([(1000 + n, f"BODY NUMBER {n}", *make.SDN[0][2:]) for n in range(60_000)])


def held() -> list[Any]:
    return [list(table._default_manager.order_by("pk").values()) for table in (Listing, ListingName)]


def test_a_killed_command_leaves_the_list_before_and_no_edition(big: bytes, tmp_path: Path) -> None:
    make.loaded("ofac")
    before = held()
    file = tmp_path / "sdn.csv"
    file.write_bytes(big)
    command = (
        "manage.py",
        "import_list",
        "ofac",
        str(file),
        "--force",
        "--published-on",
        "2026-02-01",
        "-v0",
    )
    with started(*command, lists=tmp_path) as process:
        assert comes_true(is_loading, 120)
        process.send_signal(signal.SIGKILL)
        assert process.wait(20) == -signal.SIGKILL
    assert comes_true(lambda: not is_loading())
    assert held() == before
    assert ListEdition.objects.count() == 1
    assert make.loaded("ofac", on="2026-02-02").unchanged == 3


def test_an_edition_whose_worker_was_killed_is_refused_by_the_next(
    big: bytes, tmp_path: Path, settings: Settings, desk_lead: Member
) -> None:
    settings.LISTS_DIR = str(tmp_path)
    make.loaded("ofac", make.sdn())
    before = held()
    edition = ListEdition.objects.create(
        source="ofac", published_on=date(2026, 2, 1), files=["sdn.csv"], by=desk_lead
    )
    actions.folder_of(edition).mkdir()
    (actions.folder_of(edition) / "0").write_bytes(big)

    def is_far() -> bool:
        edition.refresh_from_db()
        return edition.percent > 0

    with started("-c", WORK, lists=tmp_path) as process:
        assert comes_true(is_far, 120), "it says how far it is while its transaction is open"
        assert edition.state == "running"
        ListEdition.objects.filter(pk=edition.pk).update(started_at=timezone.now() - timedelta(minutes=2))
        assert actions.give_up_abandoned() == 0, "it works still, however long"
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    assert comes_true(lambda: not is_loading())
    assert held() == before
    ListEdition.objects.filter(pk=edition.pk).update(started_at=timezone.now() - timedelta(minutes=2))
    assert actions.work() == 0
    edition.refresh_from_db()
    assert (edition.state, edition.problem) == ("refused", actions.STOPPED)
    assert not actions.folder_of(edition).exists()
