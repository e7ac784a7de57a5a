"""What people search for stays out of addresses, which browsers remember and proxies write down.

A form of a search is posted; the words come back sealed in the address, so that the page can be loaded again, gone back
to, paged through and sent to a colleague, and tells whoever finds the address nothing. Scripts and programs give theirs
in a header.
"""

from collections.abc import Callable
from urllib.parse import parse_qsl, unquote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict

from diplomacy.lib.seals import Box, NotOpened

PATH = "search/"
"""Where forms of lists are sent."""
SEALED = "words"
HEADER = "Search-Words"
FIELDS = frozenset({"q", "person", "office"})
"""Where people type. What they choose from a list, an address may say."""


class Asked(QueryDict):
    """What was asked for; wherever it is made an address again, its words are sealed again."""

    def urlencode(self, safe: str | None = None) -> str:
        plain = QueryDict(mutable=True)
        said = []
        for name, values in self.lists():
            if name in FIELDS:
                said += [(name, str(value)) for value in values if value]
            elif any(values):
                plain.setlist(name, values)
        if said:
            plain[SEALED] = _box().seal(urlencode(said))
        return plain.urlencode(safe)


class SearchWordsMiddleware:
    """Views find the words where they always were."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if HEADER in request.headers or SEALED in request.GET:
            request.GET = _asked(request)  # type: ignore[assignment]
        return self.get_response(request)


def _asked(request: HttpRequest) -> Asked:
    asked = Asked(mutable=True)
    for name, values in request.GET.lists():
        if name != SEALED:
            asked.setlist(name, values)
    for name, value in _opened(request.GET.get(SEALED, "")):
        asked.appendlist(name, value)
    if HEADER in request.headers:
        asked["q"] = unquote(request.headers[HEADER])
    return asked


def _opened(sealed: str) -> list[tuple[str, str]]:
    """What does not open, such as a link of before the key was changed, asks for nothing."""
    try:
        return [pair for pair in parse_qsl(_box().open(sealed)) if pair[0] in FIELDS] if sealed else []
    except NotOpened:
        return []


def _box() -> Box:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return Box("search words", keys=keys, algorithms=settings.SEAL_ALGORITHMS)
