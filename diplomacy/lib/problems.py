"""Errors of the API as problem details (RFC 9457). Apart from `api`, which rest_framework.views itself imports."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from diplomacy.lib.errors import Invalid, Refusal


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Exception → `application/problem+json`; None lets Django answer 500."""
    set_rollback()
    if isinstance(error, Refusal):
        fields = error.fields if isinstance(error, Invalid) else None
        return _answer(error.status, error.title, error.reason, fields)
    if isinstance(error, Http404):
        return _answer(404, "Not found", "There is nothing here that you may see.")
    if isinstance(error, PermissionDenied):
        return _answer(403, "You may not do this", "")
    if isinstance(error, exceptions.APIException):
        return _from_drf(error)
    return None


def _from_drf(error: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    title = HTTPStatus(error.status_code).phrase
    if isinstance(error, exceptions.ValidationError):
        return _answer(
            error.status_code,
            title,
            "Some fields need another look.",
            _fields(error.detail),
            headers,
        )
    return _answer(error.status_code, title, str(error.detail), None, headers)


def _fields(detail: Any) -> Any:
    return detail if isinstance(detail, dict) else {"__all__": detail}


def _answer(
    status: int,
    title: str,
    detail: str,
    fields: Any = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if fields is not None:
        body["errors"] = fields
    return Response(body, status=status, headers=headers, content_type="application/problem+json")
