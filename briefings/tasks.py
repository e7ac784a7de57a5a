from celery import shared_task

from briefings import actions


@shared_task(name="briefings.tasks.expire")
def expire() -> int:
    return actions.expire()
