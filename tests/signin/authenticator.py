"""A passkey's device in software: it makes and shows credentials as a browser would hand them over."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


class Device:
    """`asks` False: it opens for whoever holds it, without a finger, face or PIN."""

    def __init__(self, origin: str = "https://testserver", *, asks: bool = True) -> None:
        self.origin, self.asks = origin, asks
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential, self.owner, self.count = secrets.token_bytes(32), "", 0

    @property
    def flags(self) -> FLAG:
        return FLAG.UP | FLAG.UV if self.asks else FLAG.UP

    def make(self, options: dict[str, Any]) -> str:
        asked = options["publicKey"]
        self.owner = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        inner = AttestedCredentialData.create(Aaguid(b"\0" * 16), self.credential, public)
        data = AuthenticatorData.create(_hashed(asked["rp"]["id"]), self.flags | FLAG.AT, 0, inner)
        attested = AttestationObject.create("none", data, {})
        said = self._client_data("webauthn.create", asked["challenge"])
        return self._credential(
            {"clientDataJSON": websafe_encode(said), "attestationObject": websafe_encode(attested)},
            {"credProps": {"rk": True}},
        )

    def show(self, options: dict[str, Any]) -> str:
        asked = options["publicKey"]
        self.count += 1
        data = AuthenticatorData.create(_hashed(asked["rpId"]), self.flags, self.count)
        said = self._client_data("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            {
                "clientDataJSON": websafe_encode(said),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": self.owner,
            },
            {},
        )

    def _client_data(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(challenge), self.origin)

    def _credential(self, response: dict[str, Any], extensions: dict[str, Any]) -> str:
        name = websafe_encode(self.credential)
        body = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps(
            body | {"clientExtensionResults": extensions, "authenticatorAttachment": "platform"}
        )


def _hashed(host: str) -> bytes:
    return hashlib.sha256(host.encode()).digest()
