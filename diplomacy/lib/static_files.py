"""What the web server gives away without asking who wants it."""

from pathlib import PurePosixPath
from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware

KINDS = frozenset({".css", ".js", ".svg", ".png", ".ico", ".jpg", ".woff2"})
"""What a page may refer to. A list of names, a source map, a page or a note of somebody else's package is no such thing."""


class NamedKindsOnly(WhiteNoiseMiddleware):  # type: ignore[misc]  # it has no types
    """A file of another kind that comes to lie in the folder, by mistake or by a package, is not there."""

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        if is_given(url):
            super().add_file_to_dictionary(url, path, stat_cache=stat_cache)

    def find_file(self, url: str) -> Any:
        return super().find_file(url) if is_given(url) else None


def is_given(url: str) -> bool:
    return PurePosixPath(url).suffix.lower() in KINDS
