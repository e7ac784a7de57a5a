"""The session is written last, when what was asked for is done: an answer that fails there must not deny it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.models import Member
from accounts.signin import limits
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)


def loses_its_connection(by: Any) -> None:
    by.execute("SET ROLE none")
    with suppress(psycopg.OperationalError):
        by.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def is_signed_out_elsewhere(by: Any) -> None:
    by.execute("DELETE FROM django_session")


@pytest.mark.parametrize("path", ["/notices/", "/api/v1/me/"])
@pytest.mark.parametrize(
    ("happens", "status", "words"),
    [
        (loses_its_connection, 503, "The connection broke"),
        (is_signed_out_elsewhere, 409, "You were signed out"),
    ],
)
def test_who_is_cut_off_is_told_that_it_may_have_been_saved(
    path: str,
    happens: Callable[[Any], None],
    status: int,
    words: str,
    maria: Member,
    client_for: ClientFor,
) -> None:
    client = client_for(maria)
    session = client.session
    session[limits.SEEN] -= limits.PRECISION
    session.save()

    def before_the_session_is_written(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "django_session"'):
            happens(connection.connection)
        return execute(sql, *rest)

    with connection.execute_wrapper(before_the_session_is_written):
        answer = client.get(path)
    assert answer.status_code == status, answer.content
    said = answer.content.decode()
    assert words in said
    assert "may have been saved" in said
    assert "Nothing was saved" not in said
