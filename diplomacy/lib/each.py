"""Work of the clock over many rows, each by itself: what fails for one keeps nobody else waiting for their warning."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

log = logging.getLogger(__name__)


def done_of(act: Callable[..., int], things: Iterable[Any]) -> int:
    """The sum of what it answers. What failed is logged by its id and stays as it was, for the next run to try again."""
    return sum(_tried(act, thing) for thing in list(things))


def _tried(act: Callable[..., int], thing: Any) -> int:
    try:
        with transaction.atomic():
            return act(thing)
    except Exception as error:  # noqa: BLE001 (whatever it is, the rest have nothing to do with it)
        which = getattr(thing, "pk", thing)
        log.error("%s failed for one of many (%s): %s", act.__name__, which, type(error).__name__)
        return 0
