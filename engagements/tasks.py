from celery import shared_task

from counterparts.models import Counterpart
from engagements import actions


@shared_task(name="engagements.tasks.refresh_flags")
def refresh_flags() -> int:
    return actions.refresh_flags()


@shared_task(name="engagements.tasks.lapse_overdue")
def lapse_overdue() -> int:
    return actions.lapse_overdue()


@shared_task(name="engagements.tasks.recompute_all_overlaps")
def recompute_all_overlaps() -> int:
    return actions.recompute_all_overlaps()


@shared_task(name="engagements.tasks.recompute_overlaps")
def recompute_overlaps(counterpart_id: int) -> int:
    """By this name rooms below ask for it, when counterparts were merged or moved."""
    return actions.recompute_overlaps(Counterpart.objects.get(pk=counterpart_id))
