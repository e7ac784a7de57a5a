from celery import shared_task

from counterparts import actions
from counterparts.lists import actions as lists

AT_A_TIME = 50
"""Batches of one task: then another may go on, and a broker that is emptied costs nothing."""


@shared_task(name="counterparts.tasks.screen")
def screen() -> int:
    """Compare what is due with the lists: new and changed counterparts, and everyone after a list was loaded."""
    done = 0
    for _ in range(AT_A_TIME):
        screened = actions.screen_due()
        done += screened
        if not screened:
            return done
    screen.delay()
    return done


@shared_task(name="counterparts.tasks.catch_up")
def catch_up() -> int:
    return actions.catch_up()


@shared_task(name="counterparts.tasks.load_lists")
def load_lists() -> int:
    return lists.work()
