"""Old texts that go, with a lead's word: earlier versions of engagements, texts of briefings that are over.

What is kept how long the owner of the database says (`manage.py set_retention text.versions 7`); without that it is kept
for good. Which texts are due, and which a hold keeps, the database decides; their hashes stay, and enter the log.
"""

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from activity import retention
from records.models import Disposal


class Due(NamedTuple):
    """What the schedule says of one sort; `years` None: nothing, and it is kept for good."""

    sort: Disposal.Sort
    years: int | None
    before: datetime | None


def due() -> list[Due]:
    years = {row.kind: row.years for row in retention.schedule()}
    return [_due(sort, years.get(f"text.{sort}")) for sort in Disposal.Sort]


def _due(sort: Disposal.Sort, years: int | None) -> Due:
    now = timezone.now()
    if not years:
        return Due(sort, None, None)
    is_leap_day = (now.month, now.day) == (2, 29)
    return Due(sort, years, now.replace(year=now.year - years, day=28 if is_leap_day else now.day))
