from celery import shared_task

from activity import delivery


@shared_task(name="activity.tasks.deliver")
def deliver(notice_ids: list[int]) -> int:
    return delivery.deliver(notice_ids)


@shared_task(name="activity.tasks.sweep")
def sweep() -> int:
    """What the broker lost or a killed worker left."""
    return delivery.deliver()
