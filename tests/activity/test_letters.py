"""Letters about accounts, with workers that are slow, or die: none is lost, and hardly one comes twice."""

import threading
from collections import Counter
from typing import NoReturn

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import actions, letters
from accounts.models import Letter, Member
from tests.activity.conftest import Mailbox, Worker, comes_true
from tests.activity.test_delivery_for_real import in_thread
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db(transaction=True)


def asked_for(count: int) -> list[str]:
    """Those who wait for a letter, in the order in which they asked."""
    waiting = [make_member().user.email for _ in range(count)]
    for address in waiting:
        actions.ask_for_reset(address)
    return waiting


def let_claims_run_out() -> None:
    Letter.objects.update(try_after=timezone.now())


def test_a_claim_that_ran_out_while_another_letter_was_sent_is_left_to_whoever_has_it_now(
    mailbox: Mailbox,
) -> None:
    waiting = asked_for(3)
    is_first, has_come, go_on = threading.Lock(), threading.Event(), threading.Event()

    def slow_for_one() -> str | None:
        if is_first.acquire(blocking=False):
            has_come.set()
            assert go_on.wait(20)
        return None

    mailbox.on_data = slow_for_one
    slow = in_thread(actions.post)
    assert has_come.wait(20)
    Letter.objects.exclude(address=waiting[0]).update(try_after=timezone.now())
    # A mail server answers one after another here: the other worker's letters stand in line behind the slow one.
    other = in_thread(actions.post)
    assert comes_true(lambda: Letter.objects.due().count() == 0)
    go_on.set()
    slow.join()
    other.join()
    assert Counter(mailbox.to) == Counter(waiting)
    assert not Letter.objects.exists()


class Dies(BaseEmailBackend):
    def send_messages(self, email_messages: object) -> NoReturn:
        raise SystemExit


def test_a_worker_that_dies_is_no_refusal_and_brings_no_letter_nearer_to_being_given_up(
    maria: Member, settings: Settings
) -> None:
    actions.ask_for_reset(maria.user.email)
    real, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Dies"
    for _ in range(12):
        with pytest.raises(SystemExit):
            actions.post()
        let_claims_run_out()
    settings.EMAIL_BACKEND = real
    assert actions.post() == 1
    assert [message.to for message in mail.outbox] == [[maria.user.email]]


def test_a_letter_that_cannot_be_written_keeps_no_other_waiting(
    maria: Member, tom: Member, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    written = letters.message

    def poisoned(letter: Letter) -> object:
        if letter.address == maria.user.email:
            raise ValueError("CANARY")
        return written(letter)

    monkeypatch.setattr(letters, "message", poisoned)
    actions.ask_for_reset(maria.user.email)
    actions.ask_for_reset(tom.user.email)
    assert actions.post() == 1
    assert [message.to for message in mail.outbox] == [[tom.user.email]]
    assert Letter.objects.get().attempts == 1
    assert "ValueError" in caplog.text
    assert "CANARY" not in caplog.text
    monkeypatch.undo()
    let_claims_run_out()
    assert actions.post() == 1


@pytest.mark.slow
def test_a_worker_killed_while_sending_letters_loses_none_and_repeats_what_had_left_in_that_moment(
    worker: Worker, mailbox: Mailbox
) -> None:
    """Of its two processes one is refused when both are killed; the other may have heard yes, and not marked it."""
    waiting = asked_for(15)
    came = 0

    def kill_now_and_then() -> str | None:
        nonlocal came
        came += 1
        if came in {4, 9}:
            worker.kill()
            return "451 Nobody is listening any more"
        return None

    mailbox.on_data = kill_now_and_then
    worker.start()
    for kills in (1, 2):
        assert comes_true(lambda: worker.process is None), f"not killed {kills} times: {worker.said()}"
        worker.start()
    assert comes_true(lambda: not Letter.objects.exists(), 30), worker.said()
    assert set(mailbox.to) == set(waiting)
    assert len(mailbox.to) - len(waiting) <= 2
