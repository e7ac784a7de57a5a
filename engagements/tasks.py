from celery import shared_task

from engagements import actions


@shared_task(name="engagements.tasks.refresh_flags")
def refresh_flags() -> int:
    return actions.refresh_flags()


@shared_task(name="engagements.tasks.lapse_overdue")
def lapse_overdue() -> int:
    return actions.lapse_overdue()
