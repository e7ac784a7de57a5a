import hashlib
import hmac
import time
from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from joserfc.jwk import RSAKey
from pytest_django import Settings

from accounts.models import Member, User
from tests.signin import state_provider
from tests.signin.provider import AAL2, CLIENT, Provider

PASSWORD = "nine-rivers-meet-here"


@pytest.fixture(autouse=True)
def no_rates_of_before(db: None) -> Iterator[None]:
    """Rates and used codes are counted in the cache, by address: every test here comes from the same one."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def strict(settings: Settings) -> Settings:
    """As in production: second factors and step-up are asked for."""
    settings.REQUIRE_SECOND_FACTOR = True
    return settings


@pytest.fixture(scope="session")
def state_key() -> state_provider.Held:
    return state_provider.keys()


@pytest.fixture
def state(
    state_key: state_provider.Held, tmp_path: Path, settings: Settings, maria: Member
) -> state_provider.StateProvider:
    """Of California, where Maria has an account."""
    provider = state_provider.StateProvider(*state_key, email=maria.user.email)
    settings.SAML_PROVIDERS_FILE = str(provider.write_file(tmp_path))
    settings.PUBLIC_URL = "http://testserver"
    return provider


@pytest.fixture(scope="session")
def our_key() -> RSAKey:
    return RSAKey.generate_key(2048, private=True)


@pytest.fixture
def provider(our_key: RSAKey, tmp_path: Path, settings: Settings, maria: Member) -> Iterator[Provider]:
    with Provider(our_key) as provider:
        key = tmp_path / "key.pem"
        key.write_bytes(our_key.as_pem(private=True))
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = provider.issuer, CLIENT
        settings.OIDC_PRIVATE_KEY_FILE, settings.OIDC_ACR_VALUES = str(key), [AAL2]
        settings.PUBLIC_URL = "http://testserver"
        provider.info["email"] = maria.user.email
        yield provider


def with_password(person: Member) -> User:
    person.user.set_password(PASSWORD)
    person.user.save(update_fields=["password"])
    return person.user


def signs_in(client: Client, person: Member, password: str = PASSWORD) -> Any:
    return client.post("/sign-in/login/", {"login": person.user.email, "password": password})


def proved(client: Client, user: User, *kinds: str, ago: float = 0) -> Client:
    """As if this session had shown these: "password", "totp", "webauthn", "recovery_codes", "demo"."""
    session = client.session
    at = time.time() - ago
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": kind, "at": at}
        if kind in {"password", "demo"}
        else {"method": "mfa", "type": kind, "at": at, "reauthenticated": True}
        for kind in kinds
    ]
    session.save()
    return client


def code_of(secret: str, *, step: int = 0) -> str:
    """What an authenticator app shows (RFC 6238), written again here."""
    counter = int(time.time() // 30) + step
    digest = hmac.new(b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
