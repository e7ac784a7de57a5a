"""A browser between the product and an OpenID provider."""

from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from django.test import Client

START, DONE = "/sign-in/elsewhere/", "/sign-in/elsewhere/done/"


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *said: Any) -> None:
        return None


def at_provider(client: Client) -> str:
    """Where the provider sends the browser back to."""
    address = client.get(START)["Location"]
    try:
        build_opener(Stay).open(address)
    except OSError as answer:
        return str(answer.headers["Location"])  # type: ignore[attr-defined]
    raise AssertionError("the provider did not lead back")


def comes_back(client: Client) -> Any:
    back = urlsplit(at_provider(client))
    return client.get(f"{back.path}?{back.query}")


def user_in(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))
