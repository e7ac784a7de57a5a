"""The file: records.html to read, records.json for programs, records.csv with a line for each, and README.txt.

Written record by record to a file beside the last one and renamed when it is whole.
"""

import csv
import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time
from itertools import chain
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from accounts.models import User
from activity import timeline
from diplomacy.lib import washington
from diplomacy.lib.rls import reading_as
from diplomacy.lib.sheets import csv_of
from engagements import versions
from engagements.models import Engagement, OverlapMessage, OverlapSide, Referral, ReferralEngagement
from records import rules
from records.models import Exemption, Marks, ReferralExemption, Request

STEP = 50
HERE = "<!-- records -->"
"""Where the template of records.html has the records."""
COLUMNS = ("reference", "title", "kind", "status", "from", "to", "kept back", "under which law")
README = """Records of {office}
{since} to {until}: engagements begun or planned in these days. Request: {title} ({reference}).

records.html is for reading and printing. records.json holds the same for programs, records.csv one line for each record.
What the office keeps back, whole parts and single words, reads "[kept back: …]" and names the law.
Restricted engagements are here only if the person who asked is named on them.
Referrals, and what was written with an office whose plans cross, stand with the engagement that they belong to. Referrals that
the office sent or received in these days, and that belong to none of the engagements here, stand after these.
Advice belongs to the federal desks that gave it: ask them for it. Records of other offices are not here.
"""


def engagements(request: Request, user: User) -> QuerySet[Engagement]:
    """The office's own, as far as who asked may see them."""
    span = Q(created_at__range=_moments(request))
    span |= Q(starts_on__lte=request.until, ends_on__gte=request.since)
    rows = Engagement.objects.visible_to(user).filter(span, office=request.office_id)
    return rows.order_by("pk")


def _moments(request: Request) -> tuple[datetime, datetime]:
    """Its days are Washington's: the page and the worker mean the same."""
    first, last = (request.since, time.min), (request.until, time.max)
    return datetime.combine(*first, washington.ZONE), datetime.combine(*last, washington.ZONE)


def is_whole_for(request: Request, user: User) -> bool:
    """Whether all that is in the file is theirs to see now."""
    held = _references(request.path)
    seen = (
        kept.objects.visible_to(user).filter(reference__in=held).count() for kept in (Engagement, Referral)
    )
    return sum(seen) == len(held)


def _references(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as bundle, bundle.open("records.csv") as file:
        _, *lines = csv.reader(io.TextIOWrapper(file, "utf-8-sig", newline=""))
        return [line[0] for line in lines]


def referrals(request: Request, user: User) -> QuerySet[Referral]:
    """Those that the office sent, received or answered in these days, and that stand with none of these engagements.

    One that belongs to an engagement which the reader may not see is for them one that belongs to none.
    """
    days = _moments(request)
    span = Q(sent_at__range=days) | Q(status_since__range=days) | Q(closed_at__range=days)
    own = Q(sender=request.office_id) | Q(receiver=request.office_id)
    beside = ReferralEngagement.objects.visible_to(user).filter(engagement__in=engagements(request, user))
    rows = Referral.objects.visible_to(user).filter(span, own).exclude(pk__in=beside.values("referral"))
    return rows.select_related("sender", "receiver").order_by("pk")


def are_marked_since(request: Request, user: User, moment: datetime) -> bool:
    """Whether something in the file was marked: its engagements, its referrals, others of the office to which these belong."""
    lone = referrals(request, user)
    links = ReferralEngagement.objects.visible_to(user).filter(engagement__office=request.office_id)
    held = engagements(request, user)
    marked = Q(engagement__in=held) | Q(engagement__in=links.filter(referral__in=lone).values("engagement"))
    if Exemption.objects.filter(marked, marked_at__gte=moment).exists():
        return True
    beside = links.filter(engagement__in=held).values("referral")
    ours = ReferralExemption.objects.filter(office=request.office_id, marked_at__gte=moment)
    return ours.filter(Q(referral__in=lone) | Q(referral__in=beside)).exists()


def write(request: Request, user: User, tell: Callable[[int, int], None]) -> str:
    """Returns the SHA-256 of the file. `tell` hears how many of how many records are in it."""
    request.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=request.path.parent, delete=False) as draft:
        try:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as bundle:
                _fill(bundle, request, user, tell)
            Path(draft.name).replace(request.path)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
    with request.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fill(bundle: zipfile.ZipFile, request: Request, user: User, tell: Callable[[int, int], None]) -> None:
    rows, lone = engagements(request, user), referrals(request, user)
    with reading_as(user):
        total = rows.count() + lone.count()
    lines: list[tuple[object, ...]] = []
    head, _, tail = render_to_string("records/file.html", {"request": request}).partition(HERE)
    with bundle.open("records.json", "w") as file, tempfile.TemporaryFile() as page:
        page.write(head.encode())
        file.write(b"[")
        for done, (record, line) in enumerate(chain(_records(rows, user), _referred(lone, request, user))):
            file.write((b",\n" if done else b"\n") + json.dumps(record, ensure_ascii=False).encode())
            page.write(_to_read(record).encode())
            lines.append(line)
            if done % STEP == 0:
                tell(done, total)
        file.write(b"\n]\n")
        file.close()
        page.write(tail.encode())
        page.seek(0)
        with bundle.open("records.html", "w") as whole:
            shutil.copyfileobj(page, whole)
    bundle.writestr("records.csv", csv_of(COLUMNS, lines))
    bundle.writestr("README.txt", _readme(request))
    tell(len(lines), total)


def _to_read(record: dict[str, Any]) -> str:
    """Its parts that say something, in the words of records.json."""
    parts = [
        (label, value if isinstance(value, list) else [value]) for label, value in record.items() if value
    ]
    title = ": ".join(filter(None, [record["Reference"], record["Title"]]))
    return render_to_string("records/file_record.html", {"title": title, "parts": parts})


def _readme(request: Request) -> str:
    said = {name: getattr(request, name) for name in ("office", "since", "until", "title", "reference")}
    return README.format(**said)


def _records(rows: QuerySet[Engagement], user: User) -> Iterator[tuple[dict[str, Any], tuple[object, ...]]]:
    parts = rows.prefetch_related("counterparts", "stops", "participants", "commitments", "office_notes")
    start = 0
    while True:
        with reading_as(user):
            batch = list(parts.filter(pk__gt=start)[:STEP])
            marks = {mark.engagement_id: mark for mark in Exemption.objects.filter(engagement__in=batch)}
            made = [(_record(one, user, marks.get(one.pk)), _line(one, marks.get(one.pk))) for one in batch]
        if not batch:
            return
        yield from made
        start = batch[-1].pk


def _referred(
    rows: QuerySet[Referral], request: Request, user: User
) -> Iterator[tuple[dict[str, Any], tuple[object, ...]]]:
    start = 0
    while True:
        with reading_as(user):
            batch = list(rows.prefetch_related("counterparts").filter(pk__gt=start)[:STEP])
            marks = _marks_of(batch, request, user)
            made = [_referral_record(one, user, marks[one.pk]) for one in batch]
        if not batch:
            return
        yield from made
        start = batch[-1].pk


def _marks_of(batch: Sequence[Referral], request: Request, user: User) -> dict[int, list[Marks]]:
    """By referral: what the office keeps back of it, and what it keeps back of an engagement to which it belongs."""
    found: dict[int, list[Marks]] = {one.pk: [] for one in batch}
    for own in ReferralExemption.objects.filter(office=request.office_id, referral__in=batch):
        found[own.referral_id].append(own)
    links = ReferralEngagement.objects.visible_to(user).filter(referral__in=batch)
    pairs = list(links.filter(engagement__office=request.office_id).values_list("referral", "engagement"))
    beside = Exemption.objects.filter(engagement__in=[engagement for _, engagement in pairs])
    by_engagement = {mark.engagement_id: mark for mark in beside}
    for referral, engagement in pairs:
        if mark := by_engagement.get(engagement):
            found[referral].append(mark)
    return found


def _said_of(one: Referral, marks: Iterable[Marks]) -> dict[str, Any]:
    """By the labels of `rules.REFERRAL_PARTS`, with what is kept back kept back."""
    said: dict[str, Any] = {
        "Title": one.subject,
        "From": one.sender.name,
        "To": one.receiver.name,
        "Sent": one.sent_at.isoformat(),
        "What it says": one.text,
        "Who came": one.who_came,
        "Topics": one.topic_labels,
        "Useful by": one.useful_by.isoformat() if one.useful_by else "",
        "Answer": one.reason,
        "What came of it": _outcome(one),
    }
    return _kept(said, marks)


def _kept(said: dict[str, Any], marks: Iterable[Marks]) -> dict[str, Any]:
    for mark in marks:
        said = {
            part: f"[kept back: {mark.basis}]" if _is_kept(part, mark) else _without(value, mark)
            for part, value in said.items()
        }
    return said


def _is_kept(part: str, mark: Marks) -> bool:
    """Of an engagement's parts one is about its referrals; the others are not theirs."""
    return rules.is_kept_back("Referrals" if isinstance(mark, Exemption) else part, mark.parts)


def _referral_record(
    one: Referral, user: User, marks: Sequence[Marks]
) -> tuple[dict[str, Any], tuple[object, ...]]:
    said = _said_of(one, marks)
    history = _kept({"History": [_dated(line) for line in _history(one, user)]}, marks)
    applied = [mark for mark in marks if mark.phrases or any(_is_kept(part, mark) for part in said | history)]
    kept = ("; ".join(mark.words for mark in applied), "; ".join(mark.basis for mark in applied))
    days = ("", "") if any(_is_kept("Sent", mark) for mark in marks) else _days(one)
    line = (one.reference, said["Title"], "Referral", one.get_status_display(), *days, *kept)
    return {"Reference": one.reference, "Status": one.get_status_display(), **said, **history}, line


def _days(one: Referral) -> tuple[object, object]:
    return one.sent_at.date(), one.closed_at.date() if one.closed_at else ""


def _line(engagement: Engagement, mark: Exemption | None) -> tuple[object, ...]:
    marked = mark.parts if mark else []
    title = "" if rules.is_kept_back("Title", marked) else _without(engagement.title, mark)
    kept = ("; ".join([*marked, *(["Words"] if mark and mark.phrases else [])]), mark.basis if mark else "")
    days = ("", "") if rules.ALL in marked else (engagement.starts_on, engagement.ends_on)
    kind = "" if rules.ALL in marked else engagement.get_kind_display()
    return engagement.reference, title, kind, engagement.get_status_display(), *days, *kept


def _record(engagement: Engagement, user: User, mark: Exemption | None) -> dict[str, Any]:
    """By the labels that people read, in the order of the page."""
    marked, basis = (mark.parts, mark.basis) if mark else ([], "")
    said: dict[str, Any] = {
        **versions.said(engagement),
        "Office notes": [note.text for note in engagement.office_notes.all()],
        "Outcome report": _report(engagement),
        "Commitments": [f"{one.get_side_display()}: {one.text}" for one in engagement.commitments.all()],
        "Referrals": _referrals(engagement, user),
        "Messages with other offices": _messages(engagement, user),
        "History": [_dated(line) for line in _history(engagement, user)],
    }
    shown = {
        part: f"[kept back: {basis}]" if rules.is_kept_back(part, marked) else _without(value, mark)
        for part, value in said.items()
    }
    return {"Reference": engagement.reference, "Status": engagement.get_status_display(), **shown}


def _without(value: Any, mark: Marks | None) -> Any:
    if mark is None:
        return value
    if isinstance(value, list):
        return [_without(one, mark) for one in value]
    return rules.redacted(value, mark.phrases, mark.basis)


def _history(subject: Engagement | Referral, user: User) -> list[Any]:
    return timeline.of(subject, user)[::-1]


def _dated(line: Any) -> str:
    return f"{line.at.isoformat()} {line.actor or ''} {line.words.said}"


def _referrals(engagement: Engagement, user: User) -> list[str]:
    """What was referred to another office from it, or by another and led to it."""
    links = ReferralEngagement.objects.visible_to(user).filter(engagement=engagement).order_by("pk")
    found = [link.referral for link in links.select_related("referral__sender", "referral__receiver")]
    own = ReferralExemption.objects.filter(office=engagement.office_id, referral__in=found)
    marks = {mark.referral_id: mark for mark in own}
    return [_referral(one, marks.get(one.pk)) for one in found]


def _referral(one: Referral, mark: ReferralExemption | None) -> str:
    said = _said_of(one, [mark] if mark else [])
    head = f"{one.reference} {said['From']} to {said['To']}, {said['Sent']}: {said['Title']}"
    outcome = said["What came of it"]
    outcomes = outcome if isinstance(outcome, list) else [outcome]
    return "\n".join(
        filter(None, [head, said["What it says"], one.get_status_display(), said["Answer"], *outcomes])
    )


def _outcome(one: Referral) -> list[str]:
    """What is said of it now, and before it what was said before."""
    now = ": ".join(filter(None, [one.get_outcome_display(), one.outcome_text]))
    before = [f"{was.at.isoformat()} {was.by}: {was.outcome}: {was.text}" for was in one.said_before[::-1]]
    return [*before, now] if now else before


def _messages(engagement: Engagement, user: User) -> list[str]:
    sides = OverlapSide.objects.visible_to(user).filter(engagement=engagement)
    said = OverlapMessage.objects.visible_to(user).filter(overlap__in=sides.values("overlap"))
    return [
        f"{one.written_at.isoformat()} {one.written_by.user}, {one.office}: {one.text}"
        for one in said.select_related("written_by__user", "office").order_by("pk")
    ]


def _report(engagement: Engagement) -> str:
    report = getattr(engagement, "outcome_report", None)
    if report is None:
        return ""
    return "\n\n".join(filter(None, [report.summary, report.follow_up, report.gifts, report.hosted_travel]))
