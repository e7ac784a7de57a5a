"""No protected text in a mail, in a log line, or where a page tells of many things. Answers: `test_matrix`."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction

from activity import delivery
from activity.models import Notice
from tests.access.canaries import found
from tests.access.matrix import oracle
from tests.access.matrix.asking import Asker, Case, address, body_of, put
from tests.access.matrix.conftest import Lines
from tests.access.matrix.routes import ROUTES
from tests.access.matrix.test_matrix import IS_FULL
from tests.access.matrix.world import World

PART = 1 if IS_FULL else 5
WRITERS = {
    "engagement": "lee",
    "request": "desk_lead",
    "briefing": "briefer",
    "question": "briefer",
    "copy": "gov",
}


READ_BY = (
    ("lee", "engagements:detail", "engagement"),
    ("tess", "api_engagements-detail", "engagement"),
    ("lee", "api_engagements-notes", "engagement"),
    ("lee", "api_engagements-report", "engagement"),
    ("desk_lead", "api_advice-requests-detail", "request"),
    ("desk_lead", "api_advice-requests-notes", "request"),
    ("briefer", "api_briefings-detail", "briefing"),
    ("briefer", "briefings:answer", "question"),
    ("lee", "api_commitments-detail", "commitment"),
    ("lee", "counterparts:detail", "counterpart"),
)


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Every logger of the process, whether it hands its lines on or not, down to the least of them."""
    caught = Lines()
    pinned: Any = settings.LOGGING["loggers"]
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in logging.root.manager.loggerDict)]
    loggers += [logging.getLogger("celery.task"), logging.getLogger("django.db.backends")]
    levels = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        if logger.name not in pinned:  # what no LOG_LEVEL turns on
            logger.setLevel(logging.DEBUG)
        if not logger.propagate or logger is logging.root:
            logger.addHandler(caught)
    yield caught
    for logger, level in levels:
        logger.setLevel(level)
        logger.removeHandler(caught)


def test_every_protected_text_is_a_canary(world: World) -> None:
    parts = {secret.part for secret in world.canaries.secrets.values()}
    assert {"title", "office_note", "desk_note", "draft", "advice", "answer", "response", "section"} <= parts
    assert len(world.canaries.secrets) > 500


def test_canaries_are_found_where_their_reader_finds_them(world: World, askers: dict[str, Asker]) -> None:
    """A search that finds nothing anywhere proves nothing."""
    seen: set[str] = set()
    for who, route, subject in READ_BY:
        for held in world.records[subject]:
            if oracle.reads(world.cast[who].person, held.facts):
                seen |= found(askers[who].ask("GET", address(route, held.params)).body)
    missed = {secret.part for token, secret in world.canaries.secrets.items() if token not in seen}
    assert len(seen) > len(world.canaries.secrets) * 0.85, missed


def test_no_log_line_holds_what_was_read_or_written(
    world: World, askers: dict[str, Asker], lines: Lines
) -> None:
    asked = 0
    for name, route in sorted(ROUTES.items())[:: 1 if IS_FULL else 3]:
        held = world.records[route.subject][0] if route.subject else None
        who = WRITERS.get(route.subject, "lee")
        case = Case(who, name, "POST", held)
        put(Case(who, name, "GET", held), world, askers)
        said = {
            key: "zq999998" if isinstance(value, str) else value
            for key, value in body_of(case, world).items()
        }
        askers[who].ask("POST", address(name, held.params if held else {}), said)
        asked += 2
    assert asked > 60
    assert lines.lines
    telling = [line for line in lines.lines if found(line.encode())]
    assert not telling, telling[:5]


def test_a_failure_inside_says_nothing_of_what_was_sent(
    world: World, askers: dict[str, Asker], lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traceback of a broken request goes to the log, without what the request held."""

    def broken(*args: object, **named: object) -> None:
        raise RuntimeError("broken for a test")

    monkeypatch.setattr("engagements.actions.note_for_office", broken)
    held = world.held("restricted")
    for name in ("engagements:note", "api_engagements-notes"):
        answer = askers["lee"].ask("POST", address(name, held.params), {"text": "zq999998"})
        assert answer.status == 500
        assert not found(answer.body)
    assert any("broken for a test" in line for line in lines.lines)
    assert not [line for line in lines.lines if found(line.encode())]


def test_mail_holds_no_content_and_goes_to_whom_its_subject_is_for(world: World) -> None:
    mail.outbox.clear()
    with transaction.atomic():
        few = Notice.objects.filter(
            pk__in=[pk for pk in Notice.objects.values_list("pk", flat=True) if pk % PART == 0]
        )
        few.update(mail=Notice.Mail.DUE, attempts=0, try_after="2020-01-01T00:00Z")
        delivery.deliver()
        sent = Notice.objects.filter(mail=Notice.Mail.SENT).select_related("entry", "recipient")
        told = {
            (notice.recipient_id, notice.entry.subject_type.lower(), notice.entry.subject_id)
            for notice in sent
        }
        withheld = Notice.objects.filter(mail=Notice.Mail.WITHHELD).count()
        transaction.set_rollback(True)
    assert len(mail.outbox) > 20
    assert withheld, "somebody lost sight of something that they had been told of"
    for letter in mail.outbox:
        assert not found(letter.message().as_bytes())
    names = {met.user.pk: met.person for met in world.cast.values() if met.user}
    rows = {
        (type(held.row)._meta.label_lower, held.row.pk): held.facts
        for subject in ("engagement", "briefing", "copy", "request")
        for held in world.records[subject]
    }
    known = [(names[who], rows[kind, pk]) for who, kind, pk in told if (kind, pk) in rows and who in names]
    assert known
    for person, facts in known:
        assert oracle.reads(person, facts), f"{person.name} was written to about {facts}"
