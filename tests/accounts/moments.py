from datetime import date, datetime, time

from diplomacy.lib import washington


def at(day: date, hour: int, minute: int) -> datetime:
    """A moment of Washington's clock, in summer and in winter."""
    return datetime.combine(day, time(hour, minute), washington.ZONE)
