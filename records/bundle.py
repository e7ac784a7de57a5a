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
from collections.abc import Callable, Iterator
from datetime import datetime, time
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
from records.models import Exemption, Request

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
belong to none are not here: the office finds them under “Referrals”.
Advice belongs to the federal desks that gave it: ask them for it. Records of other offices are not here.
"""


def engagements(request: Request, user: User) -> QuerySet[Engagement]:
    """The office's own, as far as who asked may see them. Days are Washington's: the page and the worker mean the same."""
    begun = (
        datetime.combine(request.since, time.min, washington.ZONE),
        datetime.combine(request.until, time.max, washington.ZONE),
    )
    span = Q(created_at__range=begun)
    span |= Q(starts_on__lte=request.until, ends_on__gte=request.since)
    rows = Engagement.objects.visible_to(user).filter(span, office=request.office_id)
    return rows.order_by("pk")


def is_whole_for(request: Request, user: User) -> bool:
    """Whether all that is in the file is theirs to see now."""
    held = _references(request.path)
    return Engagement.objects.visible_to(user).filter(reference__in=held).count() == len(held)


def _references(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as bundle, bundle.open("records.csv") as file:
        _, *lines = csv.reader(io.TextIOWrapper(file, "utf-8-sig", newline=""))
        return [line[0] for line in lines]


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
    rows = engagements(request, user)
    with reading_as(user):
        total = rows.count()
    lines: list[tuple[object, ...]] = []
    head, _, tail = render_to_string("records/file.html", {"request": request}).partition(HERE)
    with bundle.open("records.json", "w") as file, tempfile.TemporaryFile() as page:
        page.write(head.encode())
        file.write(b"[")
        for done, (record, line) in enumerate(_records(rows, user)):
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
        "History": [
            f"{line.at.isoformat()} {line.actor or ''} {line.words.said}"
            for line in _history(engagement, user)
        ],
    }
    shown = {
        part: f"[kept back: {basis}]" if rules.is_kept_back(part, marked) else _without(value, mark)
        for part, value in said.items()
    }
    return {"Reference": engagement.reference, "Status": engagement.get_status_display(), **shown}


def _without(value: Any, mark: Exemption | None) -> Any:
    if mark is None:
        return value
    if isinstance(value, list):
        return [_without(one, mark) for one in value]
    return rules.redacted(value, mark.phrases, mark.basis)


def _history(engagement: Engagement, user: User) -> list[Any]:
    return timeline.of(engagement, user)[::-1]


def _referrals(engagement: Engagement, user: User) -> list[str]:
    """What was referred to another office from it, or by another and led to it."""
    links = ReferralEngagement.objects.visible_to(user).filter(engagement=engagement)
    found = links.select_related("referral__sender", "referral__receiver").order_by("pk")
    return [_referral(link.referral) for link in found]


def _referral(one: Referral) -> str:
    head = f"{one.reference} {one.sender} to {one.receiver}, {one.sent_at.isoformat()}: {one.subject}"
    outcome = ": ".join(filter(None, [one.get_outcome_display(), one.outcome_text]))
    return "\n".join(filter(None, [head, one.text, one.get_status_display(), one.reason, outcome]))


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
