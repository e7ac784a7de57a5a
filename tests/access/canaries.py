"""Texts that are found again wherever they come out.

Each protected text field of the matrix's world carries a token that occurs nowhere else; what it stands in says who
may read it. Any answer, mail or log line can then be searched for what its reader may not know.
"""

import re
from dataclasses import dataclass, field

from tests.access.matrix.known import Secret, may_know
from tests.access.matrix.oracle import Person

PATTERN = re.compile(rb"zq\d{6}", re.IGNORECASE)


@dataclass
class Canaries:
    secrets: dict[str, Secret] = field(default_factory=dict)
    _known: dict[str, frozenset[str]] = field(default_factory=dict)

    def new(self, secret: Secret) -> str:
        token = f"zq{len(self.secrets) + 1:06d}"
        self.secrets[token] = secret
        return token

    def known_to(self, person: Person) -> frozenset[str]:
        if person.name not in self._known:
            known = (token for token, secret in self.secrets.items() if may_know(person, secret))
            self._known[person.name] = frozenset(known)
        return self._known[person.name]

    def leaked(self, text: bytes, person: Person) -> set[str]:
        """Tokens in it that this person may not know."""
        return found(text) - self.known_to(person)

    def told(self, tokens: set[str]) -> list[str]:
        """What they are, for the message of a test."""
        return sorted(
            f"{token}: {self.secrets[token].part} of {_name(self.secrets[token])}" for token in tokens
        )


def found(text: bytes) -> set[str]:
    return {token.decode().lower() for token in PATTERN.findall(text)}


def _name(secret: Secret) -> str:
    return str(getattr(secret.record, "name", ""))
