"""Tests run as the app role: what these say of it holds for every other test."""

import psycopg
import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection

from diplomacy.checks import ROLE, app_role_owns_nothing


@pytest.mark.django_db
def test_tests_run_as_the_app_role_which_owns_nothing_and_bypasses_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ROLE)
        assert cursor.fetchone() == (settings.DATABASES["default"]["USER"], False, False, False)
    assert settings.DATABASES["default"]["USER"] != settings.DATABASES["owner"]["USER"]
    assert app_role_owns_nothing(None, databases=["default"]) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "TRUNCATE django_session",
        "DROP TABLE django_session",
        "ALTER TABLE django_session DISABLE ROW LEVEL SECURITY",
        "UPDATE django_migrations SET name = 'x'",
        "SET ROLE diplomacy_owner",
        "SET session_replication_role = replica",
        "CREATE ROLE mine",
        "COPY django_session TO PROGRAM 'true'",
    ],
)
def test_the_app_role_is_refused(statement: str) -> None:
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_flush_empties_tables_although_the_app_role_may_not_truncate() -> None:
    ContentType.objects.create(app_label="tooling", model="left over")
    call_command("flush", interactive=False, verbosity=0)
    assert not ContentType.objects.filter(app_label="tooling").exists()


def test_the_owner_owns_the_tables(owner_connection: psycopg.Connection[tuple[str]]) -> None:
    owners = owner_connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert owners.fetchall() == [(settings.DATABASES["owner"]["USER"],)]


def test_migrate_says_what_is_missing_without_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(settings.DATABASES, "owner")
    with pytest.raises(CommandError, match="Set DATABASE_OWNER_URL"):
        call_command("migrate")
