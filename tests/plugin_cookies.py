"""Django's test client puts a session's key into its cookie, and reads it from there; ours is signed."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.signin.cookies import opened, sealed

_set_login_cookies = Client._set_login_cookies  # type: ignore[attr-defined]


def _seal(client: Client) -> None:
    held = client.cookies[settings.SESSION_COOKIE_NAME]
    said = sealed(held.value)
    held.set(held.key, said, said)


def _signed_in(self: Client, request: Any) -> None:
    _set_login_cookies(self, request)
    _seal(self)


def _session(self: Client) -> Any:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    held = self.cookies.get(settings.SESSION_COOKIE_NAME)
    if held and held.value:
        return store(opened(held.value))
    session = store()
    session.save()
    self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    _seal(self)
    return session


Client._set_login_cookies = _signed_in  # type: ignore[attr-defined]
Client.session = property(_session)  # type: ignore[assignment,method-assign]
