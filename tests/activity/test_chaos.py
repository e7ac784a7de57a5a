"""`kill -9` of web, worker, relay, broker and PostgreSQL under load: nothing lost, nothing doubled. `make chaos` is long."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from accounts import actions as accounts
from accounts.models import Member
from activity import chain
from activity.models import Notice
from diplomacy.embedded.valkey import Valkey
from engagements.models import Coverage
from tests.activity import chaos
from tests.activity.chaos import Office, Victim, Web
from tests.activity.conftest import Mailbox, Relay, Worker, comes_true
from tests.factories import engagements as make

KILLS = int(os.environ.get("CHAOS", "10"))
DRAINED = 60.0
"""Seconds after the last kill, until when the outbox must be empty."""
pytestmark = pytest.mark.django_db(transaction=True)


def unsent() -> int:
    return Notice.objects.filter(mail=Notice.Mail.DUE).count()


@pytest.fixture
def office(maria: Member, lee: Member, liaison: Member, worker: Worker, tmp_path: Path) -> Office:
    Coverage.objects.create(desk=liaison.office, country="MX")
    token = accounts.make_token("A script", scope="write", days=9, by=maria)[1]
    met = make.counterpart(maria).reference
    more = {"starts_on": str(make.in_days(30)), "ends_on": str(make.in_days(31)), "counterparts": [met]}
    return Office(Web(worker.environment, tmp_path), token, more)


@pytest.fixture
def relay(worker: Worker, tmp_path: Path) -> Iterator[Relay]:
    """Apart from the worker, as in production."""
    worker.has_relay = False
    relay = Relay(worker.environment | {"LOG_LEVEL": "INFO"}, tmp_path)
    yield relay
    relay.kill()


def victims(office: Office, worker: Worker, relay: Relay, broker: Valkey, mailbox: Mailbox) -> list[Victim]:
    filed, mailed = lambda: len(office.filed), lambda: len(mailbox.copies)
    web, url, server = office.web, worker.environment["DATABASE_URL"], chaos.own_postgres()

    def kill_broker() -> None:
        assert broker.process
        broker.process.kill()
        broker.process.wait()

    postgres = (
        Victim("PostgreSQL", lambda: chaos.kill_postgres(server), server.start, filed)
        if server
        else Victim("connections to PostgreSQL", lambda: chaos.end_connections(url), lambda: None, filed)
    )
    return [
        Victim("worker", worker.kill, worker.start, mailed, worker.revive),
        Victim("relay", relay.kill, relay.start, relay.sent, relay.revive),
        Victim("broker", kill_broker, broker.start, filed),
        postgres,
        Victim("web", web.kill, web.start, filed),
    ]


def test_the_count_would_notice_what_is_lost_and_what_is_doubled(maria: Member, liaison: Member) -> None:
    Coverage.objects.create(desk=liaison.office, country="MX")
    for title in ("Calm", "Once", "Twice", "Twice"):
        make.filed(maria, title=title)
    make.drafted(maria, title="Half")
    outcome = chaos.count(["Once", "Twice", "Half", "Nowhere"], "Calm")
    told = f"told engagements.advice_requested to {liaison.user_id}"
    assert {"Half: is filed", f"Half: {told}", "Nowhere: is there", "Nowhere: line engagements.filed"} <= set(
        outcome.lost
    )
    assert {"Twice: is there", f"Twice: {told}", "Twice: line engagements.filed"} <= set(outcome.doubled)
    assert not [fact for fact in (*outcome.lost, *outcome.doubled) if fact.startswith("Once")]


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_while_everything_is_killed(
    office: Office, worker: Worker, relay: Relay, broker: Valkey, mailbox: Mailbox
) -> None:
    connections.close_all()
    worker.start()
    relay.start()
    office.web.start()
    everything = victims(office, worker, relay, broker, mailbox)
    try:
        office.file("Calm")
        with office.busy():
            kills = chaos.kill_in_turn(everything, KILLS)
        began = time.monotonic()
        is_empty = comes_true(chaos.supervised(lambda: unsent() == 0, everything), DRAINED)
        drained = time.monotonic() - began
    finally:
        office.web.kill()
    titles = [title for title in office.filed if title != "Calm"]
    outcome = chaos.count(titles, "Calm")
    repeats = len(mailbox.copies) - len(mailbox.message_ids)
    print(
        f"\n{sum(kills.values())} kills ({dict(kills)}): {len(titles):,} engagements filed, {office.repeated:,} requests"
        f" repeated, {outcome.notices:,} notices; {len(outcome.lost)} lost, {len(outcome.doubled)} doubled;"
        f" outbox empty {drained:.1f} s after; {repeats} messages sent again under their own id"
    )
    assert is_empty, f"{unsent()} unsent: {worker.said()[-2000:]}"
    assert not outcome.lost
    assert not outcome.doubled
    assert repeats <= kills["worker"]
    sent = Notice.objects.filter(mail=Notice.Mail.SENT)
    assert {str(key) for key in sent.values_list("delivery_key", flat=True)} <= {
        mail_id.strip("<>").split("@")[0] for mail_id in mailbox.message_ids
    }
    chain.seal(whole=True)
    assert chain.verify().fault is None
