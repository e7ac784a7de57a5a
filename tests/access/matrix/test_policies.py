"""PostgreSQL's own policies, person by person and row by row; and each of them changed, to see that somebody notices.

`make test` changes one policy in so many, `make mutants` all.
"""

import os
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.db import connection

from diplomacy.checks import WHO
from tests.access.matrix import probe
from tests.access.matrix.policies import TABLES, Row
from tests.access.matrix.world import World

SLICE = 1 if os.environ.get("MUTANTS") == "full" else 12
FOUND = """
SELECT tablename, policyname, cmd, coalesce(qual, with_check), cmd = 'ALL' OR EXISTS (
    SELECT FROM unnest(roles) role WHERE cmd <> 'DELETE' AND has_any_column_privilege(role, tablename::regclass, cmd)
        OR cmd = 'DELETE' AND has_table_privilege(role, tablename::regclass, cmd))
FROM pg_policies ORDER BY 1, 2
"""
ALIKE = {
    "DROP POLICY office_reads ON engagements_desknote": "its readers advise, and so read in the federal role",
    "DROP POLICY keeper_looks_up ON engagements_engagementcountry": "keeper_keeps lets it read as well",
    "DROP POLICY keeper_looks_up ON engagements_overlapfootprint": "keeper_keeps lets it read as well",
    **{
        f"DROP POLICY {role}_reads ON {table}": "it admits nobody, and only has unsigned looks fail"
        for role in ("office", "federal")
        for table in ("engagements_overlapfootprint", "counterparts_movedrows")
    },
}
"""What is the same without the policy."""
ELSEWHERE = {
    "ALTER POLICY federal_reads ON engagements_coordinatorquestion USING (true)": "tests/walls/test_second_wall.py"
}
"""What another test changes, since no plan of the world was restricted after a question about it."""
CHANGED: list[str] = []


class Policy(NamedTuple):
    table: str
    name: str
    command: str

    condition: str
    matters: bool
    """Somebody whom it is for has the privilege that it is about."""

    @property
    def drop(self) -> str:
        return f"DROP POLICY {self.name} ON {self.table}"

    @property
    def is_of_helpers(self) -> bool:
        return self.name.startswith(("system_", "keeper_"))

    @property
    def changes(self) -> Iterator[str]:
        """Taken away, and true for all; not what would change nothing."""
        if not self.matters or self.drop in ALIKE:
            return
        check = "WITH CHECK" if self.command == "INSERT" else "USING"
        if self.condition != "false":
            yield self.drop
        if self.condition != "true":
            yield f"ALTER POLICY {self.name} ON {self.table} {check} (true)"


@pytest.fixture(scope="module")
def doors(world: World) -> Iterator[None]:
    with probe.doors():
        yield


@pytest.fixture
def found(world: World) -> list[Policy]:
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        return [Policy(*row) for row in cursor.fetchall()]


def test_every_protected_table_is_probed_and_holds_something(found: list[Policy], world: World) -> None:
    """Of those that say who somebody is everybody reads every row: tests/attacks/test_who_somebody_is.py holds theirs."""
    assert {policy.table for policy in found} == TABLES.keys() | WHO.keys()
    assert [name for name in TABLES if not probe.rows(name, world)] == []


@pytest.mark.parametrize("name", TABLES)
def test_postgresql_gives_each_person_what_the_oracle_does(name: str, world: World) -> None:
    found = list(probe.wrong(name, world, probe.rows(name, world)))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", TABLES)
def test_each_policy_is_missed_and_its_condition_too(
    name: str, world: World, doors: None, found: list[Policy]
) -> None:
    """Taken away, somebody lacks what is theirs; true for all, somebody has what is not."""
    held, unnoticed = probe.rows(name, world), []
    assert not list(probe.wrong_for_helpers(name, world, held))
    for policy in (policy for policy in found if policy.table == name):
        for statement in policy.changes:
            if zlib.crc32(statement.encode()) % SLICE == 0 and statement not in ELSEWHERE:
                with probe.changed(statement):
                    CHANGED.append(statement)
                    if not noticed(policy, world, held):
                        unnoticed.append(statement)
    assert not unnoticed, "\n".join(unnoticed)


def noticed(policy: Policy, world: World, held: list[Row]) -> bool:
    wrong = probe.wrong_for_helpers if policy.is_of_helpers else probe.wrong
    return next(wrong(policy.table, world, held), "") != ""


def test_so_many_were_changed() -> None:
    print(f"\n{len(CHANGED)} changes of policies, all noticed or named above")
    assert CHANGED
