from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member, User
from tests.conftest import ClientFor

ROOT = "/api/v1/"


class Caller:
    """A program that speaks JSON as one person."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("PUT", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = path if path.startswith(("/", "http")) else ROOT + path
        data = body if body is not None else ""
        kind = "application/json"
        return self.client.generic(method, address, encoded(data), content_type=kind, headers=named)


def encoded(data: Any) -> bytes:
    import json

    if isinstance(data, bytes):
        return data
    return b"" if data == "" else json.dumps(data).encode()


CallAs = Callable[[Member | User], Caller]


@pytest.fixture
def call_as(client_for: ClientFor) -> CallAs:
    return lambda person: Caller(client_for(person))


@pytest.fixture
def nobody() -> Caller:
    return Caller(Client())


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem details of a refusal."""
    assert response.status_code == status, response.content[:600]
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["title"]
    return body
