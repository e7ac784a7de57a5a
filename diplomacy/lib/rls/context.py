"""Who reads, said to PostgreSQL for one transaction in words that only we can sign.

The context is local to the transaction, so that a connection from a pool never carries one reader's keys to the next
request. Outside a transaction there is none, and reading a protected table fails loudly.
"""

import contextlib
import hashlib
import hmac
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.pq import TransactionStatus

from diplomacy.lib.readers import FEDERAL as FEDERAL_KEY
from diplomacy.lib.readers import keys_of
from diplomacy.lib.rls.roles import FEDERAL, OFFICE, SYSTEM

SECONDS = 3600
"""How long a signed context holds: longer than any request or task, shorter than a leaked one is of use."""
# The time zone is Django's, which reads moments as they come: one that somebody left on the connection would move them.
SET = (
    "SELECT set_config('role', %s, true), set_config('rls.context', %s, true), pg_my_temp_schema() <> 0,"
    " set_config('TimeZone', 'UTC', true)"
)
# What imports stage is ours. Names are said in full: `pg_class` is looked for among temporary tables first.
IN_FRONT = """
SELECT count(*) FROM (
    SELECT relname FROM pg_catalog.pg_class WHERE relnamespace = pg_my_temp_schema() AND relname !~ '^staged_'
    UNION ALL
    SELECT typname FROM pg_catalog.pg_type WHERE typnamespace = pg_my_temp_schema() AND typname !~ '^_?staged_'
    UNION ALL
    SELECT proname FROM pg_catalog.pg_proc WHERE pronamespace = pg_my_temp_schema()
) found
"""
Said = tuple[str, str]
"""Role and signed keys."""
NOBODY: Said = ("none", "")
HELD = "rls_said"


class StandsInFront(Exception):
    """A table, type or function that is not ours lives on the connection: an injected statement made it."""


def signing_key() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"row-level security", "sha256")


def signed(keys: Iterable[str]) -> str:
    message = f"{int(time.time()) + SECONDS}|{','.join(sorted(keys))}"
    return f"{message}|{hmac.new(signing_key(), message.encode(), hashlib.sha256).hexdigest()}"


@contextmanager
def reading_as(user: Any) -> Iterator[None]:
    """Within, protected tables hold what this person may read. Nobody signed in reads nothing of them."""
    keys = keys_of(user)
    with _context((FEDERAL if FEDERAL_KEY in keys else OFFICE, signed(keys))):
        yield


@contextmanager
def system(name: str) -> Iterator[None]:
    """Within, the product's own work sees every row. tests/architecture lists who may open this, and why."""
    with _context((SYSTEM, signed([f"system:{name}"]))):
        yield


@contextmanager
def _context(said: Said) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        if not connection.in_atomic_block:
            stack.enter_context(transaction.atomic())
        before = getattr(connection, HELD, NOBODY)
        _say(said)
        try:
            yield
        finally:
            setattr(connection, HELD, before)
            # After a failed statement PostgreSQL takes no more; the savepoint that is then gone back to brings its own.
            if _is_usable():
                _say(before)


def _say(said: Said) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET, said)
        if cursor.fetchone()[2]:
            _refuse_what_stands_in_front(cursor)
    setattr(connection, HELD, said)


def _refuse_what_stands_in_front(cursor: CursorWrapper) -> None:
    """A temporary table is read before ours, a temporary type before PostgreSQL's own, and its check runs as the reader: it
    would say who somebody is, or do what it likes in the next one's name."""
    cursor.execute(IN_FRONT)
    if cursor.fetchone()[0]:
        # Closing our end alone would leave PgBouncer's to the next one.
        with contextlib.suppress(OperationalError):
            cursor.execute("RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())")
        connection.close()
        raise StandsInFront("Something temporary, and not ours, is on the connection. It is closed.")


def _is_usable() -> bool:
    held = connection.connection
    return held is not None and held.info.transaction_status == TransactionStatus.INTRANS
