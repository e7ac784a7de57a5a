"""Whom a token stands for at this request: read from the database each time, as everything about access is."""

from django.http import HttpRequest

from accounts.actions.tokens import digest_of, note_use
from accounts.models import ApiToken

SCHEME = "bearer"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def shown(request: HttpRequest) -> str | None:
    """The secret in the Authorization header; None when no bearer token is shown at all."""
    scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    return secret.strip() if scheme.lower() == SCHEME else None


def alive(secret: str) -> ApiToken | None:
    """The token, when it, its person and its membership hold now.

    Its person is narrowed to that one membership: a token of one office opens nothing of another.
    """
    rows = ApiToken.objects.select_related("member__user", "member__office")
    token: ApiToken | None = rows.filter(digest=digest_of(secret)).first()
    if token is None or not token.is_alive:
        return None
    user = token.member.user
    user.standing = [member for member in user.standing if member.pk == token.member_id]
    if not user.standing:
        return None
    note_use(token)
    return token


def may(token: ApiToken, method: str | None) -> bool:
    return token.scope == ApiToken.Scope.WRITE or method in SAFE
