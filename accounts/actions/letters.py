"""The outbox of messages about accounts: written down in the request, sent by a worker."""

import logging
from datetime import timedelta
from functools import partial
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from accounts import letters
from accounts.models import Letter
from activity import actions as activity

log = logging.getLogger(__name__)
BATCH = 10
MOST_ATTEMPTS = 10


@transaction.atomic
def write_letter(kind: str, address: str, *, about: int | None = None) -> None:
    """The same statements whether or not anybody has this address: who there is, is asked when it is sent."""
    Letter.objects.create(kind=kind, address=address, about=about)
    transaction.on_commit(partial(activity.ask_workers, "accounts.tasks.post"), robust=True)


def ask_for_reset(address: str) -> None:
    write_letter(Letter.Kind.RESET, address.strip().lower())


def post() -> int:
    """Send what is due, and return how many letters left the outbox."""
    left = 0
    while claimed := _claim():
        left += sum(_send(letter) for letter in claimed)
    return left


@transaction.atomic
def _claim() -> list[Letter]:
    """Nobody waits for a mail server with a row locked; a worker that dies leaves a claim that runs out."""
    claimed = list(Letter.objects.due().order_by("try_after").select_for_update(skip_locked=True)[:BATCH])
    for letter in claimed:
        letter.attempts += 1
        wait = timedelta(seconds=settings.NOTICE_CLAIM_SECONDS) * 2 ** min(letter.attempts - 1, 6)
        letter.try_after = timezone.now() + wait
    Letter.objects.bulk_update(claimed, ["attempts", "try_after"])
    return claimed


def _send(letter: Letter) -> bool:
    message = _written(letter)
    try:
        if message is not None:
            message.send()
    except (SMTPException, OSError) as error:
        log.error("A message about an account was not sent: %s", type(error).__name__)
        if letter.attempts < MOST_ATTEMPTS:
            return False
    letter.delete()
    return True


@transaction.atomic
def _written(letter: Letter) -> EmailMessage | None:
    return letters.message(letter)
