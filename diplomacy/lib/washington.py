"""The one calendar of the house: what holds today holds in Washington's date, whatever zone a reader lives in.

A person sets their own zone, so a date that was read in it could be moved by the one whose access it ends.
"""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

ZONE = ZoneInfo("America/New_York")


def today() -> date:
    return timezone.localdate(timezone=ZONE)
