"""The Consolidated Screening List of the International Trade Administration: one CSV of 28 named columns, many lists.

https://www.trade.gov/consolidated-screening-list
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
    day,
    named,
    names_of,
    pieces,
    shortened,
    web_address,
    years,
)

COLUMNS = (
    "source", "entity_number", "type", "programs", "name", "title", "addresses", "federal_register_notice",
    "start_date", "end_date", "standard_order", "license_requirement", "license_policy", "call_sign", "vessel_type",
    "gross_tonnage", "gross_registered_tonnage", "vessel_flag", "vessel_owner", "remarks", "source_list_url",
    "alt_names", "citizenships", "dates_of_birth", "nationalities", "places_of_birth", "source_information_url", "ids",
)  # fmt: skip
WHOLE = "the whole list"
PARTS = (WHOLE,)
KINDS = {
    "": Kind.UNSAID,
    "individual": Kind.PERSON,
    "entity": Kind.BODY,
    "vessel": Kind.VESSEL,
    "aircraft": Kind.AIRCRAFT,
}
CODE = re.compile(r"\(([A-Z]{2,6})\)")
Fields = dict[str, str]


def part(file: File) -> str:
    return WHOLE if set(COLUMNS) <= {name.strip() for name in csv_files.first_row(file)} else ""


def published_on(files: Sequence[File]) -> date | None:
    return None


def read(files: Sequence[File]) -> Iterator[Row]:
    """Columns are found by their names, in any order and with others between."""
    (file,) = files
    csv_files.ends_with_newline(file)
    records = csv_files.records(file)
    head = next(records)
    if isinstance(head, Refused):
        raise BadFile(f"The first line of {file.name} does not name its columns.")
    columns = [name.strip() for name in head.fields]
    for row, record in enumerate(records):
        if isinstance(record, Refused):
            yield record
        elif len(record.fields) != len(columns):
            reason = f"The row has {len(record.fields):,} columns; the first line names {len(columns)}."
            yield Refused(file.name, record.line, reason)
        else:
            yield from _row(file, record.line, row, dict(zip(columns, record.fields, strict=True)))


def _row(file: File, line: int, row: int, fields: Fields) -> Iterator[Row]:
    number = ""
    try:
        number = _number(fields)
        yield from list(_entry(file, line, row, fields, number))
    except BadRow as broken:
        yield Refused(file.name, line, str(broken), number)


def _number(fields: Fields) -> str:
    """The publisher's number within its list; else made from what seldom changes of the row."""
    source = named(fields["source"], "source")
    code = match[1] if (match := CODE.search(source)) else hashlib.sha256(source.encode()).hexdigest()[:6]
    if number := cell(fields["entity_number"], "entity number", most=40):
        return f"{code}:{number}"
    lasting = "|".join(fold(fields[name]) for name in ("name", "start_date"))
    return f"{code}:{hashlib.sha256(lasting.encode()).hexdigest()[:24]}"


def _entry(file: File, line: int, row: int, fields: Fields, number: str) -> Iterator[Row]:
    kind = fields["type"].strip().lower()
    if kind not in KINDS:
        raise BadRow(f"“{kind[:40]}” is no type of an entry.")
    entry = Entry(
        row=row,
        file=file.name,
        line=line,
        list_name=cell(fields["source"], "source", most=120, required=True),
        entry=number,
        kind=KINDS[kind],
        name=named(fields["name"]),
        has_number=bool(fields["entity_number"].strip()),
        programs=tuple(cell(code, "program", most=120) for code in pieces(fields["programs"])),
        birth_years=years(*pieces(fields["dates_of_birth"])),
        title=shortened(fields["title"], most=300),
        remarks=shortened(fields["remarks"]),
        url=web_address(fields["source_information_url"]) or web_address(fields["source_list_url"]),
        starts_on=day(fields["start_date"], "start date"),
        ends_on=day(fields["end_date"], "end date"),
    )
    yield entry
    others = ((str(NameKind.ALIAS), named(name, "alias")) for name in pieces(fields["alt_names"]))
    yield from names_of(entry, others)
    for country in _countries(fields):
        yield Nation(row, country)


def _countries(fields: Fields) -> Iterator[str]:
    yield from pieces(fields["citizenships"])
    yield from pieces(fields["nationalities"])
    for address in pieces(fields["addresses"]):
        last = address.rpartition(",")[2].strip()
        if len(last) == 2 and last.isalpha() and last.isupper():
            yield last
