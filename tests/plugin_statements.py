"""Counts what a request asks of PostgreSQL, apart from the second wall's context, which costs every request the same."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diplomacy.lib.rls import context as rls

CONTEXT = 4
"""SAVEPOINT (outside tests BEGIN), who reads, that nobody reads, RELEASE (COMMIT)."""
INSIDE = 2
"""What the product looks up itself for this reader: a word before, a word after. No request needs that twice."""
SAYS = rls.SET.partition("%s")[0]


class Asked(NamedTuple):
    own: list[str]
    context: list[str]


Counting = Callable[..., AbstractContextManager[Asked]]
"""`asks(6)`: exactly six of its own; `asks(most=15)`: no more. What was asked is in what it gives, afterwards."""


def told_apart(statements: list[str]) -> Asked:
    """The context's are its words, and the savepoint around the first and the last of them; no other savepoint is."""
    context = [at for at, sql in enumerate(statements) if sql.startswith(SAYS)]
    if context:
        opened = next(at for at, sql in enumerate(statements) if sql.startswith("SAVEPOINT"))
        closed = context[-1] + 1
        assert opened < context[0]
        assert statements[closed] == f"RELEASE {statements[opened]}", statements
        context += [opened, closed]
    own = [sql for at, sql in enumerate(statements) if at not in context]
    return Asked(own, [statements[at] for at in sorted(context)])


@pytest.fixture
def asks() -> Counting:
    @contextmanager
    def count(exactly: int | None = None, *, most: int | None = None) -> Iterator[Asked]:
        found = Asked([], [])
        with CaptureQueriesContext(connection) as caught:
            yield found
        for said, here in zip(
            told_apart([query["sql"] for query in caught.captured_queries]), found, strict=True
        ):
            here.extend(said)
        assert len(found.context) in {0, CONTEXT, CONTEXT + INSIDE}, found.context
        is_well = len(found.own) == exactly if most is None else len(found.own) <= most
        assert is_well, f"{len(found.own)} statements, not {exactly or most}:\n" + "\n".join(found.own)

    return count
