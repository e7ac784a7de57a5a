"""The OpenAPI description, read from the routes themselves: what they take, give, require and refuse."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from diplomacy.lib.api.problems import MEDIA_TYPE

WRITES = {"POST", "PUT", "PATCH"}
REFUSALS = {
    400: "Not readable, or some fields need another look: `errors` says which and why.",
    401: "Nobody is signed in.",
    403: "Not yours to do, or a token against forged requests is missing.",
    404: "Nothing here that you may see.",
    405: "This address does not take this method.",
    406: "The answer exists as JSON only.",
    409: "The record's status does not allow this now, or an idempotency key was used for something else.",
    412: "Somebody saved a newer version than the one in If-Match. Nothing was changed.",
    413: "The body is larger than one megabyte.",
    415: "Send JSON.",
    428: "If-Match is required here.",
    429: "Too many requests in this minute.",
}
ACTING = OpenApiParameter(
    "Acting-For",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The office you act for, by reference, with a role if you hold several: `O-7K3M9QTX` or "
    "`O-7K3M9QTX/lead`. Without it: the office that you act for in your browser session. `/me/` lists yours.",
)
KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Of your own making, at most 100 characters. A repeated request with the same key and body makes "
    "nothing new and answers 200 with what the first one made; with another body it is refused with 409.",
)
NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that you hold. 304 when nothing has changed, if you may still see the record.",
)


def _match(*, is_required: bool) -> OpenApiParameter:
    return OpenApiParameter(
        "If-Match",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=is_required,
        description="The ETag that you read. 412 when somebody has saved a newer version since.",
    )


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "diplomacy.lib.api.gate.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        words = "A token from the website, under “Signing in”. It acts for one membership, and reads only unless it may write."
        return {"type": "http", "scheme": "bearer", "description": words}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "diplomacy.lib.api.gate.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        said = "The session of a browser that is signed in. Writes also carry the token in X-CSRFToken."
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": said}


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details, RFC 9457."""

    type = serializers.CharField(help_text="`about:blank`: the status says it all.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="By field; `__all__` for what concerns no single field."
    )

    class Meta:
        ref_name = "Problem"


class Schema(AutoSchema):
    view: Any

    def get_request_serializer(self) -> Any:
        return self._of("takes") if self.method in WRITES else None

    def get_response_serializers(self) -> Any:
        shape = self._of("gives")
        if shape is None:
            return {204: None}
        if self.view.action in self.view.lists:
            return {200: shape(many=True)}
        codes = self._codes()
        return dict.fromkeys(codes, shape)

    def _of(self, table: str) -> Any:
        return getattr(self.view, table, {}).get(self.view.action)

    def _codes(self) -> list[int]:
        if self.view.action in self.view.once:
            return [201, 200]
        return [200]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return self.view.action in self.view.lists

    def get_override_parameters(self) -> list[Any]:
        found: list[Any] = [ACTING]
        action = self.view.action
        if action in self.view.once:
            found.append(KEY)
        if action in self.view.replaces | self.view.versioned:
            found.append(_match(is_required=action in self.view.replaces))
        if action in self.view.tagged:
            found.append(NONE_MATCH)
        if action in self.view.queries:
            found.append(self.view.queries[action])
        return found

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_summary(self) -> str:
        return (self.get_description() or "").split("\n")[0].rstrip(".")

    def get_operation_id(self) -> str:
        kind = type(self.view).__name__.removesuffix("Route")
        return f"{kind[0].lower()}{kind[1:]}_{self.view.action}"

    def get_operation(self, *args: Any, **options: Any) -> Any:
        operation = super().get_operation(*args, **options)
        if operation:
            refused = self._refusals()
            operation["responses"] |= {str(code): refused[code] for code in sorted(refused)}
            self._describe_success(operation["responses"])
        return operation

    def _refusals(self) -> dict[int, Any]:
        codes = {400, 401, 403, 404, 405, 406, 429}
        if self.method in WRITES:
            codes |= {409, 412, 413, 415}
        if self.view.action in self.view.replaces:
            codes |= {428}
        if self.view.action in self.view.by_status:
            codes |= {409}
        component = self.resolve_serializer(ProblemSerializer, "response")
        return {code: _refusal(code, component.ref) for code in codes}

    def _describe_success(self, responses: dict[str, Any]) -> None:
        tag = {"schema": {"type": "string"}, "description": "The version, for If-Match and If-None-Match."}
        place = {"schema": {"type": "string", "format": "uri"}, "description": "Where the new record is."}
        if self.view.action in self.view.tagged:
            responses["200"]["headers"] = {"ETag": tag}
            responses["304"] = {"description": "You hold exactly this.", "headers": {"ETag": tag}}
        if self.view.action == "create":
            responses["201"]["headers"] = {"Location": place}
        for code, response in responses.items():
            response["description"] = response.get("description") or SUCCESS.get(code, "Done.")

    def get_examples(self) -> list[OpenApiExample]:
        said = getattr(self.view, "examples", {}).get(self.view.action)
        return [OpenApiExample("Example", value=said, request_only=True)] if said else []


SUCCESS = {"200": "As it is now.", "201": "Made.", "204": "Done."}


def _refusal(code: int, ref: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": REFUSALS[code],
        "content": {MEDIA_TYPE: {"schema": ref, "example": _example(code)}},
    }
    if code == 429:
        wait = {"schema": {"type": "integer"}, "description": "Seconds until it is worth trying again."}
        said["headers"] = {"Retry-After": wait}
    return said


def _example(code: int) -> dict[str, Any]:
    said = {
        "type": "about:blank",
        "title": TITLES.get(code, "Refused"),
        "status": code,
        "detail": REFUSALS[code],
    }
    return said | ({"errors": {"title": ["This field is required."]}} if code == 400 else {})


TITLES = {
    400: "Some answers need another look",
    401: "Unauthorized",
    403: "You may not do this",
    404: "Not found",
    409: "This cannot be done now",
    412: "Somebody else changed this first",
    429: "Too Many Requests",
}
