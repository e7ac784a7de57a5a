"""What django-allauth's second factors need from us: where a passkey belongs, and how secrets are kept."""

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from diplomacy.lib.seals import Box

WORDS = {
    "cannot_delete_authenticator": "This is the only one you have, and you need one here. Add another first.",
    "cannot_generate_recovery_codes": "Recovery codes stand in for a passkey or an app: set one of these up first.",
    "incorrect_code": "That did not work. Check it, or wait for the next code, and try again.",
    "unverified_email": "Your e-mail address is not confirmed yet.",
}


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | WORDS

    def encrypt(self, text: str) -> str:
        return box().seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return box().open(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: str) -> str:  # noqa: A002 (allauth's name)
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the address people are told, whatever host a request claims to have come to."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        if settings.ON_TLS:
            entity["id"] = urlsplit(settings.PUBLIC_URL).hostname or entity["id"]
        return entity | {"name": settings.MFA_TOTP_ISSUER}


def box() -> Box:
    return Box("second factors", keys=settings.SECOND_FACTOR_KEYS, algorithms=settings.SEAL_ALGORITHMS)
