"""Pages of results by position in an order: the last page costs what the first one does, and nothing is skipped."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework import exceptions, pagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from diplomacy.lib import cursors, shown
from diplomacy.lib.text import tidy

FIRST, MOST = 25, 100
BIGGEST = 2**63


class Column:
    """One column of an order. Only a descending one may be null, and its nulls come first: as PostgreSQL sorts."""

    def __init__(self, said: str) -> None:
        self.name, self.is_descending = said.removeprefix("-"), said.startswith("-")

    def beyond(self, value: Any) -> Q:
        if value is None:
            return Q(**{f"{self.name}__isnull": False})
        return Q(**{f"{self.name}__{'lt' if self.is_descending else 'gt'}": value})

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def not_before(self, value: Any) -> Q:
        """Implied by the rest, but an index can serve it."""
        if value is None:
            return Q()
        return Q(**{f"{self.name}__{'lte' if self.is_descending else 'gte'}": value})


class Pagination(pagination.BasePagination):
    """`?cursor=` and `?limit=`. The view names its `order`, whose last column is unique."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        order = tuple(view.order)
        columns = [Column(said) for said in order]
        limit = _limit(request)
        if cursor := request.query_params.get("cursor"):
            queryset = _after(queryset, columns, cursor)
        found = list(queryset.order_by(*order)[: limit + 1])
        page = found[:limit]
        shown.note(page)
        self.next = None
        if len(found) > limit:
            place = _write(page[-1], columns)
            self.next = replace_query_param(request.build_absolute_uri(), "cursor", place)
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {
            "type": ["string", "null"],
            "format": "uri",
            "description": "The address of the next page; null on the last.",
        }
        properties = {"next": following, "results": schema}
        return {"type": "object", "required": ["next", "results"], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": FIRST}
        return [
            _parameter(
                "cursor", "Where the page starts: taken from `next`, never made up.", {"type": "string"}
            ),
            _parameter("limit", "How many results a page.", limit),
        ]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _limit(request: Request) -> int:
    said = request.query_params.get("limit", str(FIRST))
    if said.isascii() and said.isdigit() and len(said) <= 3 and 1 <= int(said) <= MOST:
        return int(said)
    raise exceptions.ValidationError({"limit": [f"A whole number from 1 to {MOST}."]})


def _after(rows: QuerySet[Any], columns: Sequence[Column], cursor: str) -> QuerySet[Any]:
    try:
        place = _read(cursor, len(columns))
        return rows.filter(_beyond(columns, place))
    except (*cursors.BROKEN, FieldError, ValidationError):
        raise exceptions.ValidationError({"cursor": ["This is not a place in the list."]}) from None


def _beyond(columns: Sequence[Column], place: Sequence[Any]) -> Q:
    """Later in the first column, or the same there and later in the next, and so on."""
    found, same = Q(), Q()
    for column, value in zip(columns, place, strict=True):
        found |= same & column.beyond(value)
        same &= column.same(value)
    return columns[0].not_before(place[0]) & found


def _write(row: Model, columns: Sequence[Column]) -> str:
    return cursors.write([getattr(row, column.name) for column in columns])


def _read(cursor: str, length: int) -> list[Any]:
    place = cursors.read(cursor)
    if not isinstance(place, list) or len(place) != length or not all(map(_is_sound, place)):
        raise ValueError(cursor)
    return place


def _is_sound(value: Any) -> bool:
    if isinstance(value, str):
        return value == tidy(value)
    return value is None or (type(value) is int and abs(value) < BIGGEST)
