"""The advice clock: federal working days, in Washington's calendar.

Working days are Monday to Friday without the federal holidays of 5 U.S.C. 6103 as observed (package `holidays`).
"""

from datetime import date, timedelta
from functools import cache

import holidays
from django.conf import settings

from diplomacy.lib import washington


def today() -> date:
    """The desks' date, whatever zone the reader lives in."""
    return washington.today()


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=[year], categories=("public",)))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day` (count 0: the day itself, even when it is a Sunday)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later."""
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)


def due_date(asked: date, starts: date) -> date:
    """ADVICE_WORKING_DAYS after asking, or the day before the engagement if that is sooner, never before asking."""
    return in_time(add_working_days(asked, settings.ADVICE_WORKING_DAYS), today=asked, starts=starts)


def is_whole_time(asked: date, starts: date) -> bool:
    """Whether who is asked on this day has all of ADVICE_WORKING_DAYS before the engagement starts."""
    return add_working_days(asked, settings.ADVICE_WORKING_DAYS) < starts


def in_time(due: date, *, today: date, starts: date) -> date:
    """No later than the day before the engagement starts, and no day that is over."""
    return max(today, min(due, starts - timedelta(days=1)))


def resume(due: date, *, paused: date, resumed: date, starts: date) -> date:
    """The due date after a question has waited on the office: as many working days later as it waited, while in time."""
    later = add_working_days(due, working_days_between(paused, resumed))
    return in_time(later, today=resumed, starts=starts)
