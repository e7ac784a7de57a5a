"""Pages by position in an order, not by number: the last costs what the first does, and nothing is counted."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """What `{% pagination %}` takes: rows, and where the neighbouring pages start."""

    rows: Sequence[M]
    previous: str = ""
    next: str = ""

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(rows: QuerySet[M], *, order: str, after: str = "", before: str = "", size: int = 25) -> Page[M]:
    """One page in `order` (a column that is never null, "-" for descending), ties broken by primary key.

    A cursor that does not read is taken for none: old links open the first page.
    """
    column, is_descending = order.removeprefix("-"), order.startswith("-")
    mark = _read(after or before)
    is_backward = bool(before and not after and mark)
    if mark:
        rows = rows.filter(_beyond(column, mark, is_less=is_descending != is_backward))
    sign = "-" if is_descending != is_backward else ""
    found = list(rows.order_by(f"{sign}{column}", f"{sign}pk")[: size + 1])
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
    # The first condition is implied by the second; it lets an index on the column alone serve both.
    return Q(**{f"{column}__{side}e": value}) & (Q(**{f"{column}__{side}": value}) | Q(**{f"pk__{side}": pk}))


def _write(row: Model, column: str) -> str:
    value = getattr(row, column)
    kind = {datetime: "m", date: "d"}.get(type(value), "v")
    text = json.dumps([kind, value.isoformat() if kind != "v" else value, row.pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[Any, int] | None:
    try:
        kind, value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        read = {"m": parse_datetime, "d": parse_date}.get(kind, lambda same: same)(value)
    except (ValueError, TypeError):
        return None
    is_sound = isinstance(pk, int) and isinstance(read, (str, int, date)) and abs(pk) < 2**63
    return (read, pk) if is_sound else None
