"""The HMAC that PostgreSQL puts together from its own sha256 is the one of Python's library, and is compared blindly."""

import random
import re
import string

import pytest
from django.db import ProgrammingError, connection, transaction

from diplomacy.lib.rls import OFFICE, context

pytestmark = pytest.mark.django_db
LETTERS = string.ascii_letters + string.digits + ":._- é東🜁"


def keys_of(said: str) -> list[str]:
    with context._context((OFFICE, said)), connection.cursor() as cursor:
        cursor.execute("SELECT rls.keys()")
        found: list[str] = cursor.fetchone()[0]
        return found


def test_what_python_signs_is_what_postgresql_finds_signed() -> None:
    """Lengths around the block of SHA-256 (64 bytes) and far beyond, in letters of one to four bytes."""
    chance = random.Random(7)  # noqa: S311
    for length in (1, 2, 40, 50, 51, 52, 53, 54, 60, 110, 115, 500, 20_000):
        for _ in range(8):
            key = "".join(chance.choice(LETTERS) for _ in range(length))
            assert keys_of(context.signed([key, "zz"])) == sorted([key, "zz"])


@pytest.mark.parametrize("place", [0, 1, 31, 62, 63])
def test_a_signature_with_one_wrong_digit_is_refused(place: int) -> None:
    until, keys, signature = context.signed(["office:1"]).split("|")
    other = "0" if signature[place] != "0" else "1"
    touched = signature[:place] + other + signature[place + 1 :]
    with pytest.raises(ProgrammingError, match="not signed with our key"), transaction.atomic():
        keys_of(f"{until}|{keys}|{touched}")


def test_the_right_signature_is_never_compared_with_the_given_one_itself() -> None:
    """A comparison that stops at the first difference tells, by its time, how much of a guess was right. Under a key
    that is new each time, both sides are as good as random."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE oid = 'rls.keys()'::regprocedure")
        (source,) = cursor.fetchone()
    comparisons = [
        line.strip() for line in source.splitlines() if "given" in line and "=" in line.split(":=")[-1]
    ]
    assert len(comparisons) == 1
    left, right = re.search(r"bool_or\((.*) = (.*)\) INTO", comparisons[0]).groups()  # type: ignore[union-attr]
    assert left.startswith("sha256(blind || ")
    assert right == "sha256(blind || given)"
    assert "blind bytea := uuid_send(gen_random_uuid())" in source
