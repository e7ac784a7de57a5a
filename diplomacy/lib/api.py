"""What every API route shares: who is asking, pages of results, and the version a write was based on."""

from http import HTTPStatus

from rest_framework import authentication, exceptions, pagination
from rest_framework.request import Request

from diplomacy.lib.errors import Stale


class SessionAuthentication(authentication.SessionAuthentication):
    def authenticate_header(self, request: Request) -> str:
        """Nobody signed in is 401, not 403."""
        return "Session"


class CursorPagination(pagination.CursorPagination):
    """Pages that do not shift when rows arrive, and cost the same at the end as at the start."""

    ordering = "-id"
    page_size_query_param = "limit"
    max_page_size = 100

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get("limit", "")
        if asked and not (asked.isascii() and asked.isdigit() and len(asked) <= 6 and int(asked) > 0):
            raise exceptions.ValidationError({"limit": ["A whole number from 1 to 100."]})
        return min(int(asked or 25), self.max_page_size)


def required_version(request: Request) -> int:
    """The row version a write was based on, from `If-Match: "3"`; 428 when the caller did not say."""
    said = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not said:
        raise VersionRequired
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise Stale
    return int(said)


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


class VersionRequired(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_detail = "Send If-Match with the ETag you read, so that nothing newer is overwritten."
