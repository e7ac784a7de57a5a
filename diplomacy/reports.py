"""Where browsers say that a page tried to do what its content policy forbids: the first sign of a script that got in."""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import pace

log = logging.getLogger(__name__)

LARGEST = 16 * 1024
MOST = 20
"""Reports in a minute from one address."""
WORDS = frozenset({"inline", "eval", "wasm-eval", "self", "data", "blob", "trusted-types-policy"})
DIRECTIVES = frozenset(
    {
        "base-uri",
        "connect-src",
        "default-src",
        "font-src",
        "form-action",
        "frame-ancestors",
        "frame-src",
        "img-src",
    }
    | {
        "manifest-src",
        "media-src",
        "object-src",
        "script-src",
        "script-src-attr",
        "script-src-elem",
        "style-src",
    }
    | {"style-src-attr", "style-src-elem", "worker-src"}
)


@csrf_exempt
@login_not_required
@require_POST
def content_policy(request: HttpRequest) -> HttpResponse:
    """Anybody can send anything here: little is read, and only words of our own are written down."""
    if pace.is_too_fast(request, "reports", most=MOST, seconds=60):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return HttpResponse(status=413)
    if said := _report(body):
        log.warning("Content policy: %s was refused %s on %s", *_words(said))
    return HttpResponse(status=204)


def _report(body: bytes) -> dict[str, Any] | None:
    try:
        given = json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
    said = given.get("csp-report") if isinstance(given, dict) else None
    return said if isinstance(said, dict) else None


def _words(said: dict[str, Any]) -> tuple[str, str, str]:
    directive = str(said.get("violated-directive", "")).partition(" ")[0]
    named = directive if directive in DIRECTIVES else "something"
    return named, _kind(str(said.get("blocked-uri", ""))), _name(str(said.get("document-uri", "")))


def _kind(blocked: str) -> str:
    """An address may be made of what a page holds: that it was one is all that is kept."""
    return blocked if blocked in WORDS else "an address"


def _name(page: str) -> str:
    """Of the page, without the record it is about."""
    try:
        return resolve(urlsplit(page).path).view_name
    except (Http404, ValueError):
        return "an unknown page"
