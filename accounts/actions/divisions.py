"""Divisions are reference data: loaded from files, changed by nobody by hand."""

from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts import ocd_ids
from accounts.divisions_file import DivisionRow
from accounts.load_report import Refused, Report

STAGE = """
DROP TABLE IF EXISTS pg_temp.staged_division;
CREATE TEMPORARY TABLE staged_division (
    line integer, ocd_id text, name text, kind text, census_geoid text, parent text, depth integer
) ON COMMIT DROP
"""
COLUMNS = "(line, ocd_id, name, kind, census_geoid, parent, depth)"
REPEATED = """
WITH first AS (SELECT DISTINCT ON (ocd_id) * FROM staged_division ORDER BY ocd_id, line)
DELETE FROM staged_division s USING first
WHERE s.ocd_id = first.ocd_id AND s.line > first.line
RETURNING s.line, first.line, (s.name, s.census_geoid) = (first.name, first.census_geoid)
"""
UNLISTED_PARENTS = """
SELECT DISTINCT parent FROM staged_division s
WHERE parent IS NOT NULL
  AND NOT EXISTS (SELECT FROM staged_division p WHERE p.ocd_id = s.parent)
  AND NOT EXISTS (SELECT FROM accounts_division d WHERE d.ocd_id = s.parent)
"""
MERGE = """
WITH written AS (
    INSERT INTO accounts_division AS d (ocd_id, name, kind, census_geoid, parent_id)
    SELECT s.ocd_id, s.name, s.kind, s.census_geoid, p.id
    FROM staged_division s LEFT JOIN accounts_division p ON p.ocd_id = s.parent
    WHERE s.depth = %s
    ON CONFLICT (ocd_id) DO UPDATE
    SET name = excluded.name, census_geoid = excluded.census_geoid, parent_id = excluded.parent_id
    WHERE (d.name, d.census_geoid, d.parent_id)
        IS DISTINCT FROM (excluded.name, excluded.census_geoid, excluded.parent_id)
    RETURNING xmax = 0 AS made
)
SELECT count(*) FILTER (WHERE made), count(*) FILTER (WHERE NOT made) FROM written
"""


@transaction.atomic
def load_divisions(rows: Iterable[DivisionRow | Refused], report: Report) -> Report:
    """Make or change every division that `rows` list, parents first.

    All valid rows are saved, or, on a failure that is not a row's own, none.
    """
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        copy_in(cursor, "staged_division " + COLUMNS, _valid(rows, report))
        cursor.execute("CREATE INDEX ON staged_division (ocd_id); ANALYZE staged_division")
        _set_repeated_aside(cursor, report)
        listed = _count(cursor)
        parents = _stage_parents(cursor)
        made, changed = _merge(cursor)
    report.made, report.changed = made - parents, changed
    report.unchanged += listed - report.made - changed
    report.note("parents that the file does not list, made from the ids", parents)
    return report


def make_divisions(ocd_ids_wanted: Iterable[str]) -> int:
    """Make those that do not exist yet, with their parents, named from the ids; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        copy_in(cursor, "staged_division " + COLUMNS, map(_from_id, ocd_ids_wanted))
        cursor.execute("DELETE FROM staged_division s USING accounts_division d WHERE d.ocd_id = s.ocd_id")
        _stage_parents(cursor)
        return _merge(cursor)[0]


def copy_in(cursor: CursorWrapper, target: str, rows: Iterable[tuple[object, ...]]) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _valid(rows: Iterable[DivisionRow | Refused], report: Report) -> Iterator[tuple[object, ...]]:
    for row in rows:
        if isinstance(row, Refused):
            report.refuse(*row)
        else:
            yield _staged(row)


def _staged(row: DivisionRow) -> tuple[object, ...]:
    ocd_id = row.ocd_id
    kind, parent, depth = ocd_ids.kind_of(ocd_id), ocd_ids.parent_of(ocd_id), ocd_ids.depth_of(ocd_id)
    return row.line, ocd_id, row.name, kind, row.census_geoid, parent, depth


def _from_id(ocd_id: str) -> tuple[object, ...]:
    return _staged(DivisionRow(0, ocd_id, ocd_ids.name_of(ocd_id), ""))


def _set_repeated_aside(cursor: CursorWrapper, report: Report) -> None:
    cursor.execute(REPEATED)
    for line, first, is_same in sorted(cursor.fetchall()):
        if is_same:
            report.unchanged += 1
        else:
            report.refuse(f"line {line}", f"The id is on line {first} already, with other content.")


def _stage_parents(cursor: CursorWrapper) -> int:
    made = 0
    while True:
        cursor.execute(UNLISTED_PARENTS)
        if not (parents := [ocd_id for (ocd_id,) in cursor.fetchall()]):
            return made
        copy_in(cursor, "staged_division " + COLUMNS, map(_from_id, parents))
        made += len(parents)


def _count(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT count(*) FROM staged_division")
    return int(cursor.fetchone()[0])


def _merge(cursor: CursorWrapper) -> tuple[int, int]:
    cursor.execute("SELECT coalesce(max(depth), 0) FROM staged_division")
    made = changed = 0
    for depth in range(1, cursor.fetchone()[0] + 1):
        cursor.execute(MERGE, [depth])
        new, other = cursor.fetchone()
        made, changed = made + new, changed + other
    return made, changed
