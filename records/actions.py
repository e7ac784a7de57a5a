"""Asking for a file of the office's records, marking what is exempt, making the file, letting it expire; old texts that go."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.db.utils import IntegrityError
from django.utils import timezone

from accounts.models import Member
from activity import actions as activity
from diplomacy.lib.each import done_of
from diplomacy.lib.errors import Conflict, Invalid, Stale
from diplomacy.lib.rls import system
from diplomacy.lib.turns import take_turns
from engagements import actions as engagements
from engagements.models import Engagement, Referral
from records import bundle, contents, disposal, marks, rules
from records.models import Disposal, Exemption, Marks, ReferralExemption, Request, Status

log = logging.getLogger(__name__)

MARKS = "records.marks"
"""A mark bears the moment of its saving, and is there for others at the end of its request: a file begins before the one or
after the other, so that it either holds the mark or is older."""
BATCH = 1_000
"""Texts disposed of in one transaction."""
MOST_NAMED = 20
"""Of those that could not go, in one line of the log."""


@transaction.atomic
def ask(*, title: str, since: date, until: date, by: Member) -> Request:
    rules.require_lead(by, by.office_id)
    if until < since:
        raise Invalid({"until": ["This day is before the first one."]})
    request = Request.objects.create(office=by.office, asked_by=by, title=title, since=since, until=until)
    activity.record("records.asked", request, by=by, since=since.isoformat(), until=until.isoformat())
    return request


@transaction.atomic
def mark(
    engagement: Engagement,
    *,
    parts: Sequence[str],
    basis: str,
    by: Member,
    phrases: Sequence[str] = (),
    version: int | None = None,
) -> None:
    """Say what of it is exempt: whole parts, and words wherever they stand. Neither takes the marks away."""
    rules.require_lead(by, engagement.office_id)
    said = _marks(parts, basis, by, phrases)
    _keep(Exemption(engagement=engagement), Exemption.objects.filter(engagement=engagement), said, version)
    _note_marks(engagement, parts, by, phrases)


@transaction.atomic
def mark_referral(
    referral: Referral,
    *,
    parts: Sequence[str],
    basis: str,
    by: Member,
    phrases: Sequence[str] = (),
    version: int | None = None,
) -> None:
    """The same of a referral, in the files of the office that one acts for. The other office does not learn of it."""
    rules.require_party(by, referral)
    said = _marks(parts, basis, by, phrases)
    ours = ReferralExemption.objects.filter(referral=referral, office=by.office)
    _keep(ReferralExemption(referral=referral, office=by.office), ours, said, version)
    _note_marks(referral, parts, by, phrases)


def _keep(fresh: Marks, kept: QuerySet[Any], said: dict[str, Any], version: int | None) -> None:
    """`version`: what was read, 0 where nothing was marked. Of two who mark first, the second finds that somebody did."""
    take_turns(MARKS, is_shared=True)
    held: Marks | None = kept.select_for_update(of=("self",)).first()
    if version is not None and version != marks.version_of(held):
        raise Stale
    if held and not said:
        held.delete()
    if not said:
        return
    mark = held or fresh
    for name, value in said.items():
        setattr(mark, name, value)
    try:
        with transaction.atomic():
            mark.save()
    except IntegrityError:
        raise Stale from None


def _marks(parts: Sequence[str], basis: str, by: Member, phrases: Sequence[str]) -> dict[str, Any]:
    if not (parts or phrases):
        return {}
    if not basis.strip():
        raise Invalid({"basis": ["Name the law that lets you keep this back."]})
    return {"parts": list(parts), "phrases": list(phrases), "basis": basis.strip(), "marked_by": by}


def _note_marks(subject: Model, parts: Sequence[str], by: Member, phrases: Sequence[str]) -> None:
    readers = [f"office:{by.office_id}"]
    activity.record(
        "records.marked", subject, by=by, readers=readers, parts=list(parts), phrases=len(phrases)
    )


@transaction.atomic
def queue(request: Request, *, by: Member) -> None:
    """Have the file made, or made again with other marks."""
    rules.require_lead(by, request.office_id)
    found = Request.objects.filter(pk=request.pk).exclude(status__in=[Status.QUEUED, Status.RUNNING])
    if not found.update(status=Status.QUEUED, done=0, asked_by=by):
        raise Conflict("The file is being made already.")


def work() -> int:
    """Make the files that wait, one after the other."""
    made = 0
    while request := _claim():
        _make(request)
        made += 1
    return made


@system("records.work")
def _claim() -> Request | None:
    """One file at a time, so that a worker is always left for mail, clocks and the log."""
    take_turns("records.work")
    if Request.objects.being_made().exists():
        return None
    request: Request | None = (
        Request.objects.waiting().select_for_update(skip_locked=True, of=["self"]).first()
    )
    if request:
        take_turns(MARKS)
        request.status, request.claimed_at = Status.RUNNING, timezone.now()
        request.began_at = request.claimed_at
        request.save(update_fields=["status", "claimed_at", "began_at"])
    return request


def _make(request: Request) -> None:
    """Who asked must lead the office still, and reads no more than on the pages."""
    member = Member.objects.current().filter(pk=request.asked_by_id, role="lead").first()
    try:
        if member is None:
            raise PermissionError("who asked leads the office no longer")
        digest = bundle.write(request, member.user, lambda done, total: _progress(request, done, total))
    except Exception as error:  # noqa: BLE001 (whatever it was, the page says that there is no file)
        log.error("The file of request %s was not made: %s", request.reference, type(error).__name__)
        _give_up(request)
        return
    _finish(request, digest, member)


@system("records.work")
def _give_up(request: Request) -> None:
    Request.objects.filter(pk=request.pk).update(status=Status.FAILED)


@system("records.work")
def _progress(request: Request, done: int, total: int) -> None:
    Request.objects.filter(pk=request.pk).update(done=done, total=total, claimed_at=timezone.now())


@system("records.work")
def _finish(request: Request, digest: str, by: Member) -> None:
    now = timezone.now()
    expires = now + timedelta(days=settings.EXPORT_DAYS)
    Request.objects.filter(pk=request.pk).update(
        status=Status.READY, digest=digest, ready_at=now, expires_at=expires
    )
    activity.record("records.made", request, by=by, digest=digest)


@transaction.atomic
def note_download(request: Request, *, by: Member, file: IO[bytes]) -> None:
    """`file` is what they get, whatever has been made meanwhile."""
    rules.require_lead(by, request.office_id)
    if reason := marks.why_not_given(request, by, file):
        raise Conflict(reason)
    activity.record("records.downloaded", request, by=by, digest=request.digest)
    for one in contents.engagements(request, by.user).filter(visibility="restricted"):
        engagements.note_opened(one, by=by)


def expire() -> int:
    """Files whose days are over are deleted. The request and its digest stay."""
    with system("records.work"):
        gone = [request for request in Request.objects.expired() if request.path.exists()]
    for request in gone:
        request.path.unlink(missing_ok=True)
    return len(gone)


@transaction.atomic
def confirm_disposal(sort: str, *, by: Member) -> Disposal:
    """From here on the workers let go of what is due today, and of nothing that becomes due tomorrow."""
    rules.require_leader(by)
    found = next((one for one in disposal.due() if one.sort == sort), None)
    if found is None:
        raise Invalid({"sort": ["Choose one of the two."]})
    if found.years is None:
        raise Conflict("Nothing is scheduled for these texts: they are kept for good.")
    try:
        with transaction.atomic():
            said = Disposal.objects.create(office=by.office, sort=sort, confirmed_by=by)
    except IntegrityError:
        raise Conflict("They are being disposed of already.") from None
    activity.record("records.disposal_confirmed", said, by=by, sort=sort, years=found.years)
    return said


def dispose() -> int:
    """Carry out what leads have confirmed; returns how many texts went."""
    with system("records.work"):
        waiting = list(Disposal.objects.waiting().select_related("confirmed_by"))
    return sum(_dispose_of(said) for said in waiting)


def _dispose_of(said: Disposal) -> int:
    """What could not go is looked at again by the next run."""
    total = 0
    while done := done_of(_dispose_batch, [said]):
        total += done
        if done < BATCH:
            break
    return total


@system("records.work")
def _dispose_batch(said: Disposal) -> int:
    """The last one is the entry's. Workers take turns: whoever comes second finds it done."""
    take_turns("records.dispose")
    if not Disposal.objects.waiting().filter(pk=said.pk).exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT gone, stuck FROM records_dispose(%s, %s)", [said.pk, BATCH])
        done, stuck = cursor.fetchone()
    if stuck:
        log.error(
            "%s: %s of its texts could not go: %s", said.reference, len(stuck), ", ".join(stuck[:MOST_NAMED])
        )
    said.refresh_from_db()
    if said.finished_at:
        activity.record(
            "records.disposed",
            said,
            by=said.confirmed_by,
            sort=said.sort,
            texts=said.texts,
            digest=said.digest,
        )
    return int(done)
