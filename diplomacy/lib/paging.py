"""Pages by position in an order, not by number: the last costs what the first does, and nothing is counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.utils.timezone import is_naive

from diplomacy.lib import cursors, shown
from diplomacy.lib.text import tidy

M = TypeVar("M", bound=Model)
Column = Field[Any, Any]


@dataclass(frozen=True)
class Page(Generic[M]):
    """What `{% pagination %}` takes: rows, and where the neighbouring pages start."""

    rows: Sequence[M]
    previous: str = ""
    next: str = ""

    def __post_init__(self) -> None:
        shown.note(self.rows)

    def __iter__(self) -> Iterator[M]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(rows: QuerySet[M], *, order: str, after: str = "", before: str = "", size: int = 25) -> Page[M]:
    """One page in `order` (a column that is never null, "-" for descending), ties broken by primary key.

    A cursor that does not read is taken for none: old and broken links open the first page.
    """
    column = rows.model._meta.get_field(order.removeprefix("-"))
    assert isinstance(column, Field)
    mark = _read(after or before, column)
    is_backward = bool(mark and not after)
    is_descending = order.startswith("-") != is_backward
    if mark:
        rows = rows.filter(_beyond(column.name, mark, is_less=is_descending))
    sign = "-" if is_descending else ""
    found = list(rows.order_by(f"{sign}{column.name}", f"{sign}pk")[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_backward:
        found.reverse()
    return Page(
        found,
        previous=_write(found[0], column) if found and (has_more if is_backward else mark) else "",
        next=_write(found[-1], column) if found and (is_backward or has_more) else "",
    )


def _beyond(column: str, mark: tuple[Any, int], *, is_less: bool) -> Q:
    value, pk = mark
    side = "lt" if is_less else "gt"
    # The first condition follows from the second; it lets an index on the column alone find the place.
    return Q(**{f"{column}__{side}e": value}) & (Q(**{f"{column}__{side}": value}) | Q(**{f"pk__{side}": pk}))


def _write(row: Model, column: Column) -> str:
    return cursors.write([column.value_to_string(row), row.pk])


def _read(cursor: str, column: Column) -> tuple[Any, int] | None:
    try:
        text, pk = cursors.read(cursor)
        value, number = column.to_python(tidy(text)), int(pk)
    except (*cursors.BROKEN, ValidationError):
        return None
    # None of ours lacks its zone.
    return None if isinstance(value, datetime) and is_naive(value) else (value, number)
