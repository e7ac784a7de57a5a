"""Which protected rows the lists of one request showed, for whoever counts what a person reads.

Every page of a list says so by itself (`Page`, the API's `Pagination`), so that no new list is forgotten.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from diplomacy.lib.readers import Protected

_shown: ContextVar[set[str] | None] = ContextVar("shown", default=None)


@contextmanager
def collected() -> Iterator[set[str]]:
    """What is noted within. Different rows are counted once, whichever lists they stand in."""
    rows: set[str] = set()
    token = _shown.set(rows)
    try:
        yield rows
    finally:
        _shown.reset(token)


def note(rows: Iterable[object]) -> None:
    shown = _shown.get()
    if shown is not None:
        shown.update(f"{row._meta.label_lower}:{row.pk}" for row in rows if isinstance(row, Protected))
