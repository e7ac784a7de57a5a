"""Policies that hold nobody look just like policies that do: the product says so and does not start."""

from collections.abc import Iterator

import psycopg
import pytest
from django import conf
from django.db import connection
from pytest_django.fixtures import Settings

from diplomacy.checks import refuse_to_start, second_wall_stands
from diplomacy.lib.rls import FEDERAL

TABLE = "engagements_engagement"
MEMBERS = "accounts_member"
APP = conf.settings.DATABASES["default"]["USER"]
FAULTS = {
    "no policies": (
        f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY",
        "is not behind forced",
    ),
    "not the owner": (
        f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY",
        "is not behind forced",
    ),
    "a right of the app's own": (
        f'GRANT SELECT ON {TABLE} TO "{APP}"',
        f'REVOKE SELECT ON {TABLE} FROM "{APP}"',  # noqa: S608 (nothing of it comes from outside)
        "without naming a reader",
    ),
    "who somebody is, without policies": (
        f"ALTER TABLE {MEMBERS} DISABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {MEMBERS} ENABLE ROW LEVEL SECURITY",
        "which says who somebody is, is not behind forced",
    ),
    "who somebody is, written by the app": (
        f'GRANT UPDATE ON {MEMBERS} TO "{APP}"',
        f'REVOKE UPDATE ON {MEMBERS} FROM "{APP}"',
        "without named work",
    ),
    "who somebody is, written by readers": (
        f"GRANT INSERT ON {MEMBERS} TO {FEDERAL}",
        f"REVOKE INSERT ON {MEMBERS} FROM {FEDERAL}",
        "without named work",
    ),
    "one column of who somebody is": (
        f'GRANT UPDATE (is_staff) ON accounts_user TO "{APP}"',
        f'REVOKE UPDATE (is_staff) ON accounts_user FROM "{APP}"',
        "without named work",
    ),
}


@pytest.fixture(params=FAULTS)
def fault(
    request: pytest.FixtureRequest, owner_connection: psycopg.Connection[tuple[object, ...]]
) -> Iterator[str]:
    broken, mended, words = FAULTS[request.param]
    owner_connection.execute(broken.encode())
    yield words
    owner_connection.execute(mended.encode())


def test_the_product_does_not_start_with_a_second_wall_that_holds_nobody(fault: str) -> None:
    found = second_wall_stands(None, databases=["default"])
    assert [message.id for message in found] == ["diplomacy.E008"]
    assert fault in str(found[0].msg)


@pytest.mark.django_db
def test_a_second_wall_that_stands_is_nothing_to_speak_of() -> None:
    assert second_wall_stands(None, databases=["default"]) == []


@pytest.mark.django_db(transaction=True)
def test_what_asks_before_the_start_keeps_no_connection(settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    connection.ensure_connection()
    refuse_to_start()
    assert connection.connection is None
