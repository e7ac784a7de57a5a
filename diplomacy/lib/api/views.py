"""What the routes of every app share: finding through `visible_to`, row versions, and creating once."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework import exceptions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from diplomacy.lib.api.shapes import Nothing, Query
from diplomacy.lib.errors import Stale

Once = Callable[..., tuple[int, bool]]


class VersionRequired(exceptions.APIException):
    status_code = 428
    default_detail = "Send If-Match with the ETag you read, so that nothing newer is overwritten."


class Route(viewsets.GenericViewSet[Any]):
    """What an address takes and gives, by action, in tables that the description of the API is read from.

    `once`: actions that create, and take an Idempotency-Key. `replaces`: those that overwrite what somebody else may
    have written, and require If-Match. `versioned`: those that heed it. `tagged`: those that answer with an ETag.
    """

    http_method_names: Sequence[str] = ["get", "head", "post", "put", "patch"]
    lookup_field = "reference"
    lookup_value_regex = r"[A-Za-z]{1,2}-[0-9A-Za-z]{8}"
    order: Sequence[str] = ("-id",)
    takes: ClassVar[dict[str, type[serializers.Serializer[Any]]]] = {}
    gives: ClassVar[dict[str, type[serializers.BaseSerializer[Any]]]] = {}
    queries: ClassVar[dict[str, type[Query]]] = {}
    examples: ClassVar[dict[str, Any]] = {}
    lists: ClassVar[Set[str]] = frozenset({"list"})
    once: ClassVar[Set[str]] = frozenset()
    replaces: ClassVar[Set[str]] = frozenset()
    by_status: ClassVar[Set[str]] = frozenset()
    """Reads that there are only while the record has a certain status: 409 otherwise."""
    versioned: ClassVar[Set[str]] = frozenset()
    tagged: ClassVar[Set[str]] = frozenset()

    def visible(self) -> QuerySet[Any]:
        """Where every query of the route starts: `visible_to(self.request.user)`, with what its answers need."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        return self.visible()

    @property
    def by(self) -> Any:
        """The membership that acts."""
        return self.request.acting  # type: ignore[attr-defined]

    def found(self) -> Any:
        """The record in the address; what may not be seen answers as what does not exist."""
        return self.one(self.visible(), **{self.lookup_field: self.kwargs[self.lookup_field].upper()})

    @staticmethod
    def one(rows: QuerySet[Any], **named: Any) -> Any:
        row = rows.filter(**named).first()
        if row is None:
            raise Http404
        return row

    def said(self, *, partial: bool = False) -> dict[str, Any]:
        """The body, checked by the serializer that `takes` names for this action."""
        shape = self.takes.get(self.action, Nothing)(
            data=self.request.data, context=self.get_serializer_context()
        )
        if partial:
            _leave_out_unsent(shape)
        shape.is_valid(raise_exception=True)
        return dict(shape.validated_data)

    def asked(self) -> dict[str, Any]:
        """The filters in the address."""
        shape = self.queries.get(self.action, Query)
        asked = shape(data=self.request.query_params, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    def shown(self, row: Any, **options: Any) -> Any:
        return self.gives[self.action](row, context=self.get_serializer_context(), **options).data

    def page(self, rows: QuerySet[Any], order: Sequence[str] = ()) -> Response:
        self.order = order or self.order
        assert self.paginator is not None
        found = self.paginator.paginate_queryset(rows, self.request, self)
        return self.paginator.get_paginated_response(self.shown(found, many=True))

    def all_of(self, rows: Sequence[Any]) -> Response:
        """A list that is short by nature, in the form of a page."""
        return Response({"next": None, "results": self.shown(rows, many=True)})

    def answer(self, row: Any, status: int = 200) -> Response:
        return Response(self.shown(row), status=status)

    def created(self, row: Any, *, is_new: bool) -> Response:
        """A record without versions that was made now, or by the same request before."""
        answer = self.answer(row, 201 if is_new else 200)
        answer.headers["Location"] = self.reverse_action("detail", args=[row.reference])
        return answer

    def record(self, row: Any, status: int = 200) -> Response:
        """One versioned record with its ETag; 304 when the caller holds exactly this."""
        body = self.shown(row)
        tag = etag(row.version, body)
        if (
            status == 200
            and self.request.method in {"GET", "HEAD"}
            and tag in _tags(self.request, "If-None-Match")
        ):
            return Response(status=304, headers={"ETag": tag, "Vary": "Acting-For"})
        headers = {"ETag": tag, "Vary": "Acting-For"}
        if status == 201:
            headers["Location"] = self.reverse_action("detail", args=[row.reference])
        return Response(body, status=status, headers=headers)

    def create_once(self, once: Once, make: Callable[[], Model]) -> tuple[int, bool]:
        """(id, made now). With an Idempotency-Key a repeated request finds what the first one made."""
        key = idempotency_key(self.request)
        if not key:
            return make().pk, True
        return once(key, user_id=self.request.user.pk, digest=_digest(self.request, self.by.pk), make=make)

    def version(self) -> int | None:
        """The row version that the caller read; 428 for an action that `replaces` when they do not say."""
        said = _tags(self.request, "If-Match")
        if not said and self.action in self.replaces:
            raise VersionRequired
        return _number(said[0]) if said and said != ["*"] else None


def _leave_out_unsent(shape: serializers.Serializer[Any]) -> None:
    """What is not sent stays as it was. REST framework's `partial` would also excuse half a stop inside a list."""
    said = shape.initial_data
    for name in list(shape.fields) if isinstance(said, Mapping) else []:
        if name not in said:
            del shape.fields[name]


def etag(version: int, body: Any) -> str:
    """The row version, and a digest of everything shown: notes and moves change what is shown, not the row."""
    text = json.dumps(body, default=str, sort_keys=True)
    return f'"{version}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"'


def _tags(request: Request, header: str) -> list[str]:
    """Entity tags as sent, without the mark of weak ones (a proxy that compresses adds it)."""
    return [
        tag.strip().removeprefix("W/") for tag in request.headers.get(header, "").split(",") if tag.strip()
    ]


def _number(tag: str) -> int:
    """Only the row version decides whether a write is stale."""
    number = tag.strip('"').partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Stale
    return int(number)


def idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 100 or not (key.isascii() and key.isprintable()):
        message = "Idempotency-Key: at most 100 printable ASCII characters."
        raise exceptions.ParseError(message)
    return key


def _digest(request: Request, acting: int) -> str:
    said = json.dumps([request.method, request.path, acting, request.data], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
