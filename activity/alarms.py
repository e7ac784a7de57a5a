"""A valid user who opens record after record: nobody is stopped, and those who answer for it hear of it."""

import logging
import time

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from activity import actions
from activity.models import Alarm
from diplomacy.lib.readers import Actor
from diplomacy.lib.rls import system

log = logging.getLogger(__name__)
HOUR = 3600


def count(reference: str, *, by: Actor) -> None:
    """One more record opened. The one beyond the limit raises the alarm, once a person and hour of the clock."""
    if _count(reference, by.user_id) == settings.BULK_READ_LIMIT + 1:
        sound(by, settings.BULK_READ_LIMIT + 1)


def _count(reference: str, user_id: int) -> int:
    """How many distinct records this person has opened in this hour; 0 for one they had opened before."""
    key = f"opened:{user_id}:{int(time.time() // HOUR)}"
    try:
        if not cache.add(f"{key}:{reference}", 1, 2 * HOUR):
            return 0
        cache.add(key, 0, 2 * HOUR)
        return cache.incr(key)
    except (RedisError, OSError, ValueError):
        log.warning("The cache did not count what was opened")
        return 0


@system("activity.alarms")
def sound(by: Actor, opened: int) -> Alarm:
    """Tell the lead of the office that was acted for, and the auditors."""
    alarm = Alarm.objects.create(user_id=by.user_id, office_id=by.office_id, opened=opened)
    members = apps.get_model("accounts.Member")._default_manager
    leads = members.current().filter(office=by.office_id).who_manage().user_ids()
    auditors = members.current().filter(role="auditor").user_ids()
    actions.record("activity.bulk_read", alarm, by=None, notify={*leads, *auditors}, opened=opened)
    return alarm
