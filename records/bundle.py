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
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Any

from django.db.models import QuerySet
from django.template.loader import render_to_string

from accounts.models import User
from diplomacy.lib.rls import reading_as
from diplomacy.lib.sheets import csv_of
from engagements.models import Engagement, Referral, ReferralEngagement
from records import contents, parts
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


def is_whole_for(file: IO[bytes], user: User) -> bool:
    """Whether all that is in it is theirs to see now."""
    held = _references(file)
    seen = (
        kept.objects.visible_to(user).filter(reference__in=held).count() for kept in (Engagement, Referral)
    )
    return sum(seen) == len(held)


def _references(file: IO[bytes]) -> list[str]:
    with zipfile.ZipFile(file) as bundle, bundle.open("records.csv") as part:
        _, *lines = csv.reader(io.TextIOWrapper(part, "utf-8-sig", newline=""))
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
    rows, lone = contents.engagements(request, user), contents.referrals(request, user)
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
    whole = rows.prefetch_related("counterparts", "stops", "participants", "commitments", "office_notes")
    start = 0
    while True:
        with reading_as(user):
            batch = list(whole.filter(pk__gt=start)[:STEP])
            marks = {mark.engagement_id: mark for mark in Exemption.objects.filter(engagement__in=batch)}
            made = [
                (parts.record(one, user, marks.get(one.pk)), parts.line(one, marks.get(one.pk)))
                for one in batch
            ]
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
            made = [parts.referral_record(one, user, marks[one.pk]) for one in batch]
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
