"""A valid user who takes away record after record: nobody is stopped, and those who answer for it hear of it.

What counts is how many *different* records a person opened, and how many they were shown in lists, in an hour and in a
day: looking at the same queue all morning is looking at it once.
"""

import logging
import time
from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from activity import actions
from activity.models import Alarm
from diplomacy.lib.readers import Actor
from diplomacy.lib.rls import system

log = logging.getLogger(__name__)
Way, Within = Alarm.Way, Alarm.Within
SECONDS = {Within.HOUR: 3600, Within.DAY: 24 * 3600}
HOURS_OF_A_DAY = 4
"""A day's limit is that of so many hours: nobody works through lists all day, and a patient walker is found too."""


def count(records: Iterable[str], *, by: Actor, way: Alarm.Way = Way.OPENED) -> None:
    """So many more read. The one beyond a limit raises the alarm, once a person, way and hour or day of the clock."""
    names = set(records)
    for within in Within if names else ():
        before, now = _count(names, f"{way}:{by.user_id}:{within}", SECONDS[within])
        limit = limit_of(way, within)
        if before <= limit < now:
            sound(by, limit + 1, way=way, within=within)


def limit_of(way: Alarm.Way, within: Alarm.Within) -> int:
    limit = settings.BULK_READ_LIMIT if way == Way.OPENED else settings.BULK_LIST_LIMIT
    return int(limit) * (HOURS_OF_A_DAY if within == Within.DAY else 1)


def count_export(reference: str, records: int, *, by: Actor) -> None:
    """A file's records count as shown; the same file again does not."""
    most = min(records, limit_of(Way.LISTED, Within.DAY) + 1)
    count((f"{reference}:{number}" for number in range(most)), by=by, way=Way.LISTED)


def _count(names: set[str], key: str, seconds: int) -> tuple[int, int]:
    """How many different ones there were in this window before, and how many there are now."""
    window = f"{key}:{int(time.time() // seconds)}"
    keys = {f"{window}:{name}" for name in names}
    try:
        new = keys - cache.get_many(keys).keys()
        if not new:
            return 0, 0
        cache.set_many(dict.fromkeys(new, 1), 2 * seconds)
        cache.add(window, 0, 2 * seconds)
        now = cache.incr(window, len(new))
    except (RedisError, OSError, ValueError):
        log.warning("The cache did not count what was read")
        return 0, 0
    return now - len(new), now


@system("activity.alarms")
def sound(
    by: Actor, opened: int, *, way: Alarm.Way = Way.OPENED, within: Alarm.Within = Within.HOUR
) -> Alarm:
    """Tell the leads of the office that was acted for, and the auditors; not the person it is about."""
    alarm = Alarm.objects.create(
        user_id=by.user_id, office_id=by.office_id, opened=opened, way=way, within=within
    )
    members = apps.get_model("accounts.Member")._default_manager
    leads = members.current().filter(office=by.office_id).who_manage().user_ids()
    auditors = members.current().filter(role="auditor").user_ids()
    told = {*leads, *auditors} - {by.user_id}
    actions.record("activity.bulk_read", alarm, by=None, notify=told, opened=opened, way=way, within=within)
    return alarm
