"""The end of a session at an OpenID provider: ours can be followed by one there, and one there ends ours here.

OpenID Connect RP-Initiated Logout 1.0 and Back-Channel Logout 1.0.
"""

import json
import secrets
import time
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import KeySet

from accounts import actions
from accounts.signin import oidc, sessions
from accounts.signin.claims import WRONG, NotTrusted

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = frozenset({"logout+jwt", "application/logout+jwt"})
LARGEST = 8192
OLDEST, LEEWAY = 300, 30
"""Seconds since a token was made, and by how much clocks may differ."""
NO_ADDRESS = "{} does not say where to sign out. Open its own page, and sign out there."


def leave(request: HttpRequest) -> HttpResponse:
    """To the provider's page that signs out there; it leads back to our sign-in page. Login.gov wants a long state."""
    with oidc.only_trusted():
        client = oidc.trusted_client()
        if not client.load_server_metadata().get("end_session_endpoint"):
            raise NotTrusted(NO_ADDRESS.format(settings.OIDC_NAME))
        back = settings.PUBLIC_URL + reverse("account_login")
        said = {"client_id": settings.OIDC_CLIENT_ID, "state": secrets.token_urlsafe(32)}
        answer: HttpResponse = client.logout_redirect(request, back, **said)
    return answer


def ended(said: str) -> int:
    """The sessions that this logout token ends here. NotTrusted whatever is wrong with it; each is taken once.

    What can be seen to be wrong without its key is refused before the provider is asked for that.
    """
    with oidc.only_trusted():
        _require_logout(*_unverified(said))
        client = oidc.trusted_client()
        keys = KeySet.import_key_set(client.fetch_jwk_set())
        token = jwt.decode(said, keys, algorithms=oidc.ALGORITHMS)
        claims = dict(token.claims)
        _require_logout(dict(token.header), claims)
    until = datetime.fromtimestamp(claims["iat"] + OLDEST + 2 * LEEWAY, UTC)
    if not actions.keep_answer(settings.OIDC_ISSUER, f"logout {claims['jti']}", until=until):
        raise NotTrusted(WRONG)
    named = {name: claims[claim] for name, claim in (("subject", "sub"), ("sid", "sid")) if claim in claims}
    return sessions.end_from(settings.OIDC_ISSUER, **named)


def _unverified(said: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, body, _mark = said[: LARGEST + 1].split(".")
    if len(said) > LARGEST:
        raise NotTrusted(WRONG)
    return _part(head), _part(body)


def _part(text: str) -> dict[str, Any]:
    return dict(json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4))))


def _require_logout(header: dict[str, Any], claims: dict[str, Any]) -> None:
    """It is a logout token and nothing else that the provider signs: an ID token must not end anybody's session."""
    audience = claims.get("aud")
    events = claims.get("events")
    is_one = (
        str(header.get("typ", "")).lower() in TYPES
        and header.get("alg") in oidc.ALGORITHMS
        and claims.get("iss") == settings.OIDC_ISSUER
        and settings.OIDC_CLIENT_ID in (audience if isinstance(audience, list) else [audience])
        and isinstance(events, dict)
        and isinstance(events.get(EVENT), dict)
        and "nonce" not in claims
        and _is_text(claims.get("jti"))
        and any(name in claims for name in ("sub", "sid"))
        and all(_is_text(claims[name]) for name in ("sub", "sid") if name in claims)
    )
    if not is_one or not _is_of_now(claims):
        raise NotTrusted(WRONG)


def _is_of_now(claims: dict[str, Any]) -> bool:
    made, ends, now = claims.get("iat"), claims.get("exp"), time.time()
    if type(made) is not int or type(ends) is not int:
        return False
    return now - OLDEST - LEEWAY <= made <= now + LEEWAY and now < ends + LEEWAY


def _is_text(said: object) -> bool:
    return isinstance(said, str) and 0 < len(said) <= 255
