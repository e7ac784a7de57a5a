"""What somebody could do to the log who has the owner's password, the app's code and time."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

OWNER = "owner"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class TakenBack(Exception):
    pass


@contextmanager
def as_owner() -> Iterator[CursorWrapper]:
    """With the guards taken down. Nothing of it stays."""
    try:
        with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
            cursor.execute("ALTER TABLE activity_entry DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE activity_seal DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE activity_entry NO FORCE ROW LEVEL SECURITY")
            yield cursor
            raise TakenBack
    except TakenBack:
        pass


def _entry(run: CursorWrapper, number: int) -> int:
    run.execute("SELECT entry_id FROM activity_seal WHERE number = %s", [number])
    return int(run.fetchone()[0])


def _set(column: str, value: str) -> Callable[[CursorWrapper, int, random.Random], None]:
    def tamper(run: CursorWrapper, number: int, drawn: random.Random) -> None:
        run.execute(f"UPDATE activity_entry SET {column} = {value} WHERE id = %s", [_entry(run, number)])

    return tamper


def remove_entry(run: CursorWrapper, number: int, drawn: random.Random) -> None:
    run.execute("DELETE FROM activity_entry WHERE id = %s", [_entry(run, number)])


def remove_line(run: CursorWrapper, number: int, drawn: random.Random) -> None:
    """Entry and seal."""
    entry = _entry(run, number)
    run.execute("DELETE FROM activity_seal WHERE number = %s", [number])
    run.execute("DELETE FROM activity_entry WHERE id = %s", [entry])


def close_the_gap(run: CursorWrapper, number: int, drawn: random.Random) -> None:
    remove_line(run, number, drawn)
    run.execute("UPDATE activity_seal SET number = -number WHERE number > %s", [number])
    run.execute("UPDATE activity_seal SET number = -number - 1 WHERE number < 0")


def swap(run: CursorWrapper, number: int, drawn: random.Random) -> None:
    run.execute("SELECT max(number) FROM activity_seal")
    other = number % run.fetchone()[0] + 1
    first, second = _entry(run, number), _entry(run, other)
    run.execute("DELETE FROM activity_seal WHERE number = %s RETURNING content, hash", [other])
    content, digest = run.fetchone()
    run.execute("UPDATE activity_seal SET entry_id = %s WHERE number = %s", [second, number])
    run.execute(
        "INSERT INTO activity_seal (number, entry_id, content, hash) VALUES (%s, %s, %s, %s)",
        [other, first, content, digest],
    )


def slip_in(run: CursorWrapper, number: int, drawn: random.Random) -> None:
    """An entry between others, with numbers moved on and a hash made for it alone."""
    made = _copy(run, number)
    run.execute("UPDATE activity_seal SET number = -number WHERE number >= %s", [number])
    run.execute("UPDATE activity_seal SET number = -number + 1 WHERE number < 0")
    _seal(run, made, number, drawn)


def slip_in_before_the_first(run: CursorWrapper) -> None:
    """An entry whose seal stands outside the chain."""
    _seal(run, _copy(run, 1), 0, random.Random(1))


def _copy(run: CursorWrapper, number: int) -> int:
    run.execute(
        "INSERT INTO activity_entry (at, kind, actor_id, office_id, subject_type, subject_id, subject_reference, readers, data)"
        " SELECT at, kind, actor_id, office_id, subject_type, subject_id, subject_reference, readers, data"
        " FROM activity_entry WHERE id = %s RETURNING id",
        [_entry(run, number)],
    )
    return int(run.fetchone()[0])


def _seal(run: CursorWrapper, entry: int, number: int, drawn: random.Random) -> None:
    run.execute(
        "INSERT INTO activity_seal (number, entry_id, content, hash) VALUES (%s, %s, sha256('x'), sha256(%s))",
        [number, entry, drawn.randbytes(8)],
    )


def forge_seal(run: CursorWrapper, number: int, drawn: random.Random) -> None:
    run.execute("UPDATE activity_seal SET hash = %s WHERE number = %s", [drawn.randbytes(32), number])


def change_content_and_its_hash(run: CursorWrapper, number: int, drawn: random.Random) -> None:
    entry = _entry(run, number)
    run.execute('UPDATE activity_entry SET data = \'{"reason": "another"}\' WHERE id = %s', [entry])
    run.execute(
        "UPDATE activity_seal SET content = (SELECT sha256(convert_to(salt::text || data::text, 'UTF8'))"
        " FROM activity_entry WHERE id = %s) WHERE number = %s",
        [entry, number],
    )


def take_content_away(run: CursorWrapper, number: int, drawn: random.Random) -> None:
    """As retention does it, but years too early."""
    run.execute(
        "UPDATE activity_entry SET data = '{}', salt = NULL, expired_at = now() WHERE id = %s",
        [_entry(run, number)],
    )


SORTS: dict[str, Callable[[CursorWrapper, int, random.Random], None]] = {
    "another time": _set("at", "at + interval '1 microsecond'"),
    "another kind": _set("kind", "'engagements.reported'"),
    "another person": _set("actor_id", "coalesce(actor_id, 0) + 1"),
    "nobody": _set("office_id", "coalesce(office_id, 0) + 1"),
    "another record": _set("subject_id", "subject_id + 1"),
    "another sort of record": _set("subject_type", "'engagements.commitment'"),
    "another reference": _set("subject_reference", "'E-00000000'"),
    "other readers": _set("readers", "readers || '{everyone}'"),
    "other content": _set("data", 'data || \'{"reason": "another"}\''),
    "another salt": _set("salt", "gen_random_uuid()"),
    "entry removed": remove_entry,
    "line removed": remove_line,
    "line removed and the gap closed": close_the_gap,
    "two exchanged": swap,
    "one slipped in": slip_in,
    "a seal forged": forge_seal,
    "content and its hash": change_content_and_its_hash,
    "content taken away": take_content_away,
}


def cut_tail(run: CursorWrapper, number: int) -> None:
    """The chain of what is left is whole."""
    run.execute("SELECT array_agg(entry_id) FROM activity_seal WHERE number >= %s", [number])
    (entries,) = run.fetchone()
    run.execute("DELETE FROM activity_seal WHERE number >= %s", [number])
    run.execute("DELETE FROM activity_entry WHERE id = ANY(%s)", [entries])


def chain_anew(run: CursorWrapper, number: int) -> None:
    """Change an entry and seal everything from there on again: the chain is whole."""
    _set("kind", "'engagements.reported'")(run, number, random.Random())
    run.execute("DELETE FROM activity_seal WHERE number >= %s", [number])
    run.execute("SET LOCAL ROLE diplomacy_keeper")
    run.execute("SELECT activity_seal_entries(1000000, true)")
    run.execute("SET LOCAL ROLE NONE")


WHOLE_CHAINS = {"tail cut off": cut_tail, "chained anew": chain_anew}
"""What only an anchor shows."""
