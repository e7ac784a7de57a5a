"""The relay: claims due notices, re-checks that the recipient may still see the subject, sends, marks as sent.

A claim is the time at which it runs out; no row stays locked while a mail server is slow, so nobody who reads a notice
waits for it. Whoever finds another time has lost the claim and leaves the notice alone. A worker that dies leaves
claims that run out, and no failed attempt: what was refused waits longer each time, what we dropped does not. Only
death in the moment between the mail server's word and our mark can repeat a message, and then under the same
Message-ID, which receiving servers drop.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from activity.models import Entry, Notice
from diplomacy.lib.readers import keys_of
from diplomacy.lib.rls import system

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 12
BATCH = 50


def deliver(ids: Collection[int] | None = None) -> int:
    """Send what is due (of `ids`, or anything) and return how many notices left the outbox."""
    left = 0
    while claimed := _claim(ids):
        left += sum(_send(notice) for notice in claimed)
    return left


@system("activity.delivery")
def _claim(ids: Collection[int] | None) -> list[Notice]:
    due = Notice.objects.due() if ids is None else Notice.objects.due().filter(pk__in=ids)
    claimed = list(due.order_by("try_after").select_for_update(skip_locked=True)[:BATCH])
    for notice in claimed:
        notice.try_after = _after()
    Notice.objects.bulk_update(claimed, ["try_after"])
    return claimed


def _after(attempts: int = 1) -> datetime:
    """When a claim ends, or the next attempt begins: each that failed doubles the wait."""
    wait: timedelta = timedelta(seconds=settings.NOTICE_CLAIM_SECONDS) * 2 ** min(attempts - 1, 6)
    return timezone.now() + wait


def _send(notice: Notice) -> bool:
    """True when the notice has left the outbox, sent or not."""
    if not _mark(notice, try_after=_after()):
        return False  # the claim ran out while others of the batch were sent, and another worker has it
    outcome = _outcome(notice)
    if outcome == Notice.Mail.DUE:
        failed = notice.attempts + 1
        _mark(notice, attempts=failed, try_after=_after(failed))
        return False
    sent_at = timezone.now() if outcome == Notice.Mail.SENT else None
    return _mark(notice, mail=outcome, sent_at=sent_at)


@system("activity.delivery")
def _mark(notice: Notice, **fields: Any) -> bool:
    """While the claim is still ours."""
    claim = Notice.objects.filter(pk=notice.pk, try_after=notice.try_after, mail=Notice.Mail.DUE)
    is_ours = bool(claim.update(**fields))
    notice.try_after = fields.get("try_after", notice.try_after)
    return is_ours


def _outcome(claimed: Notice) -> Notice.Mail:
    notice, may_be_sent = _looked_at(claimed.pk)
    if not may_be_sent:
        return Notice.Mail.WITHHELD
    try:
        _message(notice).send()
    except (SMTPException, OSError, ValueError) as error:
        log.warning("Notice %s was not sent: %s", notice.delivery_key, type(error).__name__)
        return Notice.Mail.DUE if notice.attempts + 1 < MOST_ATTEMPTS else Notice.Mail.FAILED
    return Notice.Mail.SENT


@system("activity.delivery")
def _looked_at(pk: int) -> tuple[Notice, bool]:
    """The notice with all that a message needs, and whether it is still for its recipient."""
    notice = Notice.objects.select_related("entry", "recipient").get(pk=pk)
    return notice, notice.recipient.is_active and may_see_subject(notice)


def may_see_subject(notice: Notice) -> bool:
    """The subject itself, and the line about it: a desk's own line is not for every reader of the engagement."""
    if not is_line_for(notice.recipient, notice.entry):
        return False
    subjects: Any = apps.get_model(notice.entry.subject_type)._default_manager
    return bool(subjects.visible_to(notice.recipient).filter(pk=notice.entry.subject_id).exists())


def is_line_for(reader: object, entry: Entry) -> bool:
    return not entry.readers or not keys_of(reader).isdisjoint(entry.readers)


def _message(notice: Notice) -> EmailMessage:
    link = settings.PUBLIC_URL + reverse("activity:open", args=[notice.delivery_key])
    said = notice.entry.words.notice
    return EmailMessage(
        subject=said,
        body=f"{said}.\n\nSign in to read it: {link}\n\nThis message holds no content on purpose.\n",
        to=[notice.recipient.email],
        headers={
            "Message-ID": f"<{notice.delivery_key}@{settings.PUBLIC_URL.split('//')[-1].split(':')[0]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
