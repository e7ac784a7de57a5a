"""Errors of the API as problem details (RFC 9457)."""

import json
import math
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from diplomacy.lib import suspicion
from diplomacy.lib.errors import Invalid, Refusal
from diplomacy.lib.text import tidy

MEDIA_TYPE = "application/problem+json"
NOT_FOUND = "There is nothing here that you may see."
LONGEST = 300


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Exception → `application/problem+json`; None lets Django answer 500."""
    set_rollback()
    if isinstance(error, Refusal):
        fields = error.fields if isinstance(error, Invalid) else None
        return _answer(error.status, error.title, error.reason, fields)
    if isinstance(error, exceptions.APIException):
        return _from_drf(error)
    if isinstance(error, RequestDataTooBig):
        _hear_out(context["request"])
    suspicion.mark_bad_request(context["request"]._request, error)
    said = _from_django(error)
    return _answer(*said) if said else None


def _hear_out(stream: Any) -> None:
    """Who is still sending when the answer comes sees a broken connection instead of it. Within reason: 16 MB."""
    for _ in range(256):
        if not stream.read(2**16):
            return


def _from_django(error: Exception) -> tuple[int, str, str] | None:
    """What Django itself raises, as (status, title, detail)."""
    if isinstance(error, Http404):
        return 404, "Not found", NOT_FOUND
    if isinstance(error, PermissionDenied):
        return 403, "You may not do this", "Your role does not allow this."
    if isinstance(error, RequestDataTooBig):
        return 413, HTTPStatus(413).phrase, "The body is larger than one megabyte."
    if isinstance(error, (SuspiciousOperation, BadRequest, MultiPartParserError)):
        return 400, HTTPStatus(400).phrase, "The request could not be read."
    return None


def _from_drf(error: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(max(1, math.ceil(getattr(error, "wait", 1) or 1)))
    if isinstance(error, exceptions.ValidationError):
        return _answer(
            error.status_code, Invalid.title, "Some fields need another look.", _fields(error.detail)
        )
    if isinstance(error, exceptions.NotFound):
        return _answer(404, "Not found", NOT_FOUND)
    return _answer(error.status_code, HTTPStatus(error.status_code).phrase, str(error.detail), None, headers)


def _fields(detail: Any) -> Any:
    return detail if isinstance(detail, dict) else {"__all__": detail}


def _readable(said: Any) -> Any:
    """What a caller sent comes back in messages: without what cannot be encoded, and not a megabyte of it."""
    if isinstance(said, dict):
        return {_readable(str(name)): _readable(value) for name, value in said.items()}
    if isinstance(said, (list, tuple)):
        return [_readable(value) for value in said[:50]]
    text = tidy(str(said))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _body(status: int, title: str, detail: str, fields: Any = None) -> dict[str, Any]:
    body = {"type": "about:blank", "title": title, "status": status, "detail": _readable(detail)}
    return body if fields is None else {**body, "errors": _readable(fields)}


def _answer(
    status: int, title: str, detail: str, fields: Any = None, headers: dict[str, str] | None = None
) -> Response:
    return Response(
        _body(status, title, detail, fields), status=status, headers=headers, content_type=MEDIA_TYPE
    )


def plain(status: int, detail: str) -> HttpResponse:
    """The same, where no route of the API was reached."""
    body = _body(status, HTTPStatus(status).phrase, detail)
    return HttpResponse(json.dumps(body), status=status, content_type=MEDIA_TYPE)


def is_for_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
