# ruff: noqa: S608 (every name in a statement is one of our own tables)
"""The raw probe of the second wall: statements without any filter as each person, and what is wrong with the answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, connections, transaction
from psycopg.errors import InsufficientPrivilege

from accounts.models import User
from diplomacy.lib.rls import SYSTEM, context, reading_as
from diplomacy.lib.rls.roles import KEEPER
from tests.access.matrix.oracle import Person
from tests.access.matrix.people import Met
from tests.access.matrix.policies import TABLES, Line, Row, nobody
from tests.access.matrix.world import World


def rows(name: str, world: World) -> list[Row]:
    """As the system, which reads all. Rows of records that the oracle does not know of are left out."""
    table = TABLES[name]
    with connection.cursor() as cursor:
        cursor.execute(table.rows)
        found = cursor.fetchall()
    if table.subject == "line":
        return lines(found, world)
    known = facts(table.subject, world)
    copies = facts("copy", world) if table.subject == "briefing" else {}
    return [
        Row(pk, _with(table.subject, known[of], more, copies))
        for pk, of, more in sorted(found)
        if of in known
    ]


def _with(subject: str, it: Any, more: Any, copies: dict[int, Any]) -> Any:
    if subject == "request":
        return it, more
    return (it, [copies[pk] for pk in more]) if subject == "briefing" else it


ABOUT = {
    "engagements.engagement": "engagement",
    "briefings.briefing": "briefing",
    "briefings.delivery": "copy",
    "engagements.overlapside": "every side",
    "engagements.overlap": "every pair",
    "engagements.referral": "referral",
}


def lines(found: list[tuple[int, int, str]], world: World) -> list[Row]:
    known = {kind: facts(subject, world) for kind, subject in ABOUT.items()}
    names, offices = facts("person", world), facts("office", world)
    keys = {name: user_of(met).reader_keys for name, met in world.cast.items() if met.user}
    made = []
    for pk, _, text in sorted(found):
        line = json.loads(text)
        about = known.get(line["kind"], {}).get(line["of"])
        named = frozenset(name for name, held in keys.items() if held & set(line["readers"]))
        told = frozenset(names[pk] for pk in line["told"] if pk in names)
        office = offices.get(line["office"], "")
        if about or line["kind"] not in known:
            made.append(Row(pk, Line(line["kind"], about, office, told, named if line["readers"] else None)))
    return made


def facts(subject: str, world: World) -> dict[int, Any]:
    if subject == "person":
        return {met.user.pk: name for name, met in world.cast.items() if met.user}
    if subject == "office":
        return {office.pk: name for name, office in world.houses.offices.items()}
    return {held.row.pk: held.facts for held in world.records[subject]}


# What PostgreSQL does ------------------------------------------------------------------------------------------------


def user_of(met: Met) -> Any:
    """Anew: what they may is read once for each request."""
    return User.objects.get(pk=met.user.pk) if met.user else AnonymousUser()


OPEN = {"activity_notice": "read_at", "briefings_delivery": "opened_at"}
"""Of tables of which people change some columns only: one of these."""
VERBS = {
    "reads": "SELECT id FROM {0} WHERE {1}",
    "changes": "UPDATE {0} SET {2} = {2} WHERE {1} RETURNING id",
    "removes": "DELETE FROM {0} WHERE {1} RETURNING id",
}


BLINDLY = {"changes": "UPDATE {0} SET {1} = DEFAULT", "removes": "DELETE FROM {0}"}
"""Without looking at any row, so that nothing but the writer's own policy stands before it."""


def reached(verb: str, name: str, held: list[Row]) -> set[int]:
    """The rows that this does something to. Where a trigger refuses all at once, each is tried alone: it came through."""
    sql, column = VERBS[verb], OPEN.get(name, "id")
    found = tried(sql.format(name, "true", column))
    if found is None:
        return {row.pk for row in held if tried(sql.format(name, f"id = {row.pk}", column)) != set()}
    return found & {row.pk for row in held}


def tried(statement: str, *values: str) -> set[int] | None:
    """The ids of its rows, none when a policy or a privilege refuses; None when something else does. Nothing stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            found = {pk for (pk,) in cursor.fetchall()}
            transaction.set_rollback(True)
    except DatabaseError as error:
        return set() if isinstance(error.__cause__, InsufficientPrivilege) else None
    return found


def count_blindly(verb: str, name: str) -> int:
    """How many rows PostgreSQL would write; at least one where a trigger refuses what came so far."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BLINDLY[verb].format(name, OPEN.get(name, "id")))
            count = int(cursor.rowcount)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return 0 if isinstance(error.__cause__, InsufficientPrivilege) else 1
    return count


COPIED = """
SELECT string_agg(quote_ident(column_name), ', '), (SELECT to_jsonb(t)::text FROM {0} t WHERE id = %s)
FROM information_schema.columns WHERE table_name = '{0}' AND is_generated = 'NEVER'
"""


def copy_of(name: str, pk: int) -> tuple[str, str]:
    """The statement that puts the row in once more, and the row. Policies are asked before a key that is taken."""
    with connection.cursor() as cursor:
        cursor.execute(COPIED.format(name), [pk])
        columns, row = cursor.fetchone()
    return (
        f"INSERT INTO {name} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{name}, %s::jsonb) RETURNING 0",
        row,
    )


# What is wrong -------------------------------------------------------------------------------------------------------


def wrong(name: str, world: World, held: list[Row]) -> Iterator[str]:
    """Each person who reads or writes what is not theirs, or lacks what is."""
    for who, met in world.cast.items():
        wanted = expected(name, met.person, held)
        own = sorted(wanted["adds"])
        others = sorted({row.pk for row in held} - wanted["adds"])
        samples = {pk: copy_of(name, pk) for pk in (*own[:1], *others[:1])}
        with reading_as(user_of(met)):
            got = {verb: reached(verb, name, held) for verb in VERBS}
            got["adds"] = {pk for pk, copied in samples.items() if tried(*copied) != set()}
            blindly = {verb: count_blindly(verb, name) for verb in BLINDLY}
        for verb, count in blindly.items():
            if bool(count) != writes_blindly(name, verb, met.person, held):
                yield f"{who} {verb} {count} blindly"
        wanted["adds"] &= samples.keys()
        for verb, found in got.items():
            if more := found - wanted[verb]:
                yield f"{who} {verb} {len(more)} too many"
            if less := wanted[verb] - found:
                yield f"{who} {verb} {len(less)} too few"


def expected(name: str, person: Person, held: list[Row]) -> dict[str, set[int]]:
    table = TABLES[name]
    judges = {"changes": table.writes, "removes": table.writes, "adds": table.adds or table.writes}
    judges |= dict.fromkeys(KEPT.get(name, ()), nobody) | {"reads": table.reads}
    return {verb: {row.pk for row in held if judge(person, row.facts)} for verb, judge in judges.items()}


def writes_blindly(name: str, verb: str, person: Person, held: list[Row]) -> bool:
    judge = TABLES[name].blindly or TABLES[name].adds or TABLES[name].writes
    return verb not in KEPT.get(name, ()) and any(judge(person, row.facts) for row in held)


KEPT = {
    "activity_hold": {"removes"},
    "activity_notice": {"removes"},
    "briefings_delivery": {"removes"},
    "engagements_engagementversion": {"changes", "removes"},
    "records_disposal": {"changes", "removes"},
    "engagements_engagementcountry": {"changes", "adds"},
    "engagements_referral": {"removes"},
    "engagements_overlapfootprint": {"changes", "adds", "removes"},
}
"""What nobody may do to a table, whoever they are: no privilege for it is given."""


# Without a policy ----------------------------------------------------------------------------------------------------

DOORS = f"""
GRANT CREATE ON SCHEMA public TO {KEEPER};
CREATE FUNCTION as_owner(statement text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
AS $$ BEGIN EXECUTE statement; END $$;
CREATE FUNCTION as_keeper(statement text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
AS $$ DECLARE touched bigint; BEGIN EXECUTE statement; GET DIAGNOSTICS touched = ROW_COUNT; RETURN touched; END $$;
ALTER FUNCTION as_keeper(text) OWNER TO {KEEPER};
REVOKE CREATE ON SCHEMA public FROM {KEEPER};
"""
KEEPS = {
    "activity_entry": "UPDATE activity_entry SET data = data",
    "briefings_section": "UPDATE briefings_section SET body = body",
    "records_disposal": "UPDATE records_disposal SET texts = texts",
    "engagements_engagementversion": "UPDATE engagements_engagementversion SET said = said",
    "engagements_engagementcountry": "DELETE FROM engagements_engagementcountry",
    "engagements_overlap": "UPDATE engagements_overlap SET crosses_on = crosses_on",
    "engagements_overlapfootprint": "DELETE FROM engagements_overlapfootprint",
}
"""What the keeper's own functions write."""


@contextmanager
def doors() -> Iterator[None]:
    """In the database of this run alone, so that policies can be changed inside the world's own transaction."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(DOORS)
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP FUNCTION as_owner(text); DROP FUNCTION as_keeper(text)")


@contextmanager
def changed(statement: str) -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("SELECT as_owner(%s)", [statement])
        yield
        transaction.set_rollback(True)


def wrong_for_helpers(name: str, world: World, held: list[Row]) -> Iterator[str]:
    """The system reads all, and only under its own name; the keeper reads all, and writes what it keeps."""
    if rows(name, world) != held:
        yield "the system does not read all"
    if tried(f"SELECT as_keeper('SELECT FROM {name}')") == {0}:
        yield "the keeper reads nothing"
    if name in KEEPS and tried(f"SELECT as_keeper('{KEEPS[name]}')") == {0}:
        yield "the keeper writes nothing"
    maria = world.cast["maria"]
    with context._context((SYSTEM, context.signed(user_of(maria).reader_keys))):
        if tried(f"SELECT id FROM {name}"):
            yield "whoever switches to the role of the system reads all"
