from datetime import date

import pytest

from engagements import clock

LATER = date(2027, 2, 1)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 11, 25), True),
        (date(2026, 11, 26), False),  # Thanksgiving
        (date(2026, 11, 28), False),  # Saturday
        (date(2026, 7, 3), False),  # Independence Day, observed on Friday
        (date(2026, 6, 19), False),  # Juneteenth
        (date(2027, 12, 31), False),  # New Year's Day of 2028, observed the year before
    ],
)
def test_desks_rest_on_weekends_and_federal_holidays(day: date, is_working: bool) -> None:
    assert clock.is_working_day(day) is is_working


def test_five_working_days_step_over_thanksgiving() -> None:
    assert clock.add_working_days(date(2026, 11, 23), 5) == date(2026, 12, 1)


def test_advice_is_due_before_the_engagement_starts() -> None:
    assert clock.due_date(date(2026, 11, 23), date(2026, 11, 25)) == date(2026, 11, 24)


def test_advice_is_never_due_before_it_was_asked() -> None:
    assert clock.due_date(date(2026, 11, 23), date(2026, 11, 20)) == date(2026, 11, 23)


def test_a_question_that_waits_over_a_weekend_costs_the_desk_one_working_day() -> None:
    friday, monday = date(2026, 11, 6), date(2026, 11, 9)
    due = clock.resume(date(2026, 11, 10), paused=friday, resumed=monday, starts=LATER)
    assert due == date(2026, 11, 12)  # 11th: Veterans Day


def test_an_answer_on_the_same_day_moves_nothing() -> None:
    day = date(2026, 11, 9)
    assert clock.resume(date(2026, 11, 16), paused=day, resumed=day, starts=LATER) == date(2026, 11, 16)


@pytest.mark.parametrize(("starts", "due"), [(13, 12), (12, 11), (10, 9), (9, 9), (2, 9)])
def test_a_question_that_waits_leaves_the_advice_due_before_the_engagement(starts: int, due: int) -> None:
    friday, monday = date(2026, 11, 6), date(2026, 11, 9)
    said = clock.resume(date(2026, 11, 10), paused=friday, resumed=monday, starts=date(2026, 11, starts))
    assert said == date(2026, 11, due)


@pytest.mark.parametrize("offset", range(40))
def test_adding_and_counting_working_days_agree(offset: int) -> None:
    start = date(2026, 12, 20)
    assert clock.working_days_between(start, clock.add_working_days(start, offset)) == offset
