"""Of what only its readers may know PostgreSQL keeps no samples.

Its planner guesses by a sample of all rows, whatever the policies say, and EXPLAIN tells the guess to whoever may ask, by day
or letter, unsigned: a hundred hidden titles were spelt so far as they differ. Nothing of ours is planned by long texts or by
readers (policies compare these with keys that the planner does not know).
"""

from typing import Any

# Short ones are choices, countries and kinds, which plans are made by: of these it may be guessed how many there are.
LONG = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relforcerowsecurity AND coalesce(a.attstattarget, -1) <> 0
    AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polname = 'everybody_reads')
    AND (a.atttypid = ANY ('{text,json,jsonb}'::regtype[])
        OR a.atttypid = ANY ('{varchar,varchar[]}'::regtype[]) AND a.atttypmod >= 64 + 4)
GROUP BY 1 ORDER BY 1
"""


def withhold(connection: Any) -> None:
    """By the owner, after each migration; a column that is done is not touched again."""
    with connection.cursor() as cursor:
        cursor.execute(LONG)
        for table, columns in cursor.fetchall():
            parts = ", ".join(f'ALTER COLUMN "{column}" SET STATISTICS 0' for column in columns)
            cursor.execute(f"ALTER TABLE {table} {parts}")
            cursor.execute(
                "SELECT pg_clear_attribute_stats('public', %s, name, false) FROM unnest(%s::text[]) name",
                [table, columns],
            )
