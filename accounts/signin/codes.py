"""Recovery codes: 118 random bits each, of which a digest is kept. Whoever has the database has no code.

allauth's own are eight digits from a sealed seed. It still keeps our row among a person's factors, and finds no code in it.
"""

import hashlib
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from diplomacy.lib.rls import system

TYPE = Authenticator.Type.RECOVERY_CODES
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that look like others on paper."""
GROUPS, LETTERS = 6, 4
HOW_MANY = 10


@transaction.atomic
def make(user: Any) -> list[str]:
    """New ones; those before are dead. They are in this answer and nowhere else."""
    codes = [_new() for _ in range(HOW_MANY)]
    kept = {"hashes": [digest(code) for code in codes], "migrated_codes": []}
    with system("accounts.proofs"):
        Authenticator.objects.filter(user_id=user.pk, type=TYPE).delete()
        Authenticator.objects.create(user_id=user.pk, type=TYPE, data=kept)
    return codes


def make_first(user: Any) -> list[str]:
    """None where there are some already: who adds another passkey keeps the paper in the drawer."""
    return [] if left(user) is not None else make(user)


def left(user: Any) -> int | None:
    """How many are unused; None where none were made."""
    held = Authenticator.objects.filter(user_id=user.pk, type=TYPE).first()
    return len(held.data.get("hashes", [])) if held else None


def opened_by(user: Any, code: str) -> Authenticator | None:
    """The app that shows this code now, or the recovery codes that it was one of."""
    app = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    return app if app and app.wrap().validate_code(code) else use(user, code)


@transaction.atomic
def use(user: Any, code: str) -> Authenticator | None:
    """The row, when this was an unused code. Two at once: the second waits, and finds it used."""
    rows = Authenticator.objects.select_for_update().filter(user_id=user.pk, type=TYPE)
    held = rows.first()
    kept = held.data.get("hashes", []) if held else []
    if held is None or digest(code) not in kept:
        return None
    held.data["hashes"] = [other for other in kept if other != digest(code)]
    with system("accounts.proofs"):
        held.save(update_fields=["data"])
    return held


def digest(code: str) -> str:
    """As it was written down: capitals, spaces and dashes aside."""
    plain = "".join(letter for letter in code.casefold() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _new() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
