"""A browser between the product and a state's provider."""

from typing import Any

from django.test import Client

from tests.signin.state_provider import StateProvider

START = "/sign-in/state/california/"
HERE, DONE = f"{START}answer/", f"{START}done/"


def at_state(client: Client, state: StateProvider) -> str:
    """What the provider's page would have the browser send."""
    return state.answer(client.get(START)["Location"])


def sends(said: str, here: str = HERE) -> Any:
    """The form comes from another site: the browser sends no cookie with it."""
    return Client(enforce_csrf_checks=True).post(here, {"SAMLResponse": said})


def comes_back(client: Client, state: StateProvider) -> Any:
    answer = sends(at_state(client, state))
    return client.get(answer["Location"]) if answer.status_code == 302 else answer


def user_in(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))
