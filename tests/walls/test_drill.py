"""A backup is what has been restored: as docs/operations.md says, into a new cluster, and read there by people.

`make drill` is the long form: the demonstration's year and DRILL rows more, and then a mishap undone to the moment
before it.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from accounts.models import Member
from activity import anchors
from counterparts.models import Counterpart
from diplomacy.embedded import BASE_DIR
from diplomacy.embedded.service import APP, Memory
from tests.activity.chaos import Office
from tests.factories import briefings as make_briefings
from tests.factories import engagements as make
from tests.walls.drill import bulk, product, state
from tests.walls.drill import cluster as clusters
from tests.walls.drill.cluster import Cluster
from tests.walls.drill.state import Reader

MORE = int(os.environ.get("DRILL", "0"))
"""Rows beyond those that people made."""
IS_LONG = MORE > 0
FILED_SINCE = 20 if IS_LONG else 2
FAULTS = (
    "GRANT SELECT ON briefings_briefing TO diplomacy_app",
    "DROP POLICY office_reads ON engagements_engagement",
)
OPERATIONS = BASE_DIR / "docs" / "operations.md"


@dataclass
class Backup:
    """What the drill compares with: how everything was when it was taken."""

    dump: Path
    anchors: Path
    all_anchors: Path
    """Also those written after it, until the mishap."""
    rows: dict[str, tuple[int, int]]
    wall: dict[tuple[str, str], tuple[Any, ...]]
    readers: list[Reader]
    read: list[dict[str, list[Any]]]
    seconds: float
    lost_rows: int
    lost_seconds: float


@pytest.fixture
def source(transactional_db: None) -> Cluster:
    at = Path(os.environ["VAR_DIR"])
    database = connection.settings_dict
    found = Cluster(at, Memory(at), database=str(database["NAME"]))
    if str(found.memory.values.get("postgres_port")) != str(database["PORT"]):
        pytest.skip("the tests' PostgreSQL is not embedded: nobody gave us its superuser")
    return found


@pytest.fixture
def _a_year_or_a_day(source: Cluster, request: pytest.FixtureRequest) -> None:
    if IS_LONG:
        with override_settings(DEMO=True):
            call_command("load_demo")
        return
    staff, desk = request.getfixturevalue("maria"), request.getfixturevalue("liaison")
    make.advised(staff, desk)
    briefers = request.getfixturevalue("briefer"), request.getfixturevalue("second_briefer")
    make_briefings.delivered(*briefers, request.getfixturevalue("gov"))


@pytest.fixture
def backup(source: Cluster, _a_year_or_a_day: None, tmp_path: Path) -> Backup:
    readers = state.readers()
    read = [reader.read(state.here) for reader in readers]
    kept, all_of_them, dump = (tmp_path / name for name in ("anchors", "all-anchors", "diplomacy.dump"))
    write_anchors(kept, all_of_them)
    with source.superuser() as superuser:
        if IS_LONG:
            bulk.grow(superuser, MORE, not_of=readers[0].member.office_id)
        rows, wall = state.rows(superuser), state.wall(superuser)
    began = time.monotonic()
    with clusters.backup_role(source):
        clusters.dump(source, dump)
    seconds, taken = time.monotonic() - began, time.monotonic()
    for number in range(FILED_SINCE):
        make.filed(readers[0].member, title=f"After the backup {number}")
    write_anchors(all_of_them)
    with source.superuser() as superuser:
        lost = count(state.rows(superuser)) - count(rows)
    return Backup(dump, kept, all_of_them, rows, wall, readers, read, seconds, lost, time.monotonic() - taken)


def write_anchors(*files: Path) -> None:
    anchor = anchors.now()
    assert anchor
    for file in files:
        anchors.append(anchor, file)


def count(rows: dict[str, tuple[int, int]]) -> int:
    return sum(number for number, _ in rows.values())


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Cluster]:
    with clusters.fresh(tmp_path / "restored") as cluster:
        yield cluster


def expect_the_same(cluster: Cluster, backup: Backup, rows: dict[str, tuple[int, int]]) -> None:
    """Every row, and every lock on them."""
    with cluster.superuser() as superuser, psycopg.connect(cluster.url(APP), autocommit=True) as app:
        assert state.rows(superuser) == rows
        assert state.wall(superuser) == backup.wall
        assert not state.without_a_reader(superuser, app)
    product.expect_it_starts(cluster)


def expect_the_log_to_hold(cluster: Cluster, kept: Path) -> None:
    code, words = product.verify_log(cluster, kept)
    assert code == 0, words
    assert "The log holds" in words


@pytest.mark.parametrize(
    "said",
    [
        *(line.replace("{password}", "'…'") for line in clusters.MAKE_BACKUP_ROLE),
        *("archive_mode = on", "archive_timeout = 60", "recovery_target_action = promote", "recovery.signal"),
        *(
            " ".join(words)
            for words in (clusters.DUMP, clusters.RESTORE, clusters.ANALYZE, clusters.BASE_BACKUP)
        ),
    ],
)
def test_the_operator_is_told_to_do_what_the_drill_does(said: str) -> None:
    assert said in OPERATIONS.read_text()


@pytest.mark.slow
def test_people_find_in_what_was_restored_what_they_had(
    backup: Backup, fresh: Cluster, tmp_path: Path
) -> None:
    seconds = clusters.restore(fresh, backup.dump)
    expect_the_same(fresh, backup, backup.rows)
    expect_the_log_to_hold(fresh, backup.anchors)
    code, words = product.verify_log(fresh, backup.all_anchors)
    assert code == 1 and "its end was cut off" in words, "what was lost must be noticed"
    with product.serving(fresh, tmp_path) as (web, until_it_answers):
        get = state.at_port(web.port)
        assert [reader.read(get) for reader in backup.readers] == backup.read
        if IS_LONG:
            undo_a_mishap(fresh, backup, office_of(backup.readers[0].member, web, backup), tmp_path)
    expect_the_drill_to_notice(fresh, backup)
    print(
        f"\nDump: {count(backup.rows):,} rows of {len(backup.rows)} tables in {backup.dump.stat().st_size:,} bytes,"
        f" taken in {backup.seconds:.1f} s. Recovery time {seconds + until_it_answers:.1f} s, {seconds:.1f} of it restoring."
        f" Lost: {backup.lost_rows} rows of the {backup.lost_seconds:.0f} s since it was taken."
    )


def expect_the_drill_to_notice(cluster: Cluster, backup: Backup) -> None:
    """What a restore could leave out, left out."""
    with cluster.superuser() as superuser, psycopg.connect(cluster.url(APP), autocommit=True) as app:
        for fault in FAULTS:
            superuser.execute(fault.encode())
        wall = state.wall(superuser)
        missed = {name for name, said in backup.wall.items() if wall.get(name) != said}
        assert {"briefings_briefing", "engagements_engagement.office_reads"} <= {name for _, name in missed}
        found = state.without_a_reader(superuser, app)
    assert {"briefings_briefing as none", "engagements_engagement as diplomacy_office"} <= set(found)


def office_of(member: Member, web: Any, backup: Backup) -> Office:
    met = Counterpart.objects.visible_to(member.user).first()
    assert met
    more = {
        "starts_on": str(make.in_days(30)),
        "ends_on": str(make.in_days(31)),
        "counterparts": [met.reference],
    }
    return Office(web, backup.readers[0].token, more)


def undo_a_mishap(cluster: Cluster, backup: Backup, office: Office, tmp_path: Path) -> None:
    """The product works on what was restored; somebody drops a table; all until then comes back."""
    with clusters.backup_role(cluster):
        copy = clusters.base_backup(cluster, tmp_path / "copy")
    for number in range(FILED_SINCE):
        office.file(f"After the base backup {number}")
    product.write_anchor(cluster, backup.anchors)
    get = state.at_port(office.web.port)
    read = [reader.read(get) for reader in backup.readers]
    with cluster.superuser() as superuser:
        before = state.rows(superuser)
        moment = str(superuser.execute("SELECT clock_timestamp()::text").fetchall()[0][0])
        superuser.execute("DROP TABLE engagements_stop CASCADE")
    clusters.archive_all(cluster)
    with clusters.recovered(copy, cluster.wal, moment) as seconds:
        expect_the_same(copy, backup, before)
        expect_the_log_to_hold(copy, backup.anchors)
        with copy.superuser() as superuser:
            lost = count(before) - count(state.rows(superuser))
        with product.serving(copy, tmp_path) as (web, until_it_answers):
            again = state.at_port(web.port)
            assert [reader.read(again) for reader in backup.readers] == read
    print(
        f"\nPoint in time: {FILED_SINCE} engagements filed after the base backup, {count(before):,} rows at the moment before"
        f" a table was dropped. Recovery time {seconds + until_it_answers:.1f} s. Lost: {lost} rows."
    )
