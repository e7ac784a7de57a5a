"""Small secrets sealed for the database, so that whoever reads a copy of it does not read them.

A sealed text names its algorithm and key: `2.aes256gcm.1f0c93ab.…`. The first algorithm and the first key seal, all
that are listed open, so either is changed while the product runs, and `manage.py reseal` does away with the old one.
What does not open, for whatever reason, raises one and the same error.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORM = "2"
"""Of the sealed text. What has none is Fernet's, from before."""
NONCE = 12
Cipher = AESGCM | ChaCha20Poly1305
ALGORITHMS: dict[str, type[Cipher]] = {
    "aes256gcm": AESGCM,
    "chacha20poly1305": ChaCha20Poly1305,
}
"""Authenticated encryption with a key of 256 bits and a nonce of 96. A new one is a line here and its name in the settings."""


class NotOpened(ValueError):
    """It was not sealed by us, or with a key or algorithm that is no longer listed."""


class Box:
    def __init__(self, purpose: str, *, keys: Sequence[str], algorithms: Sequence[str]) -> None:
        self.purpose, self.keys, self.algorithms = purpose, list(keys), list(algorithms)

    def seal(self, text: str) -> str:
        algorithm, key = self.algorithms[0], self.keys[0]
        said = f"{FORM}.{algorithm}.{self._name(key)}"
        nonce = secrets.token_bytes(NONCE)
        sealed = self._cipher(algorithm, key).encrypt(nonce, text.encode(), self._bound(said))
        return f"{said}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str) -> str:
        try:
            return self._opened(sealed) if sealed.startswith(f"{FORM}.") else self._opened_fernet(sealed)
        except (InvalidTag, InvalidToken, LookupError, ValueError) as error:
            raise NotOpened("This was not sealed by us.") from error

    def is_current(self, sealed: str) -> bool:
        return sealed.startswith(f"{FORM}.{self.algorithms[0]}.{self._name(self.keys[0])}.")

    def _opened(self, sealed: str) -> str:
        said, _, body = sealed.rpartition(".")
        _, algorithm, name = said.split(".")
        if algorithm not in self.algorithms:
            raise LookupError(algorithm)
        key = {self._name(key): key for key in self.keys}[name]
        raw = urlsafe_b64decode(body)
        return self._cipher(algorithm, key).decrypt(raw[:NONCE], raw[NONCE:], self._bound(said)).decode()

    def _opened_fernet(self, sealed: str) -> str:
        boxes = [Fernet(urlsafe_b64encode(_derived(key, self.purpose))) for key in self.keys]
        return MultiFernet(boxes).decrypt(sealed.encode()).decode()

    def _cipher(self, algorithm: str, key: str) -> Cipher:
        return ALGORITHMS[algorithm](_derived(key, f"{self.purpose}: {algorithm}"))

    def _bound(self, said: str) -> bytes:
        """What is sealed for one purpose, or said to be of another key, opens for none."""
        return f"{self.purpose}|{said}".encode()

    def _name(self, key: str) -> str:
        return _derived(key, f"{self.purpose}: name of the key")[:4].hex()


def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
