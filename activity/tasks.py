from celery import shared_task

from activity import actions, anchors, chain, delivery, retention


@shared_task(name="activity.tasks.deliver")
def deliver(notice_ids: list[int]) -> int:
    return delivery.deliver(notice_ids)


@shared_task(name="activity.tasks.sweep")
def sweep() -> int:
    """What the broker lost or a killed worker left."""
    return delivery.deliver()


@shared_task(name="activity.tasks.seal")
def seal() -> int:
    """Every few seconds, the end of the log."""
    return chain.seal()


@shared_task(name="activity.tasks.anchor")
def anchor() -> int:
    return anchors.write()


@shared_task(name="activity.tasks.mail_anchor")
def mail_anchor() -> int:
    return anchors.send()


@shared_task(name="activity.tasks.forget_keys")
def forget_keys() -> int:
    return actions.forget_keys()


@shared_task(name="activity.tasks.expire_content")
def expire_content() -> int:
    return retention.expire()
