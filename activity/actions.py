"""Every write of the product ends in `record`: one entry, and one notice for each person to be told."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from celery import current_app
from django.db import models, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from activity.kinds import KINDS
from activity.models import Creation, Entry, Notice, Preference
from diplomacy.lib.errors import Conflict
from diplomacy.lib.readers import Actor

log = logging.getLogger(__name__)


def record(
    kind: str,
    subject: models.Model,
    *,
    by: Actor | None,
    notify: Iterable[int] = (),
    readers: Sequence[str] = (),
    **data: Any,
) -> Entry:
    """Append one entry and queue its notices in the caller's transaction.

    `by` None is the system's own clock; `notify` holds user ids, the actor is left out; `readers` narrows who
    sees the line on the subject's timeline; `data` must be JSON and must make sense to a reader years later.
    """
    entry = Entry.objects.create(
        kind=kind,
        actor_id=by.user_id if by else None,
        office_id=by.office_id if by else None,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_reference=getattr(subject, "reference", ""),
        readers=list(readers),
        data=data,
    )
    recipients = {user_id for user_id in notify if by is None or user_id != by.user_id}
    if recipients:
        _queue(entry, recipients)
    return entry


def _queue(entry: Entry, recipients: set[int]) -> None:
    quiet = set() if KINDS[entry.kind].is_urgent else _wanting_no_mail(entry.kind, recipients)
    notices = Notice.objects.bulk_create(
        Notice(
            entry=entry,
            recipient_id=user_id,
            mail="unwanted" if user_id in quiet else "due",
        )
        for user_id in sorted(recipients)
    )
    ids = [notice.pk for notice in notices if notice.mail == Notice.Mail.DUE]
    transaction.on_commit(lambda: hand_over(ids), robust=True)


def _wanting_no_mail(kind: str, recipients: set[int]) -> set[int]:
    chosen = Preference.objects.filter(kind=kind, user__in=recipients, channel=Preference.Channel.APPLICATION)
    return set(chosen.values_list("user_id", flat=True))


def hand_over(notice_ids: list[int]) -> None:
    """Ask the workers to deliver now. A broker that is down loses nothing: the sweep finds the rows."""
    if not notice_ids:
        return
    try:
        current_app.send_task("activity.tasks.deliver", args=[notice_ids], ignore_result=True)
    except (OperationalError, OSError):
        log.warning("Broker unreachable: %d notices wait for the sweep", len(notice_ids))


def mark_read(notices: models.QuerySet[Notice]) -> int:
    return notices.filter(read_at=None).update(read_at=timezone.now())


def prefer(user_id: int, *, kind: str, channel: str) -> None:
    Preference.objects.update_or_create(user_id=user_id, kind=kind, defaults={"channel": channel})


@transaction.atomic
def once(key: str, *, user_id: int, digest: str, make: Callable[[], models.Model]) -> tuple[int, bool]:
    """(id, made now): run `make` for the first request with this key, and answer the id it made to every later one.

    Two requests at once: the second waits on the unique key until the first has committed. Conflict when the key
    was used for something else.
    """
    creation, is_first = Creation.objects.get_or_create(user_id=user_id, key=key, defaults={"digest": digest})
    if creation.digest != digest:
        raise Conflict("This idempotency key was used for a different request.")
    if creation.subject_id is not None:
        return creation.subject_id, False
    creation.subject_id = make().pk
    creation.save(update_fields=["subject_id"])
    return creation.subject_id, is_first
