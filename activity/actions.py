"""Every write of the product ends in `record`: one entry, and one notice for each person to be told."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.db import connection, models, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from activity import rules
from activity.kinds import KINDS
from activity.models import Creation, Entry, Hold, Notice, Preference
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from diplomacy.lib.readers import Actor
from diplomacy.lib.rls import system

log = logging.getLogger(__name__)

BROKER_REST = 5.0
"""Seconds in which a broker that did not answer is not asked again, so that nobody's filing waits for it twice."""
_broker_rests_until = 0.0
KEPT = timedelta(days=1)
LOOK = timedelta(hours=1)


APPEND = """
INSERT INTO activity_entry (kind, actor_id, office_id, subject_type, subject_id, subject_reference, readers, data)
SELECT kind, actor_id, office_id, subject_type, subject_id, subject_reference, readers, data
FROM jsonb_to_recordset(%s) AS e(
    kind varchar, actor_id bigint, office_id bigint, subject_type varchar, subject_id bigint, subject_reference varchar,
    readers varchar[], data jsonb
) RETURNING id
"""
APPENDED = (
    "kind",
    "actor_id",
    "office_id",
    "subject_type",
    "subject_id",
    "subject_reference",
    "readers",
    "data",
)


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
    (entry,) = _append([_entry(kind, subject, by, readers, data)])
    recipients = {user_id for user_id in notify if by is None or user_id != by.user_id}
    if recipients:
        _queue(entry, recipients)
    return entry


def record_each(
    kind: str, subjects: Iterable[tuple[models.Model, int]], *, by: Actor | None, **data: Any
) -> None:
    """`record` for many subjects with one recipient each, in a few statements: a briefing may have 8,000 readers."""
    record_all(kind, ((subject, {user_id}) for subject, user_id in subjects), by=by, **data)


def record_all(
    kind: str, told: Iterable[tuple[models.Model, Iterable[int]]], *, by: Actor | None, **data: Any
) -> None:
    """`record` for many subjects, each with its recipients, in a few statements."""
    pairs = list(told)
    entries = _append([_entry(kind, subject, by, (), data) for subject, _ in pairs])
    recipients = (
        (entry, user_id) for entry, (_, users) in zip(entries, pairs, strict=True) for user_id in users
    )
    _notify(kind, [(entry, user_id) for entry, user_id in recipients if by is None or user_id != by.user_id])


def observe(
    kind: str,
    *,
    user_id: int | None,
    office_id: int | None = None,
    subject: models.Model | None = None,
    reference: str = "",
    **data: Any,
) -> Entry:
    """Append what happened and changed nothing: a sign-in, a refusal, a look. Nobody is notified.

    `reference` is for what was named and perhaps never found.
    """
    entry = Entry(kind=kind, actor_id=user_id, office_id=office_id, data=data)
    entry.subject_type, entry.subject_id = (subject._meta.label_lower, subject.pk) if subject else ("", 0)
    entry.subject_reference = getattr(subject, "reference", "") or reference
    return _append([entry])[0]


@system("activity.record")
def observe_now_and_then(kind: str, subject: models.Model, *, by: Actor) -> None:
    """Who opens a page ten times in an hour has looked at it once."""
    since = timezone.now() - LOOK
    looked = Entry.objects.about(subject).filter(kind=kind, actor_id=by.user_id, at__gt=since)
    if not looked.exists():
        observe(kind, user_id=by.user_id, office_id=by.office_id, subject=subject)


@transaction.atomic
def place_hold(*, office_id: int, reason: str, by: Actor, record: str = "") -> Hold:
    """From now on nothing of the office's records expires, or of the one record."""
    _require_holder(by, office_id)
    if not reason.strip():
        raise Invalid({"reason": ["Say why: a lawsuit, a request, an audit."]})
    hold = Hold.objects.create(
        office_id=office_id, record=record.strip().upper(), reason=reason.strip(), placed_by_id=by.user_id
    )
    _append([_entry("activity.hold_placed", hold, by, (), {})])
    return hold


@transaction.atomic
def lift_hold(hold: Hold, *, by: Actor) -> None:
    _require_holder(by, hold.office_id)
    held = Hold.objects.standing().filter(pk=hold.pk)
    if not held.update(lifted_at=timezone.now(), lifted_by=by.user_id):
        raise Conflict("This hold was lifted already.")
    _append([_entry("activity.hold_lifted", hold, by, (), {})])


def _require_holder(by: Actor, office_id: int) -> None:
    if not rules.may_hold(getattr(by, "role", ""), own=by.office_id == office_id):
        raise Forbidden("Only auditors, and leads for their own office, place and lift legal holds.")


def note_export(by: Actor, *, lines: int) -> None:
    """Lines of the log left the system. On nobody's record: the exporter's office stands for it."""
    observe("activity.log_exported", user_id=by.user_id, office_id=by.office_id, lines=lines)


def _entry(
    kind: str, subject: models.Model, by: Actor | None, readers: Sequence[str], data: dict[str, Any]
) -> Entry:
    return Entry(
        kind=kind,
        actor_id=by.user_id if by else None,
        office_id=by.office_id if by else None,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_reference=getattr(subject, "reference", ""),
        readers=list(readers),
        data=data,
    )


@system("activity.record")
def _append(entries: list[Entry]) -> list[Entry]:
    """The one place where the log is written. Django's bulk_create takes five times as long for many."""
    said = [{name: getattr(entry, name) for name in APPENDED} for entry in entries]
    with connection.cursor() as cursor:
        cursor.execute(APPEND, [json.dumps(said)])
        for entry, (pk,) in zip(entries, cursor.fetchall(), strict=True):
            entry.pk, entry._state.adding, entry._state.db = pk, False, connection.alias
    return entries


@system("activity.record")
def _notify(kind: str, told: Sequence[tuple[Entry, int]]) -> None:
    quiet = set() if KINDS[kind].is_urgent else _wanting_no_mail(kind, {user_id for _, user_id in told})
    notices = Notice.objects.bulk_create(
        Notice(entry=entry, recipient_id=user_id, mail="unwanted" if user_id in quiet else "due")
        for entry, user_id in told
    )
    ids = [notice.pk for notice in notices if notice.mail == Notice.Mail.DUE]
    for start in range(0, len(ids), 500):
        transaction.on_commit(partial(hand_over, ids[start : start + 500]), robust=True)


def _queue(entry: Entry, recipients: set[int]) -> None:
    _notify(entry.kind, [(entry, user_id) for user_id in sorted(recipients)])


def _wanting_no_mail(kind: str, recipients: set[int]) -> set[int]:
    chosen = Preference.objects.filter(kind=kind, user__in=recipients, channel=Preference.Channel.APPLICATION)
    return set(chosen.values_list("user_id", flat=True))


def hand_over(notice_ids: list[int]) -> None:
    """Ask the workers to deliver now. A broker that is down loses nothing: the sweep finds the rows."""
    if notice_ids:
        ask_workers("activity.tasks.deliver", notice_ids)


def ask_workers(task: str, *said: Any) -> None:
    """To do now what beat would have them do in a while."""
    global _broker_rests_until  # noqa: PLW0603 (a fuse of this process, not a fact about the world)
    if time.monotonic() < _broker_rests_until:
        return
    try:
        current_app.send_task(task, args=list(said), ignore_result=True)
    except (OperationalError, OSError):
        _broker_rests_until = time.monotonic() + BROKER_REST
        log.warning("Broker unreachable: %s waits for the sweep", task)


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


def forget_keys() -> int:
    """Idempotency keys of more than a day ago. Nobody repeats a request that long."""
    old = Creation.objects.filter(made_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
