"""Short random references (`E-7K3M9QTX`): people can say them, and they do not tell how many there are."""

import secrets
from typing import Any

from django.db import models

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LENGTH = 8  # 32^8 is 10^12: at a million rows one insert in a million meets a taken one, and the constraint refuses it


def new_reference(prefix: str) -> str:
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class ReferenceField(models.CharField):  # type: ignore[type-arg]
    def __init__(self, prefix: str = "", **options: Any) -> None:
        self.prefix = prefix
        options.update(max_length=12, unique=True, editable=False)
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        for derived in ("max_length", "unique", "editable"):
            options.pop(derived, None)
        return name, path, args, {**options, "prefix": self.prefix}

    def get_default(self) -> str:
        return new_reference(self.prefix)

    def has_default(self) -> bool:
        return True


class ReferenceConverter:
    regex = r"[A-Za-z]{1,2}-[0-9A-Za-z]{8}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value
