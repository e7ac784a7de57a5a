"""Another organisation's sign-in, over HTTP on this machine, as strict as Login.gov: it refuses what that would refuse."""

import hashlib
import hmac
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT = "urn:gov:gsa:openidconnect.profiles:sp:sso:desk"
AAL2 = "http://idmanagement.gov/ns/assurance/aal/2"
AAL2_PASSKEY = f"{AAL2}?phishing_resistant=true"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


class Provider:
    """`claims` overrides what it says of whoever signs in; `key` signs; `client_key` is what it knows of ours, if any."""

    def __init__(self, client_key: RSAKey | None = None) -> None:
        self.key = self.published = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
        self.client_key, self.claims, self.info = client_key, dict[str, Any](), dict[str, Any]()
        self.codes, self.used, self.refused = dict[str, dict[str, str]](), set[str](), list[str]()
        self.calls_itself, self.head = "", dict[str, Any]()
        self.signs_out, self.moved, self.addresses = True, "", dict[str, str]()
        self.algorithm, self.gives_id_token, self.asked = "RS256", True, dict[str, str]()

    def __enter__(self) -> Self:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, "")

            def do_POST(self) -> None:
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, door: BaseHTTPRequestHandler, body: str) -> None:
        address = urlsplit(door.path)
        said = {name: values[0] for name, values in parse_qs(address.query or body).items()}
        if self.moved and address.path.endswith(self.moved):
            door.send_response(302)
            door.send_header("Location", f"{self.issuer}elsewhere{address.path}")
            return door.end_headers()
        if address.path.startswith("/elsewhere/"):
            self.refused.append("followed a redirect")
            address = address._replace(path=address.path.removeprefix("/elsewhere"))
        try:
            page = getattr(self, address.path.strip("/").replace(".", "").replace("/", "_").replace("-", "_"))
            status, headers, content = page(said, door.headers)
        except (AssertionError, KeyError, AttributeError, ValueError) as refusal:
            self.refused.append(f"{address.path}: {refusal!r}")
            status, headers, content = 400, {}, {"error": "invalid_request"}
        door.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json"}.items():
            door.send_header(name, value)
        door.end_headers()
        door.wfile.write(json.dumps(content).encode())
        return None

    def well_known_openid_configuration(self, said: Any, headers: Any) -> Any:
        addresses = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "jwks",
        } | ({"end_session_endpoint": "logout"} if self.signs_out else {})
        found = {name: self.issuer + path for name, path in addresses.items()} | self.addresses
        return (
            200,
            {},
            {
                **found,
                "issuer": self.calls_itself or self.issuer,
                "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            },
        )

    def jwks(self, said: Any, headers: Any) -> Any:
        return 200, {}, KeySet([self.published]).as_dict(private=False)

    def authorize(self, said: dict[str, str], headers: Any) -> Any:
        assert len(said["state"]) >= 22, "state is too short"
        assert len(said["nonce"]) >= 22, "nonce is too short"
        assert said["response_type"] == "code"
        assert said["client_id"] == CLIENT
        assert "openid" in said["scope"].split()
        assert said["prompt"] in {"select_account", "login"}
        assert said["code_challenge_method"] == "S256"
        assert said["acr_values"]
        code = secrets.token_urlsafe(16)
        self.codes[code] = self.asked = said
        back = urlencode({"code": code, "state": said["state"]})
        return 302, {"Location": f"{said['redirect_uri']}?{back}"}, {}

    def token(self, said: dict[str, str], headers: Any) -> Any:
        asked = self.codes.pop(said["code"])
        digest = hashlib.sha256(said["code_verifier"].encode()).digest()
        assert encoded(digest) == asked["code_challenge"], "PKCE"
        assert said["redirect_uri"] == asked["redirect_uri"]
        if self.client_key:
            self._check_client(said)
        access = secrets.token_urlsafe(16)
        self.access, answer = access, {"access_token": access, "token_type": "Bearer", "expires_in": 900}
        return 200, {}, {**answer, "id_token": self._id_token(asked)} if self.gives_id_token else answer

    def _check_client(self, said: dict[str, str]) -> None:
        assert said["client_assertion_type"] == ASSERTION
        assert self.client_key
        claims = jwt.decode(said["client_assertion"], self.client_key, algorithms=["RS256"]).claims
        assert claims["iss"] == claims["sub"] == CLIENT
        assert claims["aud"] == f"{self.issuer}token"
        assert time.time() < claims["exp"] <= time.time() + 600, "exp is too far away"
        assert claims["jti"] not in self.used
        self.used.add(claims["jti"])

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "b2d2d115-1d7e-4579-b9d6-f8e84f4f56ca",
            "aud": CLIENT,
            "nonce": asked["nonce"],
            "acr": asked["acr_values"].split()[0],
            "iat": now,
            "exp": now + 900,
        }
        claims |= self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm in {"none", "HS256"}:
            return self._forged(claims)
        return jwt.encode(
            {"alg": self.algorithm, "kid": "one"} | self.head, claims, self.key, algorithms=[self.algorithm]
        )

    def logout_token(self, head: dict[str, Any], claims: dict[str, Any], key: RSAKey | None = None) -> str:
        """What is None in either is left out."""
        now = int(time.time())
        usual = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(16),
            "sub": "b2d2d115-1d7e-4579-b9d6-f8e84f4f56ca",
            "events": {EVENT: {}},
        }
        header = {"alg": "RS256", "kid": "one", "typ": "logout+jwt"} | head
        said = {name: value for name, value in (usual | claims).items() if value is not None}
        header = {name: value for name, value in header.items() if value is not None}
        if header["alg"] == "none":
            return ".".join(encoded(json.dumps(part).encode()) for part in (header, said)) + "."
        return jwt.encode(header, said, key or self.key, algorithms=[header["alg"]])

    def _forged(self, claims: dict[str, Any]) -> str:
        """Signed by nothing, or with our public key taken for a shared secret."""
        head = {"alg": self.algorithm, "kid": "one"}
        body = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
        secret = self.published.as_pem(private=False)
        mark = hmac.digest(secret, body.encode(), "sha256") if self.algorithm == "HS256" else b""
        return f"{body}.{encoded(mark)}"

    def userinfo(self, said: Any, headers: Any) -> Any:
        assert headers["Authorization"] == f"Bearer {self.access}"
        subject = self.claims.get("sub", "b2d2d115-1d7e-4579-b9d6-f8e84f4f56ca")
        return 200, {}, {"sub": subject, "email_verified": True} | self.info
