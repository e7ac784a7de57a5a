from celery import shared_task

from records import actions


@shared_task(name="records.tasks.work")
def work() -> int:
    return actions.work()


@shared_task(name="records.tasks.dispose")
def dispose() -> int:
    return actions.dispose()


@shared_task(name="records.tasks.expire")
def expire() -> int:
    return actions.expire()
