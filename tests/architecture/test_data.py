"""docs/data.md names every table, and each has in the database what its level asks for."""

import re

import pytest
from django.db import connection

from diplomacy.checks import WHO
from diplomacy.embedded import BASE_DIR
from diplomacy.lib.rls import KEEPER, ROLES

ROW = re.compile(r"^\| `([\w.]+)` \| (\w+) \|", re.MULTILINE)
SAID = (BASE_DIR / "docs" / "data.md").read_text().split("## Tables")[1]
OURS = {"accounts", "activity", "briefings", "counterparts", "engagements", "records"}
LEVELS: dict[str, str] = dict(ROW.findall(SAID))
BEHIND_POLICIES = {"restricted", "sensitive"}
"""Of other levels are only those that say who somebody is, which everybody reads: diplomacy.checks.WHO."""
HOUSEKEEPING = {"activity_seal", "activity_retention", "django_admin_log"}
"""Hashes, years and names of configuration: no content, so no policies."""
TABLES = """
SELECT CASE nspname WHEN 'public' THEN relname::text ELSE nspname || '.' || relname END, relrowsecurity AND relforcerowsecurity,
    has_table_privilege(session_user, c.oid, 'SELECT'), has_table_privilege(session_user, c.oid, 'UPDATE, DELETE, TRUNCATE')
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg_t%'
"""
OF_ROLES = (
    "SELECT bool_or(has_table_privilege(role, %s, 'UPDATE, DELETE, TRUNCATE')) FROM unnest(%s::text[]) role"
)

pytestmark = pytest.mark.django_db


def tables() -> dict[str, tuple[bool, bool, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return {name: (walled, read, changed) for name, walled, read, changed in cursor.fetchall()}


def test_every_table_is_given_one_level() -> None:
    assert len(ROW.findall(SAID)) == len(LEVELS)
    assert set(tables()) == set(LEVELS)


def test_what_is_sensitive_is_behind_policies_and_closed_without_a_reader() -> None:
    open_ones = [
        name
        for name, (walled, read, _) in tables().items()
        if LEVELS[name] in BEHIND_POLICIES and not (walled and not read)
    ]
    assert not open_ones
    walled = {name for name, (walled, _, _) in tables().items() if walled}
    assert {LEVELS[name] for name in walled - WHO.keys()} <= BEHIND_POLICIES | {"log"}


def test_the_log_is_behind_policies_and_nobody_of_the_product_changes_it() -> None:
    found = tables()
    for name in (name for name, level in LEVELS.items() if level == "log" and name not in HOUSEKEEPING):
        assert found[name][0], name
    with connection.cursor() as cursor:
        for name in ("activity_entry", "activity_seal"):
            cursor.execute(OF_ROLES, [name, [*ROLES, KEEPER]])
            assert cursor.fetchone() == (False,), name
            assert not found[name][2], name


def test_the_key_that_signs_readers_is_closed_to_the_app() -> None:
    assert tables()["rls.signing_key"] == (False, False, False)
