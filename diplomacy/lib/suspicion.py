"""What somebody tried that no page of ours leads to. Marked where it is refused; `activity` writes it down at the end."""

from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest
from psycopg.errors import InsufficientPrivilege

MARK, SUSPECT = "suspicion", "suspect"


def mark(request: HttpRequest, what: str) -> None:
    """By whom is kept too: REST framework forgets who asked when it refuses them."""
    setattr(request, MARK, what)
    setattr(request, SUSPECT, getattr(request, "user", None))


def suspect(request: HttpRequest) -> Any:
    """Who was signed in; None for a stranger."""
    user = getattr(request, SUSPECT, None) or getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def of(request: HttpRequest, status: int) -> str:
    """One word; empty where nothing hints at an attack."""
    return str(getattr(request, MARK, "")) or ("rate" if status == 429 else "")


def mark_bad_request(request: HttpRequest, error: Exception) -> None:
    """What Django itself calls suspicious, and bodies that no form of ours sends."""
    if isinstance(error, (SuspiciousOperation, BadRequest)):
        mark(request, "input")


def mark_second_wall(request: HttpRequest, error: Exception) -> None:
    """PostgreSQL refused: nobody was named as the reader, a signature was not ours, or a right was missing."""
    if isinstance(error.__cause__, InsufficientPrivilege):
        mark(request, "second-wall")
