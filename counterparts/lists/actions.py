"""Loading a public list: from the command line at once, or for a desk lead by a worker. Whole, or not at all."""

import logging
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.load_report import BadFile
from accounts.models import Member
from activity import actions as activity
from counterparts import rules
from counterparts.lists import publishers, stage
from counterparts.lists.rows import File, Refused
from counterparts.models import ListEdition, RefusedRow
from diplomacy.lib.errors import Conflict
from diplomacy.lib.uploads import Arriving

log = logging.getLogger(__name__)
State = ListEdition.State
GRACE = timedelta(minutes=1)
"""Between taking an edition on and holding its lock a worker may be slow; after that it is taken for dead."""
LEFT_OVER = timedelta(hours=1)
TOLD_EVERY = 0.5
BROKE = "Something broke on our side while the list was read. Nothing of it was kept; whoever runs the system finds why in the log."
STOPPED = "The worker stopped before the list was read. Nothing of it was kept: send the files again."
LEFT = "Who sent the files leads a desk no longer."


class Busy(Conflict):
    pass


class NotLoaded(BadFile):
    """Why, in one sentence, and the rows that were refused."""

    def __init__(self, reason: str, refused: Sequence[Refused] = ()) -> None:
        super().__init__(reason)
        self.refused = refused


@dataclass(frozen=True)
class Given:
    """What is to be loaded."""

    source: str
    files: Sequence[File]
    published_on: date | None = None
    """Of a list that does not bear its own date; the day of its newest file when nobody says."""
    is_forced: bool = False
    """Whether it may be older or much smaller than the list before."""


def load(given: Given, *, by: Member | None = None, edition: ListEdition | None = None) -> ListEdition:
    """The list as it is in these files, put in the place of the one before. `NotLoaded`: the one before stays.

    `edition` is one that a worker has claimed; the command line has none yet, and leaves none when it fails.
    """
    try:
        publishers.check(given.source, given.files)
        published_on = _day_of(given)
        return _load(given, published_on, by, edition)
    except NotLoaded:
        raise
    except BadFile as reason:
        raise NotLoaded(str(reason)) from None
    except OSError as error:
        raise NotLoaded(f"A file could not be read: {error.strerror}.") from None


@transaction.atomic
def _load(given: Given, published_on: date, by: Member | None, edition: ListEdition | None) -> ListEdition:
    if not stage.try_lock(given.source):
        raise Busy("This list is being loaded right now. Try again when that has ended.")
    if not given.is_forced:
        _refuse_older(given.source, published_on)
    with connection.cursor() as cursor:
        staged = stage.Stage(cursor, given.source)
        try:
            staged.take(publishers.reader_of(given.source).read(given.files))
            vanished = staged.compare()
            _refuse_remnant(given, staged, vanished)
        except BadFile as reason:
            raise NotLoaded(str(reason), staged.kept) from None
        edition = edition or _begun(given, published_on, by)
        counts = staged.put_in_place(edition.pk, published_on)
    notes = [*_lacking(given), *staged.notes(vanished)]
    _end(edition, State.LOADED, staged.kept, published_on=published_on, notes=notes, **counts)
    _say_loaded(edition, by, published_on, counts)
    return edition


def _lacking(given: Given) -> list[str]:
    return [
        f"Only a part of the list was loaded. Not among the files: {part}. Names that stand there alone match nothing."
        for part in publishers.lacking(given.source, given.files)
    ]


def _day_of(given: Given) -> date:
    today = timezone.localdate()
    changed = max(
        datetime.fromtimestamp(file.path.stat().st_mtime, tz=timezone.get_current_timezone())
        for file in given.files
    )
    own = publishers.reader_of(given.source).published_on(given.files)
    day = own or given.published_on or changed.date()
    if day > today + timedelta(days=1):
        raise BadFile(f"The list is dated {_words(day)}, which is still to come.")
    return day


def _words(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _refuse_older(source: str, published_on: date) -> None:
    held = ListEdition.objects.current().filter(source=source).first()
    if held and published_on < held.published_on:
        raise BadFile(
            f"This list is of {_words(published_on)}; the one that is loaded is newer, of {_words(held.published_on)}."
        )


def _refuse_remnant(given: Given, staged: stage.Stage, vanished: stage.Vanished) -> None:
    """A file that was cut off between two rows looks whole, and would delist all that came after."""
    if given.is_forced:
        return
    if vanished.gone > max(stage.FEW, stage.MOST_LOST * vanished.live):
        raise BadFile(
            f"{vanished.gone:,} of the {vanished.live:,} entries that are listed now are missing: the files seem to be "
            "cut off, or one is missing."
        )
    if vanished.names_gone > max(stage.FEW, stage.MOST_LOST * vanished.names_live):
        raise BadFile(
            f"{vanished.names_gone:,} of the {vanished.names_live:,} names that are listed now are missing: the files "
            "seem to be cut off, or the one with aliases is missing."
        )


def _begun(given: Given, published_on: date, by: Member | None) -> ListEdition:
    """For the command line, which asks and loads in one go."""
    return ListEdition.objects.create(
        source=given.source,
        published_on=published_on,
        files=[file.name for file in given.files],
        state=State.RUNNING,
        by=by,
        started_at=timezone.now(),
    )


def _end(edition: ListEdition, state: str, rows: Sequence[Refused], **said: Any) -> None:
    """Only while it runs: what the sweep has given up is not brought back by a worker that was only slow."""
    found = ListEdition.objects.filter(pk=edition.pk, state__in=[State.WAITING, State.RUNNING])
    if not found.update(state=state, ended_at=timezone.now(), **said):
        raise NotLoaded(STOPPED)
    RefusedRow.objects.bulk_create(
        RefusedRow(edition=edition, file=row.file, line=row.line, reason=row.reason[:300]) for row in rows
    )
    edition.refresh_from_db()


def _say_loaded(edition: ListEdition, by: Member | None, day: date, counts: dict[str, Any]) -> None:
    kind = "counterparts.list_loaded" if by else "counterparts.list_loaded_by_command"
    activity.record(kind, edition, by=by, source=edition.source, published_on=day.isoformat(), **counts)


# From the web: a desk lead sends files, a worker loads them ------------------------------------------------------------


@transaction.atomic
def ask(*, source: str, uploads: Sequence[Arriving], published_on: date | None, by: Member) -> ListEdition:
    """Take the files in, to be loaded by a worker."""
    rules.require_loader(by)
    if ListEdition.objects.filter(source=source, state__in=[State.WAITING, State.RUNNING]).exists():
        raise Conflict(
            "This list is waiting or being loaded already. Look at its page, and send it again afterwards."
        )
    edition = ListEdition.objects.create(
        source=source,
        published_on=published_on or timezone.localdate(),
        files=[Path(str(upload.name)).name[:200] for upload in uploads],
        by=by,
    )
    folder = folder_of(edition)
    folder.mkdir(parents=True, mode=0o700)
    for number, upload in enumerate(uploads):
        Path(upload.temporary_file_path()).rename(folder / str(number))
    activity.record("counterparts.list_asked", edition, by=by, source=source, files=edition.files)
    return edition


def _root() -> Path:
    return Path(settings.LISTS_DIR)


def folder_of(edition: ListEdition) -> Path:
    return _root() / str(edition.reference)


def incoming() -> Path:
    """Where files are while they arrive."""
    folder = _root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def work() -> int:
    """Load what waits, one after the other, once what a dead worker left is cleared away."""
    give_up_abandoned()
    delete_left_over()
    loaded = 0
    while edition := _claim():
        if not _work_on(edition):
            break
        loaded += 1
    return loaded


@transaction.atomic
def _claim() -> ListEdition | None:
    edition: ListEdition | None = ListEdition.objects.waiting().select_for_update(skip_locked=True).first()
    if edition:
        edition.state, edition.started_at = State.RUNNING, timezone.now()
        edition.save(update_fields=["state", "started_at"])
    return edition


def _work_on(edition: ListEdition) -> bool:
    """False when the list is busy: it waits for its turn."""
    try:
        _load_claimed(edition)
    except Busy:
        ListEdition.objects.filter(pk=edition.pk).update(state=State.WAITING, started_at=None)
        return False
    except NotLoaded as reason:
        _refuse(edition, str(reason), reason.refused)
    except Exception:
        log.exception("Loading %s broke", edition.reference)
        _refuse(edition, BROKE)
    shutil.rmtree(folder_of(edition), ignore_errors=True)
    return True


def _load_claimed(edition: ListEdition) -> None:
    by = Member.objects.current().filter(pk=edition.by_id, role__in=rules.LOADERS).first()
    if by is None:
        raise NotLoaded(LEFT)
    folder = folder_of(edition)
    files = [File(folder / str(number), name) for number, name in enumerate(edition.files)]
    if not all(file.path.is_file() for file in files):
        raise NotLoaded("The files are gone. Send them again.")
    with _told(edition, files):
        load(Given(edition.source, files, edition.published_on), by=by, edition=edition)


@transaction.atomic
def _refuse(edition: ListEdition, reason: str, refused: Sequence[Refused] = ()) -> None:
    _end(edition, State.REFUSED, refused, problem=reason[:500], refused=len(refused))
    told = [edition.by.user_id] if edition.by else []
    activity.record("counterparts.list_refused", edition, by=None, notify=told, source=edition.source)


@contextmanager
def _told(edition: ListEdition, files: Sequence[File]) -> Iterator[None]:
    """Says how far it is, over a connection of its own: others see of a transaction only that it ended."""
    beside = connection.copy()
    total, done, last = sum(file.size for file in files) or 1, 0, 0.0

    def tell(size: int) -> None:
        nonlocal done, last
        done += size
        if time.monotonic() - last > TOLD_EVERY:
            last = time.monotonic()
            with beside.cursor() as cursor:
                cursor.execute(
                    "UPDATE counterparts_listedition SET percent = %s WHERE id = %s AND state = 'running'",
                    [min(99, 100 * done // total), edition.pk],
                )

    for file in files:
        file.progress = tell
    try:
        yield
    finally:
        beside.close()


def give_up_abandoned() -> int:
    """Editions whose worker was killed: nobody holds the lock of their list."""
    given_up = 0
    for edition in ListEdition.objects.running().filter(started_at__lt=timezone.now() - GRACE):
        with transaction.atomic():
            held = (
                ListEdition.objects.running()
                .select_for_update(skip_locked=True)
                .filter(pk=edition.pk)
                .first()
            )
            if held and stage.try_lock(edition.source):
                _refuse(held, STOPPED)
                transaction.on_commit(partial(shutil.rmtree, folder_of(held), ignore_errors=True))
                given_up += 1
    return given_up


def delete_left_over() -> int:
    """Files that arrived with a request, or for an edition, that came to nothing."""
    oldest = time.time() - LEFT_OVER.total_seconds()
    under_way = set(
        ListEdition.objects.filter(state__in=[State.WAITING, State.RUNNING]).values_list(
            "reference", flat=True
        )
    )
    gone = 0
    root = _root()
    for path in [*root.glob("L-*"), *root.glob("incoming/*")]:
        if path.name not in under_way and path.stat().st_mtime < oldest:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            gone += 1
    return gone
