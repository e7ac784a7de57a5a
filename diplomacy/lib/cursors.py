"""Where a page of a list begins, as an address says it: a place in the list's order, for nobody to make up."""

import base64
import json
from collections.abc import Sequence
from typing import Any

BROKEN = (ValueError, TypeError, OverflowError, RecursionError)
"""What reading a place that was made up ends in, its parts included."""


def write(place: Sequence[Any]) -> str:
    text = json.dumps(place, default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
