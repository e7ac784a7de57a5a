"""The API describes itself, completely and correctly."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.validation import validate_schema

from accounts.models import Member
from diplomacy.api import ROUTES
from tests.api.conftest import CallAs, Caller, problem

WRITES = {"post", "put", "patch"}


@pytest.fixture(scope="module")
def schema() -> Any:
    from drf_spectacular.generators import SchemaGenerator

    generator: Any = SchemaGenerator(urlconf="diplomacy.urls")  # type: ignore[no-untyped-call]
    return json.loads(json.dumps(generator.get_schema(request=None, public=True), default=str))


@pytest.fixture(scope="module")
def operations(schema: Any) -> dict[str, Any]:
    return {
        f"{method} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def test_the_description_is_valid_openapi_3_1(schema: Any) -> None:
    assert schema["openapi"].startswith("3.1")
    validate_schema(schema)  # type: ignore[no-untyped-call]


def test_the_generator_has_nothing_to_warn_of(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True)
    assert "Warning" not in capsys.readouterr().err


def test_every_action_of_every_route_is_described(operations: dict[str, Any]) -> None:
    described = {operation["operationId"] for operation in operations.values()}
    gives = {
        f"{name[0].lower()}{name[1:]}_{act}"
        for route in ROUTES.values()
        for name in [route.__name__.removesuffix("Route")]
        for act in route.gives
    }
    assert described == gives


def test_every_operation_has_a_summary_a_tag_and_its_refusals(operations: dict[str, Any]) -> None:
    for name, operation in operations.items():
        assert operation["summary"], name
        assert operation["tags"], name
        assert {"400", "401", "403", "404", "405", "406", "429"} <= set(operation["responses"]), name
        for code, answer in operation["responses"].items():
            assert answer["description"], (name, code)
            if int(code) >= 400:
                assert set(answer["content"]) == {"application/problem+json"}, (name, code)
        if name.split()[0] in WRITES:
            assert {"409", "413", "415"} <= set(operation["responses"]), name


def test_headers_are_described_where_they_count(operations: dict[str, Any]) -> None:
    def headers(name: str) -> dict[str, bool]:
        parameters = operations[name]["parameters"]
        return {each["name"]: each.get("required", False) for each in parameters if each["in"] == "header"}

    assert all("Acting-For" in headers(name) for name in operations)
    assert headers("patch /api/v1/engagements/{reference}/")["If-Match"]
    assert "428" in operations["patch /api/v1/engagements/{reference}/"]["responses"]
    assert not headers("post /api/v1/engagements/{reference}/file/")["If-Match"]
    assert "Idempotency-Key" in headers("post /api/v1/engagements/")
    assert "ETag" in operations["get /api/v1/engagements/{reference}/"]["responses"]["200"]["headers"]
    assert "Location" in operations["post /api/v1/engagements/"]["responses"]["201"]["headers"]


def test_every_body_comes_with_an_example(operations: dict[str, Any]) -> None:
    without = [
        name
        for name, operation in operations.items()
        if "requestBody" in operation
        and "examples" not in operation["requestBody"]["content"]["application/json"]
    ]
    assert not without


@pytest.mark.django_db
def test_the_description_is_the_same_for_everyone_who_serves(
    maria: Member, liaison: Member, nobody: Caller, call_as: CallAs
) -> None:
    mine = call_as(maria).get("schema/")
    assert mine.status_code == 200
    assert mine.content == call_as(liaison).get("schema/").content
    problem(nobody.get("schema/"), 401)


@pytest.mark.django_db
def test_the_page_that_shows_it_holds_no_inline_script_or_style(maria: Member, client_for: Any) -> None:
    page = client_for(maria).get("/api/v1/docs/")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert b"<style" not in page.content
    assert b" style=" not in page.content
