"""The relay: claims due notices, re-checks that the recipient may still see the subject, sends, marks as sent.

A claim moves `try_after` ahead in its own transaction before anything is sent, so that two workers never hold the
same notice; a worker that dies leaves a claim that runs out, and the Message-ID made from the delivery key lets
the receiving server drop the rare second copy.
"""

import logging
from collections.abc import Collection
from datetime import timedelta
from smtplib import SMTPException

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from activity.models import Notice

log = logging.getLogger(__name__)

CLAIM = timedelta(minutes=2)
MOST_ATTEMPTS = 12
BATCH = 50


def deliver(ids: Collection[int] | None = None) -> int:
    """Send what is due (of `ids`, or anything) and return how many notices left the outbox."""
    left = 0
    while claimed := _claim(ids):
        left += sum(_send(notice) for notice in claimed)
    return left


@transaction.atomic
def _claim(ids: Collection[int] | None) -> list[Notice]:
    due = Notice.objects.due() if ids is None else Notice.objects.due().filter(pk__in=ids)
    claimed = list(due.order_by("try_after").select_for_update(skip_locked=True, of=("self",))[:BATCH])
    backoff = {notice.pk: CLAIM * 2 ** min(notice.attempts, 6) for notice in claimed}
    for notice in claimed:
        notice.attempts += 1
        notice.try_after = timezone.now() + backoff[notice.pk]
    Notice.objects.bulk_update(claimed, ["attempts", "try_after"])
    return claimed


def _send(notice: Notice) -> bool:
    with transaction.atomic():
        held: Notice = (
            Notice.objects.select_for_update(of=("self",))
            .select_related("entry", "recipient")
            .get(pk=notice.pk)
        )
        if held.mail != Notice.Mail.DUE or held.attempts != notice.attempts:
            return False  # the claim ran out and another worker has it
        held.mail = _outcome(held)
        held.sent_at = timezone.now() if held.mail == Notice.Mail.SENT else None
        held.save(update_fields=["mail", "sent_at"])
    return held.mail != Notice.Mail.DUE


def _outcome(notice: Notice) -> Notice.Mail:
    if not notice.recipient.is_active or not may_see_subject(notice):
        return Notice.Mail.WITHHELD
    try:
        _message(notice).send()
    except (SMTPException, OSError) as error:
        log.warning("Notice %s was not sent: %s", notice.delivery_key, type(error).__name__)
        return Notice.Mail.DUE if notice.attempts < MOST_ATTEMPTS else Notice.Mail.FAILED
    return Notice.Mail.SENT


def may_see_subject(notice: Notice) -> bool:
    subjects = apps.get_model(notice.entry.subject_type)._default_manager
    return bool(subjects.visible_to(notice.recipient).filter(pk=notice.entry.subject_id).exists())


def _message(notice: Notice) -> EmailMessage:
    link = settings.PUBLIC_URL + reverse("activity:open", args=[notice.delivery_key])
    said = notice.entry.words.notice
    return EmailMessage(
        subject=said,
        body=f"{said}.\n\nSign in to read it: {link}\n\nThis message holds no content on purpose.\n",
        to=[notice.recipient.email],
        headers={
            "Message-ID": f"<{notice.delivery_key}@{settings.PUBLIC_URL.split('//')[-1].split(':')[0]}>"
        },
    )
