"""What must be the same before and after: rows, the second wall, and what people read."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.test import Client
from psycopg import sql

from accounts import actions as accounts
from accounts.models import Member
from diplomacy.checks import WHO
from diplomacy.embedded.service import HOST
from diplomacy.lib.rls.roles import FEDERAL, OFFICE, ROLES

Connection = psycopg.Connection[Any]
Get = Callable[[str, str], tuple[int, bytes]]
"""Path and token; status and body."""
LISTS = ("engagements", "advice-requests", "deliveries", "notices")
READERS = ("staff", "liaison", "principal")
TABLES = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'rls') ORDER BY 1, 2"
# Without regard to order, so that a large table need not be sorted.
ROWS = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} t"
# Parentheses of a trigger's condition are PostgreSQL's own, and nest otherwise after it has read its own words.
WALL = """
SELECT 'table', c.oid::regclass::text, c.relowner::regrole::text, c.relrowsecurity, c.relforcerowsecurity,
    (SELECT array_agg(a::text ORDER BY a::text)
     FROM unnest(coalesce(c.relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))) a)::text
FROM pg_class c WHERE c.relnamespace::regnamespace::text IN ('public', 'rls') AND c.relkind IN ('r', 'S')
UNION ALL
SELECT 'column', format('%s.%s', attrelid::regclass, attname), attacl::text, true, true, ''
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE attacl IS NOT NULL AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'policy', format('%s.%s', tablename, policyname), roles::text, true, true, concat_ws(' ', cmd, qual, with_check)
FROM pg_policies
UNION ALL
SELECT 'function', p.oid::regprocedure::text, proowner::regrole::text, prosecdef, true,
    pg_get_functiondef(p.oid)
    || (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(coalesce(proacl, acldefault('f', proowner))) a)::text
FROM pg_proc p WHERE proowner::regrole::text LIKE 'diplomacy%'
UNION ALL
SELECT 'trigger', format('%s %s', tgrelid::regclass, tgname), tgenabled::text, true, true,
    translate(pg_get_triggerdef(oid), '()', '')
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'schema', nspname, nspowner::regrole::text, true, true, nspacl::text
FROM pg_namespace WHERE nspname IN ('public', 'rls')
UNION ALL
SELECT 'default', format('%s %s', defaclrole::regrole, defaclobjtype), '', true, true, defaclacl::text
FROM pg_default_acl WHERE defaclrole::regrole::text LIKE 'diplomacy%'
"""
PROTECTED = """
SELECT oid::regclass::text FROM pg_class
WHERE relrowsecurity AND relforcerowsecurity AND relname <> ALL (%s) ORDER BY 1
"""


def rows(connection: Connection) -> dict[str, tuple[int, int]]:
    """Of each table, how many, and a sum over what is in them."""
    found = {}
    for place in connection.execute(TABLES).fetchall():
        counted = connection.execute(sql.SQL(ROWS).format(sql.Identifier(*place))).fetchone()
        found[".".join(place)] = counted or (0, 0)
    return found


def wall(connection: Connection) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Owners, privileges, policies, functions and triggers."""
    return {row[:2]: row[2:] for row in connection.execute(WALL).fetchall()}


def without_a_reader(superuser: Connection, app: Connection) -> list[str]:
    """Protected tables that give rows to the app by itself, or in one of its roles with nobody named; and those that say who
    somebody is, where they let it write."""
    roles = ("none", OFFICE, FEDERAL)
    open_to = [f"{table} written as {role}" for table in WHO for role in roles if _writes(app, role, table)]
    for (table,) in superuser.execute(PROTECTED, [list(WHO)]).fetchall():
        counting = f"SELECT count(*) FROM {table}".encode()  # noqa: S608 (as PostgreSQL quotes it)
        for role in ("none", *ROLES):
            app.execute(f"SET ROLE {role}".encode())
            try:
                shown = app.execute(counting).fetchone()
            except psycopg.errors.InsufficientPrivilege:
                continue
            if shown != (0,) or superuser.execute(counting).fetchone() != (0,):
                open_to.append(f"{table} as {role}")
    return open_to


def _writes(app: Connection, role: str, table: str) -> bool:
    app.execute(f"SET ROLE {role}".encode())
    try:
        app.execute(f"DELETE FROM {table} WHERE false".encode())  # noqa: S608
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


@dataclass
class Reader:
    member: Member
    token: str

    def read(self, get: Get) -> dict[str, list[Any]]:
        """All of every list, page by page."""
        return {name: list(self._pages(get, f"/api/v1/{name}/?limit=100")) for name in LISTS}

    def _pages(self, get: Get, path: str) -> Any:
        while path:
            status, body = get(path, self.token)
            assert status == 200, (path, status, body[:500])
            page = json.loads(body)
            yield from page["results"]
            following = urlsplit(page["next"] or "")
            path = f"{following.path}?{following.query}" if following.path else ""


def readers() -> list[Reader]:
    """Of each role the first person who reads something."""
    return [_reader(role) for role in READERS]


def _reader(role: str) -> Reader:
    for member in Member.objects.current().filter(role=role, delegation=None).order_by("pk"):
        found = Reader(member, accounts.make_token("Drill", scope="write", days=9, by=member)[1])
        if any(found.read(here).values()):
            return found
    raise AssertionError(f"nobody with the role {role} reads anything")


def here(path: str, token: str) -> tuple[int, bytes]:
    answer = Client().get(path, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.content


def at_port(port: int) -> Get:
    def get(path: str, token: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    return get
