"""A real broker, real workers and a real mail server of a test's own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from celery import current_app
from django.db import connections
from pytest_django.fixtures import Settings

from activity import actions
from diplomacy.embedded.service import HOST, Memory
from diplomacy.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]


class Mailbox:
    """Keeps every copy it accepts. `on_data` runs when a message has come in and nothing has been answered yet."""

    def __init__(self) -> None:
        self.copies: list[bytes] = []
        self.to: list[str] = []
        self.on_data: Callable[[], str | None] = lambda: None
        self.after_keeping: Callable[[], None] = lambda: None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if refusal := self.on_data():
            return refusal
        assert isinstance(envelope.content, bytes)
        self.copies.append(envelope.content)
        self.to += envelope.rcpt_tos
        self.after_keeping()
        return "250 Kept"

    @property
    def message_ids(self) -> Counter[str]:
        return Counter(str(message_from_bytes(copy)["Message-ID"]) for copy in self.copies)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname=HOST, port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, controller.port
    yield mailbox
    controller.stop()


def use_broker(url: str) -> None:
    """Celery keeps its pools for good: forget them, and the fuse of `hand_over` with them."""
    app: Any = current_app
    app.conf.broker_url = url
    app.amqp._producer_pool = None
    app._pool = None
    actions._broker_rests_until = 0.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Valkey]:
    memory = Memory(tmp_path)
    valkey = Valkey(tmp_path, memory, fast=True)
    valkey.start()
    before = current_app.conf.broker_url
    use_broker(url_of(valkey))
    yield valkey
    use_broker(before)
    valkey.ask_to_stop()


def url_of(valkey: Valkey) -> str:
    return f"redis://:{valkey.memory['valkey']}@{HOST}:{valkey.memory['valkey_port']}/0"


class Celery:
    """One program of it on the test's database; killed as a whole and without warning."""

    name = ""

    def __init__(self, environment: dict[str, str], at: Path) -> None:
        self.environment, self.at = environment, at
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.at / f"{self.name}.log"

    @property
    def words(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        celery = [sys.executable, "-m", "celery", "--app", "diplomacy", *self.words, "--loglevel", "INFO"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                celery, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def revive(self) -> None:
        """As a supervisor does: it refuses to start while PostgreSQL does not answer."""
        if self.process and self.process.poll() is not None:
            self.start()

    def kill(self) -> None:
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class Relay(Celery):
    """Says each second that the outbox is to be swept."""

    name = "relay"

    @property
    def words(self) -> list[str]:
        return ["beat", "--schedule", str(self.at / "beat"), "--pidfile", ""]

    def sent(self) -> int:
        return self.said().count("Sending due task")


class Worker(Celery):
    """With the relay in it, unless that is a program of its own."""

    name = "worker"
    has_relay = True

    @property
    def words(self) -> list[str]:
        worker = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        return [*worker, "--beat", "--schedule", str(self.at / "beat")] if self.has_relay else worker


@pytest.fixture
def worker(broker: Valkey, mailbox: Mailbox, settings: Settings, tmp_path: Path) -> Iterator[Worker]:
    own = connections["default"].settings_dict
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{own['NAME']}",
        "REDIS_URL": url_of(broker),
        "EMAIL_HOST": settings.EMAIL_HOST,
        "EMAIL_PORT": str(settings.EMAIL_PORT),
        "NOTICE_CLAIM_SECONDS": "2",
        "OUTBOX_SWEEP_SECONDS": "1",
        "TZ": "UTC",
    }
    environment.pop("DATABASE_OWNER_URL", None)
    environment.pop("EMAIL_BACKEND", None)
    worker = Worker(environment, tmp_path)
    yield worker
    worker.kill()


def comes_true(what: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
