"""Officials are reference data too. Their links to users and offices are made here and survive a load."""

import json
from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.actions.divisions import copy_in, make_divisions
from accounts.load_report import Refused, Report
from accounts.officials_file import OfficialRow, PassedOver
from diplomacy.lib import washington
from diplomacy.lib.rls import system

STAGE = """
DROP TABLE IF EXISTS pg_temp.staged_official, pg_temp.staged_term, pg_temp.staged_match;
CREATE TEMPORARY TABLE staged_official (
    n integer, source text, ocd_id text, name text, family_name text, email text, terms jsonb,
    official_id bigint, outcome text
) ON COMMIT DROP
"""
COLUMNS = "(n, source, ocd_id, name, family_name, email, terms)"
REPEATED = """
WITH first AS (SELECT DISTINCT ON (ocd_id) * FROM staged_official ORDER BY ocd_id, n)
DELETE FROM staged_official s USING first
WHERE s.ocd_id = first.ocd_id AND s.n > first.n
RETURNING s.source, first.source,
    (s.name, s.family_name, s.email, s.terms) = (first.name, first.family_name, first.email, first.terms)
"""
DIVISIONS = """
SELECT DISTINCT t.division FROM staged_official s, jsonb_to_recordset(s.terms) AS t(division text)
WHERE NOT EXISTS (SELECT FROM accounts_division d WHERE d.ocd_id = t.division)
"""
MERGE_OFFICIALS = """
UPDATE staged_official s SET official_id = o.id FROM accounts_official o WHERE o.ocd_id = s.ocd_id;

WITH made AS (
    INSERT INTO accounts_official (ocd_id, name, family_name, email)
    SELECT ocd_id, name, family_name, email FROM staged_official WHERE official_id IS NULL
    RETURNING id, ocd_id
)
UPDATE staged_official s SET official_id = made.id, outcome = 'made' FROM made WHERE made.ocd_id = s.ocd_id;

WITH changed AS (
    UPDATE accounts_official o SET name = s.name, family_name = s.family_name, email = s.email
    FROM staged_official s
    WHERE o.id = s.official_id
      AND (o.name, o.family_name, o.email) IS DISTINCT FROM (s.name, s.family_name, s.email)
    RETURNING o.id
)
UPDATE staged_official s SET outcome = 'changed' FROM changed WHERE changed.id = s.official_id
"""
# Terms of one post that start on one day are told apart by the order of their ends, so that a term which gets
# its end date is the same row afterwards.
MATCH_TERMS = """
CREATE TEMPORARY TABLE staged_term ON COMMIT DROP AS
SELECT s.official_id, t.role, t.jurisdiction, t.district, t.starts_on, t.ends_on, t.has_ended,
    d.id AS division_id,
    row_number() OVER (
        PARTITION BY s.official_id, t.role, t.jurisdiction, t.district, t.starts_on ORDER BY t.ends_on
    ) AS place
FROM staged_official s,
    jsonb_to_recordset(s.terms) AS t(
        role text, jurisdiction text, district text, starts_on date, ends_on date, has_ended boolean,
        division text
    ),
    accounts_division d
WHERE d.ocd_id = t.division;

CREATE TEMPORARY TABLE staged_match ON COMMIT DROP AS
SELECT official_id, role, jurisdiction, district,
    kept.id AS term_id, staged.division_id IS NOT NULL AS is_listed,
    staged.starts_on, staged.ends_on, staged.division_id, staged.has_ended
FROM (SELECT *, coalesce(starts_on, '-infinity') AS since FROM staged_term) staged
FULL JOIN (
    SELECT *, coalesce(starts_on, '-infinity') AS since, row_number() OVER (
        PARTITION BY official_id, role, jurisdiction, district, starts_on ORDER BY ends_on
    ) AS place
    FROM accounts_term WHERE official_id IN (SELECT official_id FROM staged_official)
) kept USING (official_id, role, jurisdiction, district, since, place)
"""
MERGE_TERMS = """
WITH gone AS (
    DELETE FROM accounts_term t USING staged_match m WHERE t.id = m.term_id AND NOT m.is_listed
    RETURNING t.official_id
), changed AS (
    UPDATE accounts_term t SET division_id = m.division_id, ends_on = m.ends_on, has_ended = m.has_ended
    FROM staged_match m
    WHERE t.id = m.term_id AND m.is_listed
      AND (t.division_id, t.ends_on, t.has_ended) IS DISTINCT FROM (m.division_id, m.ends_on, m.has_ended)
    RETURNING t.official_id
), made AS (
    INSERT INTO accounts_term
        (official_id, role, jurisdiction, district, starts_on, ends_on, division_id, has_ended)
    SELECT official_id, role, jurisdiction, district, starts_on, ends_on, division_id, has_ended
    FROM staged_match WHERE term_id IS NULL
    RETURNING official_id
)
UPDATE staged_official s SET outcome = coalesce(s.outcome, 'changed')
FROM (TABLE gone UNION TABLE changed UNION TABLE made) touched
WHERE touched.official_id = s.official_id
"""
COUNTS = """
SELECT count(*) FILTER (WHERE outcome = 'made'), count(*) FILTER (WHERE outcome = 'changed'),
    count(*) FILTER (WHERE outcome IS NULL)
FROM staged_official
"""
ENDED = "SELECT count(*), count(*) FILTER (WHERE has_ended OR ends_on < %s) FROM staged_term"


@transaction.atomic
def load_officials(rows: Iterable[OfficialRow | PassedOver | Refused], report: Report) -> Report:
    """Make or change every listed official; their terms become the listed ones.

    All valid people are saved, or, on a failure that is not one file's own, none.
    """
    with system("accounts.officials"), connection.cursor() as cursor:
        cursor.execute(STAGE)
        copy_in(cursor, "staged_official " + COLUMNS, _valid(rows, report))
        cursor.execute("CREATE INDEX ON staged_official (ocd_id); ANALYZE staged_official")
        _set_repeated_aside(cursor, report)
        _make_divisions(cursor, report)
        for statement in (MERGE_OFFICIALS, MATCH_TERMS, MERGE_TERMS):
            cursor.execute(statement)
        _count(cursor, report)
    return report


def _valid(
    rows: Iterable[OfficialRow | PassedOver | Refused], report: Report
) -> Iterator[tuple[object, ...]]:
    for number, row in enumerate(rows):
        if isinstance(row, Refused):
            report.refuse(*row)
        elif isinstance(row, PassedOver):
            report.note("files that list governments, not a person: passed over")
        else:
            for note in row.notes:
                report.note(note)
            terms = json.dumps([term._asdict() for term in row.terms], default=str)
            yield number, row.where, row.ocd_id, row.name, row.family_name, row.email, terms


def _set_repeated_aside(cursor: CursorWrapper, report: Report) -> None:
    cursor.execute(REPEATED)
    for source, first, is_same in sorted(cursor.fetchall()):
        if is_same:
            report.unchanged += 1
        else:
            report.refuse(source, f"{first} has this person already, with other content.")


def _make_divisions(cursor: CursorWrapper, report: Report) -> None:
    cursor.execute(DIVISIONS)
    wanted = [ocd_id for (ocd_id,) in cursor.fetchall()]
    report.note("divisions that no file has listed yet, made from the ids", make_divisions(wanted))


def _count(cursor: CursorWrapper, report: Report) -> None:
    cursor.execute(COUNTS)
    report.made, report.changed, unchanged = cursor.fetchone()
    report.unchanged += unchanged
    cursor.execute(ENDED, [washington.today()])
    terms, ended = cursor.fetchone()
    report.note("terms", terms)
    report.note("of these terms have ended", ended)
