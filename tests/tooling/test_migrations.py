"""Migrations of a product that is in use: none may hold a lock on a table for long."""

from typing import Any

import pytest
from django_migration_linter import MigrationLinter

OUR_APPS = ["accounts", "activity", "briefings", "counterparts", "diplomacy", "engagements", "records"]
NOT_UNDERSTOOD = {"0002_roles_in_full"}
"""The linter takes tables that are new, and a constraint made of an index, for ones at which it must look; what is really
sent, tests/tooling/test_locks.py looks at. Never add to it."""
NAMES = ["RUNPYTHON_ARGS_NAMING_CONVENTION", "RUNPYTHON_MODEL_VARIABLE_NAME"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def linter(*apps: str, **more: Any) -> MigrationLinter:
    return MigrationLinter(
        include_apps=list(apps),
        database="owner",
        no_cache=True,
        all_warnings_as_errors=True,
        exclude_migration_tests=NAMES,
        **more,
    )


def test_nothing_in_a_migration_locks_a_table_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    lint = linter(*OUR_APPS, ignore_initial_migrations=True, ignore_name=NOT_UNDERSTOOD)
    lint.lint_all_migrations()
    assert not lint.has_errors, capsys.readouterr().out


def test_an_index_that_is_not_made_concurrently_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    lint = linter("accounts")
    lint.lint_all_migrations(app_label="accounts", migration_name="0002_roles_in_full")
    assert lint.has_errors
    assert "CREATE INDEX locks table" in capsys.readouterr().out
