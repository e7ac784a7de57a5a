"""Which protected rows the lists of one request showed, for whoever counts what a person reads.

Every page of a list says so by itself (`Page`, the API's `Pagination`), so that no new list is forgotten.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Model

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


def note(rows: Iterable[Any]) -> None:
    shown = _shown.get()
    if shown is not None:
        shown.update(f"{type(row).__name__}:{row.pk}" for row in rows if _is_protected(row))


def _is_protected(row: Any) -> bool:
    """With readers of its own, or those of its engagement."""
    return isinstance(row, Protected) or (isinstance(row, Model) and hasattr(row, "engagement_id"))
