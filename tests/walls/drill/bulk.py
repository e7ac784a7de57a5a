"""Rows by the hundred thousand, for the time that restoring takes: drafts of one office, as one of its drafts is."""

from typing import Any

import psycopg
from psycopg import sql

TABLE = "engagements_engagement"
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_name = %s AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'reference')
"""
# References of the product have letters and digits that people can tell apart; these need only be different.
COPY = """
INSERT INTO {table} ({columns}, reference)
SELECT {columns}, 'E-' || upper(lpad(to_hex(number), 8, '0'))
FROM (SELECT * FROM {table} WHERE status = 'draft' AND visibility <> 'public' AND office_id <> %s LIMIT 1) one,
    generate_series(1, %s) number
"""


def grow(superuser: psycopg.Connection[Any], number: int, *, not_of: int) -> None:
    names = [name for (name,) in superuser.execute(COLUMNS, [TABLE]).fetchall()]
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    copy = sql.SQL(COPY).format(table=sql.Identifier(TABLE), columns=columns)
    made = superuser.execute(copy, [not_of, number])
    assert made.rowcount == number
