"""Never lost, never twice: with a broker that goes away and workers that die."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connections
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import actions as accounts
from accounts.models import Member
from activity import actions as activity
from activity import delivery
from activity.models import Notice
from diplomacy.embedded.valkey import Valkey
from engagements import actions
from engagements.models import AdviceRequest, Engagement
from tests.activity.conftest import Mailbox, Worker, comes_true
from tests.factories import accounts as people
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db(transaction=True)


def unsent() -> int:
    return Notice.objects.filter(mail=Notice.Mail.DUE).count()


def seconds_of(what: Callable[[], object]) -> float:
    began = time.monotonic()
    what()
    return time.monotonic() - began


def tell_many(by: Member, count: int) -> Engagement:
    """An engagement of which `count` colleagues are told at once."""
    engagement = make.filed(by)
    Notice.objects.update(mail=Notice.Mail.UNWANTED)
    told = [people.make_member(by.office, "reader").user_id for _ in range(count)]
    activity.record("engagements.amended", engagement, by=by, notify=told)
    return engagement


@pytest.mark.slow
def test_filing_succeeds_at_once_while_the_broker_is_down_and_notices_leave_when_it_is_back(
    maria: Member, lee: Member, liaison: Member, broker: Valkey, worker: Worker, mailbox: Mailbox
) -> None:
    worker.start()
    assert comes_true(lambda: "ready" in worker.said()), worker.said()
    usual = seconds_of(lambda: actions.file(make.drafted(maria), by=maria))
    assert comes_true(lambda: unsent() == 0), worker.said()
    engagement = make.drafted(maria)
    broker.ask_to_stop()
    assert seconds_of(lambda: actions.file(engagement, by=maria)) < 2 * usual + 2
    engagement.refresh_from_db()
    assert engagement.status == "filed"
    assert unsent() == Notice.objects.filter(entry__subject_id=engagement.pk).count() > 0
    broker.start()
    assert comes_true(lambda: unsent() == 0), worker.said()
    assert len(mailbox.copies) == Notice.objects.count() == len(mailbox.message_ids)
    assert set(mailbox.to) == {notice.recipient.email for notice in Notice.objects.all()}


def test_a_broker_that_does_not_answer_is_asked_once_and_then_left_alone(
    maria: Member, broker: Valkey
) -> None:
    broker.ask_to_stop()
    activity.hand_over([1])
    began = time.monotonic()
    for _ in range(200):
        activity.hand_over([1])
    assert time.monotonic() - began < 0.1


@pytest.mark.slow
def test_a_worker_killed_while_sending_loses_nothing_and_sends_nothing_twice(
    maria: Member, worker: Worker, mailbox: Mailbox
) -> None:
    came = 0

    def kill_now_and_then() -> str | None:
        nonlocal came
        came += 1
        if came in {4, 11}:
            worker.kill()
            return "451 Nobody is listening any more"
        return None

    mailbox.on_data = kill_now_and_then
    worker.start()
    assert comes_true(lambda: "ready" in worker.said()), worker.said()
    tell_many(maria, 30)
    for kills in (1, 2):
        assert comes_true(lambda: worker.process is None), f"not killed {kills} times: {worker.said()}"
        worker.start()
    assert comes_true(lambda: unsent() == 0, 25), worker.said()
    assert Notice.objects.filter(mail=Notice.Mail.SENT).count() == 30
    assert len(mailbox.copies) == len(mailbox.message_ids) == len(set(mailbox.to)) == 30


@pytest.mark.slow
def test_dying_between_the_mail_servers_word_and_our_mark_repeats_the_message_under_its_own_id(
    maria: Member, worker: Worker, mailbox: Mailbox
) -> None:
    """The one moment that no outbox closes: the receiving server knows the second copy by its Message-ID."""

    def kill_once() -> None:
        mailbox.after_keeping = lambda: None
        worker.kill()

    mailbox.after_keeping = kill_once
    worker.start()
    assert comes_true(lambda: "ready" in worker.said()), worker.said()
    tell_many(maria, 5)
    assert comes_true(lambda: worker.process is None), worker.said()
    worker.start()
    assert comes_true(lambda: unsent() == 0), worker.said()
    assert sorted(mailbox.message_ids.values()) == [1, 1, 1, 1, 2]
    assert Notice.objects.filter(mail=Notice.Mail.SENT).count() == 5


@pytest.mark.slow
def test_the_worker_records_a_lapse_and_tells_both_sides(
    maria: Member, lee: Member, liaison: Member, broker: Valkey, worker: Worker, mailbox: Mailbox
) -> None:
    from celery import current_app

    request = make.assigned(maria, liaison)
    Notice.objects.update(mail=Notice.Mail.UNWANTED)
    AdviceRequest.objects.filter(pk=request.pk).update(due_on=make.in_days(-4))
    worker.start()
    current_app.send_task("engagements.tasks.lapse_overdue")
    told = {maria.user.email, lee.user.email, liaison.user.email}
    assert comes_true(lambda: set(mailbox.to) == told), worker.said()
    request.refresh_from_db()
    assert request.status == "lapsed"


def test_whatever_beat_asks_for_exists() -> None:
    from celery import current_app

    current_app.loader.import_default_modules()
    wanted = {line["task"] for line in current_app.conf.beat_schedule.values()}
    assert wanted <= set(current_app.tasks)


def test_who_lost_access_before_the_mail_left_gets_none(maria: Member, lee: Member, mailbox: Mailbox) -> None:
    tell_many(maria, 2)
    leaver = Notice.objects.filter(mail=Notice.Mail.DUE).first()
    assert leaver
    accounts.end_member(leaver.recipient.memberships.get(), by=lee)
    delivery.deliver()
    leaver.refresh_from_db()
    assert leaver.mail == Notice.Mail.WITHHELD
    assert not [one for one in mailbox.message_ids if str(leaver.delivery_key) in one]
    assert len(mailbox.copies) == 2  # the other's, and to the leaver that the membership has ended


def test_a_line_that_is_no_longer_theirs_is_withheld_though_the_record_is_still_theirs(
    maria: Member, liaison: Member, desk_lead: Member, mailbox: Mailbox
) -> None:
    """A liaison who has left the desk still reads a public engagement, not what goes on between office and desk."""
    request = make.requested(maria, liaison)
    actions.share(request.engagement, by=maria, visibility="public")
    people.make_member(people.make_office(), "reader", user=liaison.user)
    accounts.end_member(liaison, by=desk_lead)
    delivery.deliver()
    notice = Notice.objects.get(recipient=liaison.user, entry__kind="engagements.advice_requested")
    assert Engagement.objects.visible_to(type(liaison.user).objects.get(pk=liaison.user_id)).exists()
    assert notice.mail == Notice.Mail.WITHHELD


def test_mail_and_logs_carry_no_content(
    maria: Member, lee: Member, liaison: Member, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = "XANADU-CANARY"
    make.counterpart(maria, name=canary)
    request = make.assigned(maria, liaison)
    Engagement.objects.update(title=canary, purpose=canary)
    question = actions.ask_question(request, by=liaison, text=canary)
    actions.answer_question(question, by=maria, text=canary)
    advice = actions.give_advice(request, by=liaison, position="concern", reasoning=canary)
    actions.respond(advice, by=maria, kind="adapted", reason=canary)
    assert delivery.deliver() == len(mailbox.copies) > 4
    assert not [copy for copy in mailbox.copies if canary.encode() in copy]
    assert not [line for line in caplog.messages if canary in line and "INSERT" not in line]
    about = next(copy for copy in mailbox.copies if b"asked your office" in copy)
    assert b"/notices/" in about


def test_a_mail_server_that_refuses_is_tried_again_later(maria: Member, mailbox: Mailbox) -> None:
    tell_many(maria, 1)
    mailbox.on_data = lambda: "451 Try later"
    assert delivery.deliver() == 0
    notice = Notice.objects.get(mail=Notice.Mail.DUE)
    assert notice.attempts == 1
    assert notice.try_after > timezone.now()
    mailbox.on_data = lambda: None
    Notice.objects.filter(pk=notice.pk).update(try_after=timezone.now())
    assert delivery.deliver() == 1
    assert len(mailbox.copies) == 1


def test_after_the_last_attempt_the_notice_says_that_it_could_not_be_delivered(
    maria: Member, mailbox: Mailbox
) -> None:
    tell_many(maria, 1)
    mailbox.on_data = lambda: "550 No such person"
    Notice.objects.filter(mail=Notice.Mail.DUE).update(attempts=delivery.MOST_ATTEMPTS - 1)
    assert delivery.deliver() == 1
    assert Notice.objects.filter(mail=Notice.Mail.FAILED).count() == 1


class Dies(BaseEmailBackend):
    def send_messages(self, email_messages: object) -> NoReturn:
        raise SystemExit


def test_however_many_workers_die_over_a_notice_it_waits_for_the_last_ones_claim_only(
    maria: Member, mailbox: Mailbox, settings: Settings
) -> None:
    """A worker holds a batch: its death is no refusal of any of them, and brings none nearer to being given up."""
    tell_many(maria, 1)
    due, real = Notice.objects.filter(mail=Notice.Mail.DUE), settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Dies"
    for _ in range(delivery.MOST_ATTEMPTS):
        with pytest.raises(SystemExit):
            delivery.deliver()
        assert due.get().try_after <= timezone.now() + timedelta(seconds=settings.NOTICE_CLAIM_SECONDS)
        due.update(try_after=timezone.now())
    settings.EMAIL_BACKEND = real
    mailbox.on_data = lambda: "451 Try later"
    assert delivery.deliver() == 0
    mailbox.on_data = lambda: None
    due.update(try_after=timezone.now())
    assert delivery.deliver() == 1


def in_thread(what: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            what()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_two_relays_at_once_send_each_notice_once(maria: Member, mailbox: Mailbox) -> None:
    tell_many(maria, 60)
    relays = [in_thread(delivery.deliver) for _ in range(3)]
    for relay in relays:
        relay.join()
    assert len(mailbox.copies) == len(mailbox.message_ids) == 60


def test_reading_a_notice_does_not_wait_for_a_slow_mail_server(maria: Member, mailbox: Mailbox) -> None:
    tell_many(maria, 1)
    has_come = threading.Event()

    def slowly() -> str | None:
        has_come.set()
        time.sleep(2)
        return None

    mailbox.on_data = slowly
    relay = in_thread(delivery.deliver)
    assert has_come.wait(10)
    began = time.monotonic()
    activity.mark_read(Notice.objects.filter(mail=Notice.Mail.DUE))
    assert time.monotonic() - began < 1
    relay.join()
    assert Notice.objects.filter(mail=Notice.Mail.SENT, read_at__isnull=False).count() == 1
