"""Rows for the tables of whatever state a database is in: what a column must hold is read from the database itself."""

from typing import Any, NamedTuple

import psycopg

Connection = psycopg.Connection[Any]
COLUMNS = """
SELECT quote_ident(a.attname), format_type(a.atttypid, NULL), k.confrelid::regclass::text, a.attnotnull
FROM pg_attribute a LEFT JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum]
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND NOT a.atthasdef
ORDER BY a.attnum
"""
OF_TYPE = {
    "boolean": "false",
    "date": "date '2026-01-01' + (n % 900)::integer",
    "timestamp with time zone": "timestamptz '2026-01-01 12:00Z' + n * interval '1 minute'",
    "uuid": "gen_random_uuid()",
    "jsonb": "'{}'",
    "bytea": "sha256(n::text::bytea)",
    "character varying[]": "'{}'",
    "smallint": "1",
    "integer": "1",
    "bigint": "1",
}
FEW = 1_000
FILED = {"filed_at": OF_TYPE["timestamp with time zone"], "federal_reads": "true"}
READERS = "ARRAY['office:' || n % 500, 'office:' || n % 70]"


class Table(NamedTuple):
    name: str
    share: float
    """Of the number of engagements."""
    said: dict[str, str] = {}


TABLES = (
    Table("auth_group", 1 / 20, {"name": "'group ' || n"}),
    Table("accounts_office", 1 / 50, {"name": "'Office ' || n", "level": "'state'", "group_id": "n"}),
    Table("accounts_user", 1 / 25, {"email": "'person' || n || '@bench.example'"}),
    Table("accounts_member", 1 / 25, {"role": "'staff'", "user_id": "n"}),
    Table("accounts_official", 1 / 25),
    Table("accounts_term", 1 / 25, {"official_id": "n", "role": "'member'"}),
    Table("counterparts_counterpart", 1 / 20, {"name": "'Port of Region ' || n", "country": "'MX'"}),
    Table(
        "engagements_engagement",
        1,
        {
            **FILED,
            "status": "'filed'",
            "visibility": "'federal'",
            "kind": "'call'",
            "title": "'Water forum ' || n",
            "starts_on": OF_TYPE["date"],
            "ends_on": OF_TYPE["date"],
            "readers": READERS,
        },
    ),
    Table("engagements_engagement_counterparts", 1, {"engagement_id": "n"}),
    Table("engagements_stop", 1, {"country": "(ARRAY['MX', 'CA', 'JP'])[1 + n % 3]"}),
    Table("engagements_participant", 1, {"side": "'ours'"}),
    Table("engagements_engagementversion", 1, {"engagement_id": "n"}),
    Table("engagements_attentionflag", 1 / 10, {"engagement_id": "n"}),
    Table("engagements_advicerequest", 1, {**FILED, "engagement_id": "n", "status": "'lapsed'"}),
    Table("engagements_outcomereport", 1 / 2, {"engagement_id": "n"}),
    Table("engagements_reading", 1, {"engagement_id": "n"}),
    Table(
        "activity_entry",
        1,
        {
            "kind": "(ARRAY['engagements.filed', 'briefings.opened'])[1 + n % 2]",
            "subject_type": "'engagements.engagement'",
            "actor_id": "1 + n % {accounts_user}",
            "office_id": "1 + n % {accounts_office}",
            "readers": READERS,
        },
    ),
    Table("activity_notice", 1, {"entry_id": "n", "mail": "'sent'"}),
    Table("briefings_briefing", 1 / 20, {"status": "'draft'"}),
    Table("briefings_section", 1 / 20, {"briefing_id": "n"}),
    Table(
        "briefings_delivery",
        1,
        {"briefing_id": "1 + n % {briefings_briefing}", "recipient_id": "1 + n / {briefings_briefing}"},
    ),
    Table("briefings_delivery_sections", 1, {"delivery_id": "n"}),
)


def fill(superuser: Connection, number: int) -> dict[str, int]:
    """Foreign keys are looked at where the rows are few: what holds of some, holds of more."""
    made: dict[str, int] = {}
    if number > FEW:
        superuser.execute("SET session_replication_role = replica")
    for table in TABLES:
        made[table.name] = max(20, int(number * table.share))
        columns, values = _columns(superuser, table, made)
        superuser.execute(
            f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM generate_series(1, {made[table.name]}) n".encode()  # noqa: S608
        )
    superuser.execute("SET session_replication_role = origin")
    superuser.execute("VACUUM ANALYZE")
    return made


def _columns(superuser: Connection, table: Table, made: dict[str, int]) -> tuple[str, str]:
    found = {}
    for name, kind, parent, is_required in superuser.execute(COLUMNS, [table.name]).fetchall():
        if name in table.said:
            found[name] = table.said[name].format(**made)
        elif not is_required:
            continue
        elif parent:
            found[name] = f"1 + n % {made.get(parent, 1)}"
        elif name == "reference":
            found[name] = "'X-' || upper(lpad(to_hex(n), 8, '0'))"
        else:
            found[name] = OF_TYPE.get(kind, "''")
    return ", ".join(found), ", ".join(found.values())
