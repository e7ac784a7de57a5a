"""Where a request for advice stands, in words: the same in the desk's queue, on its page, for the office and at home."""

from datetime import date
from typing import NamedTuple

from engagements import clock
from engagements.choices import AdviceStatus as A
from engagements.models import AdviceRequest


class Reading(NamedTuple):
    words: str
    tone: str


CLOSED = {
    A.GIVEN: Reading("Advice given", "good"),
    A.RESPONDED: Reading("Answered by the office", "done"),
    A.LAPSED: Reading("No comment in time", "quiet"),
    A.WITHDRAWN: Reading("Withdrawn", "quiet"),
}


def read(request: AdviceRequest) -> Reading:
    if request.status == A.QUESTION:
        return Reading("Paused: waiting for the office", "waiting")
    return CLOSED.get(A(request.status)) or running(request.due_on, clock.today())


def running(due: date, today: date) -> Reading:
    """A clock that runs. Working days are counted, because those are what the desk has."""
    if due < today:
        late = clock.working_days_between(due, today)
        return Reading(f"Late by {_days(late)}" if late else "Late", "stopped")
    if due == today:
        return Reading("Due today", "stopped")
    left = clock.working_days_between(today, due)
    if not left:
        return Reading(f"Due on {due:%A}, no working day left", "waiting")
    return Reading(f"{_days(left)} left", "waiting" if left == 1 else "open")


def _days(count: int) -> str:
    return f"{count} working day{'' if count == 1 else 's'}"
