"""Living through days that are over: the demonstration's acts happen on the day on which they are said to have."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from django.utils import timezone

from activity import actions as activity
from diplomacy.lib import references


@contextmanager
def living_at(moment: datetime, key: str) -> Iterator[None]:
    """Within it Django's clock stands at `moment`, and references follow from `key`, so that each load makes the same.

    Only for a command that runs alone: it moves the clock of the whole process. The log's own clock is the database's,
    which does not travel; lines say their time as they are appended, for they cannot be changed afterwards.
    """
    seeded = random.Random(f"demonstration {key}")  # noqa: S311 (names of invented records)
    with (
        patch.object(timezone, "now", lambda: moment),
        patch.object(references, "secrets", seeded),
        patch.object(activity, "APPEND", _written_at(moment)),
    ):
        yield


def _written_at(moment: datetime) -> str:
    """The log's own statement, with a time that lines would otherwise have from the database."""
    said = activity.APPEND.replace("(kind,", "(at, kind,", 1)
    return said.replace("SELECT kind,", f"SELECT '{moment.isoformat()}'::timestamptz, kind,", 1)
