"""Signing in with an account of another organisation: OpenID Connect, with what Login.gov asks for.

`private_key_jwt` where a key is given and PKCE always; state and nonce of 43 characters; the assurance that was asked
for is the assurance that was given. Authlib speaks the protocol; what is trusted is decided here. Nobody signs up.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from joserfc.errors import JoseError
from requests.exceptions import RequestException

from accounts.signin.claims import WRONG, NotTrusted, Person, strength_of

ALGORITHMS = ["RS256", "ES256"]
PATIENCE = 10
ASSERTION_SECONDS = 300
ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "end_session_endpoint",
)


class OneAddress(OAuth2Session):  # type: ignore[misc]
    """Asks the address that it was given, and no other that this one points to."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.max_redirects = 0


class App(DjangoOAuth2App):  # type: ignore[misc]
    client_cls = OneAddress


class Registry(OAuth):  # type: ignore[misc]
    oauth2_client_cls = App


SLUG = "elsewhere"
"""The provider's name in our addresses."""


def name() -> str:
    return str(settings.OIDC_NAME)


def is_offered() -> bool:
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def begin(request: HttpRequest) -> HttpResponse:
    """To the provider's page. State, nonce and the PKCE secret wait in the session."""
    asked = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "prompt": "select_account",
    }
    if settings.OIDC_ACR_VALUES:
        asked["acr_values"] = " ".join(settings.OIDC_ACR_VALUES)
    with only_trusted():
        answer: HttpResponse = trusted_client().authorize_redirect(request, _callback(), **asked)
    return answer


def finish(request: HttpRequest) -> Person:
    """Who came back. NotTrusted whatever is wrong: the page says no more than that."""
    with only_trusted():
        client = trusted_client()
        client.load_server_metadata()["id_token_signing_alg_values_supported"] = ALGORITHMS
        token = client.authorize_access_token(request, claims_options=_expected(), leeway=30)
        said = dict(token["userinfo"])
        if "email" not in said:
            said = _with_user_info(said, dict(client.userinfo(token=token)))
        return _person(said)


def _client() -> Any:
    """Made anew each time, so that a provider's new keys are met."""
    key = Path(settings.OIDC_PRIVATE_KEY_FILE).read_text() if settings.OIDC_PRIVATE_KEY_FILE else None
    assertion = PrivateKeyJWT(claims={"exp": int(time.time()) + ASSERTION_SECONDS})
    return Registry().register(
        "oidc",
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=key,
        server_metadata_url=settings.OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration",
        client_auth_methods=[assertion] if key else None,
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "private_key_jwt" if key else "none",
            "default_timeout": PATIENCE,
        },
    )


def trusted_client() -> Any:
    """Of the provider that we mean: one that calls itself something else has given us somebody else's addresses."""
    client = _client()
    said = client.load_server_metadata()
    if said.get("issuer") != settings.OIDC_ISSUER or not all(_is_safe(said.get(name)) for name in ENDPOINTS):
        raise NotTrusted(WRONG)
    return client


def _is_safe(address: str | None) -> bool:
    """On TLS, as the issuer is: only one on this machine is met without (a check sees to it)."""
    scheme = urlsplit(settings.OIDC_ISSUER).scheme
    return not address or urlsplit(address).scheme in {"https", scheme}


def _callback() -> str:
    return settings.PUBLIC_URL + reverse("signin:elsewhere_done")


def _expected() -> dict[str, Any]:
    """Authlib checks signature, time and nonce; whom a token is from and for only when it is told."""
    return {
        "iss": {"essential": True, "values": [settings.OIDC_ISSUER]},
        "aud": {"essential": True, "values": [settings.OIDC_CLIENT_ID]},
        "nonce": {"essential": True},
    }


def _with_user_info(said: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    if more.get("sub") != said["sub"]:
        raise NotTrusted(WRONG)
    return {**more, **said}


def _person(said: dict[str, Any]) -> Person:
    given = str(said.get("acr", ""))
    if settings.OIDC_ACR_VALUES and given not in settings.OIDC_ACR_VALUES:
        raise NotTrusted(WRONG)
    email = str(said.get("email", "")) if said.get("email_verified") is True else ""
    strength = strength_of(given, second_factor=settings.OIDC_ACR_VALUES, passkey=settings.OIDC_PASSKEY_ACR)
    session = str(said.get("sid", ""))
    return Person(str(said["iss"]), str(said["sub"]), email.strip().lower(), strength, session)


@contextmanager
def only_trusted() -> Iterator[None]:
    try:
        yield
    except (
        AuthlibBaseError,
        JoseError,
        RequestException,
        ValueError,
        KeyError,
        TypeError,
        RuntimeError,
    ) as error:
        raise NotTrusted(WRONG) from error
