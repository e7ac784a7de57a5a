import hashlib
import hmac
import time
from base64 import b32decode
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import Member, User

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
