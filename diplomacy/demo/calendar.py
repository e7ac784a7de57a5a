"""Days of the story: counted from the day on which it is told, and kept to working days as people do."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from diplomacy.lib import washington


@dataclass(frozen=True)
class Calendar:
    today: date

    def day(self, offset: int) -> date:
        """A day on which something takes place; weekends move away from today, so that past stays past."""
        found = self.today + timedelta(days=offset)
        step = timedelta(days=1 if offset > 0 else -1)
        while found.weekday() >= 5:
            found += step
        return found

    def is_working_day(self, offset: int) -> bool:
        return (self.today + timedelta(days=offset)).weekday() < 5

    def desk_hour(self, offset: int, minute: int) -> datetime:
        """A moment on a past working day, `minute` minutes after nine in the morning in Washington."""
        if offset >= 0:
            raise ValueError("Acts of the story are over: count their days below zero.")
        return datetime.combine(self.day(offset), time(9), washington.ZONE) + timedelta(minutes=minute)
