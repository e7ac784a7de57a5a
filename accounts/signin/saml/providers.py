"""The states whose own accounts sign in here, from a file that the operator writes (docs/operations.md)."""

import tomllib
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import validate_slug

from accounts.signin import oidc

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SHORTEST_KEY = 2048
SEVERAL = "your state’s account"


class Provider(NamedTuple):
    slug: str
    name: str
    entity_id: str
    sign_in_at: str
    certificates: tuple[str, ...]
    """In PEM. More than one while the provider changes its key."""
    domains: tuple[str, ...]
    """Those whose addresses it may speak for."""
    email: str = "urn:oid:0.9.2342.19200300.100.1.3"
    """The attribute that holds the address."""
    second_factor: tuple[str, ...] = ()
    passkey: tuple[str, ...] = ()
    """Which of its assurances (AuthnContextClassRef) count for more than a password."""

    @property
    def contexts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.passkey, *self.second_factor)))

    def may_speak_for(self, email: str) -> bool:
        domain = email.rpartition("@")[2]
        return any(domain == own or domain.endswith(f".{own}") for own in self.domains)


def offered() -> dict[str, Provider]:
    return _read(settings.SAML_PROVIDERS_FILE) if settings.SAML_PROVIDERS_FILE else {}


def label() -> str:
    """What the button on the sign-in page names; empty where no state is."""
    held = list(offered().values())
    return held[0].name if len(held) == 1 else SEVERAL if held else ""


def is_installed() -> bool:
    return find_spec("onelogin") is not None


@lru_cache(maxsize=4)
def _read(path: str) -> dict[str, Provider]:
    """ImproperlyConfigured with what is wrong, all at once: a check says it before anything starts."""
    try:
        tables = tomllib.loads(Path(path).read_text())
    except (OSError, ValueError) as reason:
        raise ImproperlyConfigured(f"SAML_PROVIDERS_FILE cannot be read: {reason}") from reason
    found = {slug: _provider(slug, table, Path(path).parent) for slug, table in tables.items()}
    if not found:
        raise ImproperlyConfigured("SAML_PROVIDERS_FILE names no provider.")
    if len({held.entity_id for held in found.values()}) < len(found):
        raise ImproperlyConfigured("SAML_PROVIDERS_FILE names one entity_id twice.")
    return found


def _provider(slug: str, table: Any, folder: Path) -> Provider:
    try:
        validate_slug(slug)
        said: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
        }
        said["certificates"] = tuple((folder / name).read_text() for name in said["certificates"])
        held = Provider(slug=slug, **said)
        faults = [said for said, is_so in FAULTS.items() if is_so(held)]
    except (TypeError, ValueError, KeyError, AttributeError, OSError) as reason:
        raise ImproperlyConfigured(f"SAML_PROVIDERS_FILE, {slug}: {reason!r}") from reason
    if faults:
        raise ImproperlyConfigured(f"SAML_PROVIDERS_FILE, {slug}: {'; '.join(faults)}.")
    return held


def _has_weak_key(held: Provider) -> bool:
    keys = [x509.load_pem_x509_certificate(pem.encode()).public_key() for pem in held.certificates]
    return any(isinstance(key, RSAPublicKey) and key.key_size < SHORTEST_KEY for key in keys)


def _is_abroad_in_the_clear(held: Provider) -> bool:
    parts = urlsplit(held.sign_in_at)
    return parts.scheme != "https" and parts.hostname not in LOOPBACK


def _lists_are_lists(held: Provider) -> bool:
    lists = (held.domains, held.second_factor, held.passkey)
    return all(isinstance(many, tuple) and all(isinstance(one, str) for one in many) for many in lists)


FAULTS: dict[str, Callable[[Provider], bool]] = {
    "name, entity_id, sign_in_at and email are texts": lambda held: (
        not all(
            isinstance(text, str) and text
            for text in (held.name, held.entity_id, held.sign_in_at, held.email)
        )
    ),
    "domains, second_factor and passkey are lists of texts": lambda held: not _lists_are_lists(held),
    "sign_in_at is not an https address": _is_abroad_in_the_clear,
    "no certificate": lambda held: not held.certificates,
    f"a certificate has a key shorter than {SHORTEST_KEY} bits": _has_weak_key,
    "domains is empty: say whose addresses it may speak for": lambda held: not held.domains,
    "domains are written in small letters, without @": lambda held: any(
        own != own.lower() or "@" in own or "." not in own for own in held.domains
    ),
    "entity_id is longer than 200 characters": lambda held: len(held.entity_id) > 200,
    "entity_id is also OIDC_ISSUER": lambda held: held.entity_id == settings.OIDC_ISSUER,
    f"the name {oidc.SLUG} is taken": lambda held: held.slug == oidc.SLUG,
}
