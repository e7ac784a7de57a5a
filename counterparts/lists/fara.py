"""The Department of Justice's bulk files of the Foreign Agents Registration Act: all registrants, all foreign principals.

Both hold those whose registration has ended, which the date of termination says. https://efile.fara.gov/
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import date

from accounts.load_report import BadFile, BadRow
from counterparts.folding import fold
from counterparts.lists import csv_files
from counterparts.lists.rows import (
    Entry,
    File,
    Kind,
    NameKind,
    Nation,
    Refused,
    Row,
    cell,
    clean,
    day,
    entry_number,
    named,
    names_of,
)

REGISTRANTS, PRINCIPALS = "registrants", "foreign principals"
HEADS = {
    REGISTRANTS: ("Registration_Number", "Registration_Date", "Termination_Date", "Name", "Business_Name"),
    PRINCIPALS: (
        "Foreign_Principal_Termination_Date", "Foreign_Principal", "Foreign_Principal_Registration_Date",
        "Country/Location_Represented", "Registration_Number", "Registrant_Date", "Registrant_Name",
    ),
}  # fmt: skip
PARTS = tuple(HEADS)
LISTS = {REGISTRANTS: "FARA registrants", PRINCIPALS: "FARA foreign principals"}
ENCODINGS = ("utf-8", "cp1252")
DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
Fields = Sequence[str]


def part(file: File) -> str:
    first = tuple(name.strip() for name in csv_files.first_row(file))
    return next((name for name, head in HEADS.items() if first[: len(head)] == head), "")


def published_on(files: Sequence[File]) -> date | None:
    return None


def read(files: Sequence[File]) -> Iterator[Row]:
    row = 0
    for file in sorted(files, key=part, reverse=True):
        csv_files.ends_with_newline(file)
        kind = part(file)
        records = csv_files.records(file, encodings=ENCODINGS)
        if isinstance(next(records), Refused):
            raise BadFile(f"The first line of {file.name} does not name its columns.")
        for record in records:
            row += 1
            if isinstance(record, Refused):
                yield record
            else:
                yield from _row(file, kind, record, row)


def _row(file: File, kind: str, record: csv_files.Record, row: int) -> Iterator[Row]:
    make = _registrant if kind == REGISTRANTS else _principal
    try:
        yield from list(make(file, record, row))
    except BadRow as broken:
        yield Refused(file.name, record.line, str(broken))


def _registrant(file: File, record: csv_files.Record, row: int) -> Iterator[Row]:
    if len(record.fields) < 5:
        raise BadRow(f"The row has {len(record.fields)} columns; 10 are named.")
    number = entry_number(record.fields[0], "registration number")
    entry = Entry(
        row=row,
        file=file.name,
        line=record.line,
        list_name=LISTS[REGISTRANTS],
        entry=f"R:{number}",
        kind=Kind.REGISTRANT,
        name=named(record.fields[3]),
        starts_on=day(record.fields[1], "registration date"),
        ends_on=day(record.fields[2], "termination date"),
        registration=number[:10],
    )
    yield entry
    trading_as = cell(record.fields[4], "business name", most=500).strip('"').strip()
    yield from names_of(entry, iter([(str(NameKind.ALIAS), trading_as)] if trading_as else []))


def _principal(file: File, record: csv_files.Record, row: int) -> Iterator[Row]:
    ended, name, started, country, number, _, registrant = _columns(record.fields)
    number = entry_number(number, "registration number")
    since = day(started, "registration date")
    lasting = "|".join((fold(name), fold(country), str(since)))
    entry = Entry(
        row=row,
        file=file.name,
        line=record.line,
        list_name=LISTS[PRINCIPALS],
        entry=f"P:{number}:{hashlib.sha256(lasting.encode()).hexdigest()[:24]}",
        kind=Kind.PRINCIPAL,
        name=named(name),
        has_number=False,
        starts_on=since,
        ends_on=day(ended, "termination date"),
        registration=number[:10],
        represented_by=cell(registrant, "registrant", most=300, required=True),
    )
    yield entry
    yield from names_of(entry, iter(()))
    if country.strip():
        yield Nation(row, country)


def _columns(fields: Fields) -> Fields:
    """The seven that we read. Where a name with a comma has lost its quotation marks it takes more than one column, and
    ends before the date that follows it."""
    at = next((n for n in range(2, len(fields)) if DATE.fullmatch(fields[n].strip())), 2)
    name = clean(",".join(fields[1:at]))
    if at > 2:
        name = name.strip('"')
    found = [fields[0], name, *fields[at : at + 5]]
    if len(found) != 7:
        raise BadRow(f"The row has {len(fields)} columns; 12 are named.")
    return found
