"""The outbox of messages about accounts: written down in the request, sent by a worker.

A claim is as with notices (`activity.delivery`): the time at which it runs out. Whoever finds another time has lost it.
Death in the moment between the mail server's word and our mark repeats a letter: a second link, which does as well.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from accounts import letters
from accounts.models import Letter
from accounts.querysets import LetterQuerySet
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
    """Nobody waits for a mail server with a row locked; a worker that dies leaves a claim that runs out, and no refusal."""
    claimed = list(Letter.objects.due().order_by("try_after").select_for_update(skip_locked=True)[:BATCH])
    for letter in claimed:
        letter.try_after = _after()
    Letter.objects.bulk_update(claimed, ["try_after"])
    return claimed


def _after(attempts: int = 1) -> datetime:
    """When a claim ends, or the next attempt begins: each that failed doubles the wait."""
    wait: timedelta = timedelta(seconds=settings.NOTICE_CLAIM_SECONDS) * 2 ** min(attempts - 1, 6)
    return timezone.now() + wait


def _send(letter: Letter) -> bool:
    """True when the letter has left the outbox, sent or given up."""
    if not _mark(letter, try_after=_after()):
        return False  # the claim ran out while others of the batch were sent, and another worker has it
    failed = letter.attempts + 1
    if not _is_done(letter) and failed < MOST_ATTEMPTS:
        _mark(letter, attempts=failed, try_after=_after(failed))
        return False
    return bool(_claimed(letter).delete()[0])


def _claimed(letter: Letter) -> LetterQuerySet:
    """The row, while the claim is still ours."""
    rows: LetterQuerySet = Letter.objects.filter(pk=letter.pk, try_after=letter.try_after)
    return rows


def _mark(letter: Letter, **fields: Any) -> bool:
    is_ours = bool(_claimed(letter).update(**fields))
    letter.try_after = fields["try_after"]
    return is_ours


def _is_done(letter: Letter) -> bool:
    """Sent, or nobody is there to write to."""
    try:
        message = _written(letter)
        if message is not None:
            message.send()
    except Exception as error:  # noqa: BLE001 (whatever it is, the rest of the batch has nothing to do with it)
        log.error("A message about an account was not sent: %s", type(error).__name__)
        return False
    return True


@transaction.atomic
def _written(letter: Letter) -> EmailMessage | None:
    return letters.message(letter)
