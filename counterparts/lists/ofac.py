"""OFAC's SDN.CSV, ALT.CSV and ADD.CSV: no header, 12, 5 and 6 columns, `-0-` for nothing, told apart by their columns.

https://ofac.treasury.gov/specially-designated-nationals-list-data-formats-data-schemas
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from accounts.load_report import BadFile, BadRow
from counterparts.lists import csv_files
from counterparts.lists.rows import (
    OF_NO_ENTRY,
    Entry,
    File,
    Kind,
    Name,
    NameKind,
    Nation,
    Refused,
    Row,
    cell,
    entry_number,
    named,
    names_of,
    shortened,
    years,
)

LIST = "Specially Designated Nationals (SDN)"
PAGE = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id="
COLUMNS = {12: "entries (SDN)", 5: "aliases (ALT)", 6: "addresses (ADD)"}
PARTS = tuple(COLUMNS.values())
KINDS = {"": Kind.BODY, "individual": Kind.PERSON, "vessel": Kind.VESSEL, "aircraft": Kind.AIRCRAFT}
KNOWN_AS = re.compile(r"(?:alt\. )?[afn]\.k\.a\.,? (.+)", re.IGNORECASE)
BORN = re.compile(r"(?:alt\. )?DOB (.+)", re.IGNORECASE)
OF_COUNTRY = re.compile(
    r"(?:alt\. )?(?:nationality|citizen)(?: of registration)?(?: possibly)? (.+)", re.IGNORECASE
)
QUOTED = re.compile(r"'([^']+)'\.?|\"([^\"]+)\"\.?")
ALIASES = frozenset({"aka", "fka", "nka"})
Numbers = dict[str, tuple[int, bool]]
"""Row and whether it is a person, by the number of an entry."""


def part(file: File) -> str:
    """Which file of the list it is; empty for what is none of it."""
    first = csv_files.first_row(file)
    if not first or not first[0].isdigit():
        return ""
    is_alias = len(first) == 5 and first[1].isdigit() and first[2].strip() in ALIASES
    is_address = len(first) == 6 and first[1].isdigit()
    return COLUMNS[len(first)] if len(first) == 12 or is_alias or is_address else ""


def published_on(files: Sequence[File]) -> date | None:
    return None


def read(files: Sequence[File]) -> Iterator[Row]:
    """Entries first, whatever the order in which the files are given: the others add to them."""
    parts = {part(file): file for file in files}
    if COLUMNS[12] not in parts:
        raise BadFile("The file of entries (SDN.CSV, 12 columns) is missing.")
    for file in files:
        csv_files.ends_with_mark(file)
    numbers: Numbers = {}
    yield from _entries(parts[COLUMNS[12]], numbers)
    if alt := parts.get(COLUMNS[5]):
        yield from _aliases(alt, numbers)
    if add := parts.get(COLUMNS[6]):
        yield from _addresses(add, numbers)


def _records(file: File, columns: int) -> Iterator[csv_files.Record | Refused]:
    for record in csv_files.records(file):
        if isinstance(record, Refused):
            yield record
        elif [field.strip() for field in record.fields] == [csv_files.END_OF_FILE]:
            return
        elif len(record.fields) != columns:
            reason = f"The row has {len(record.fields):,} columns; this file has {columns}."
            yield Refused(file.name, record.line, reason, _guessed(record.fields))
        else:
            fields = ["" if field.strip() == "-0-" else field for field in record.fields]
            yield csv_files.Record(record.line, fields)


def _guessed(fields: list[str]) -> str:
    return fields[0] if fields and fields[0].isdigit() and len(fields[0]) <= 20 else ""


def _entries(file: File, numbers: Numbers) -> Iterator[Row]:
    for row, record in enumerate(_records(file, 12)):
        if isinstance(record, Refused):
            yield record
            continue
        try:
            found = list(_entry(file, record, row))
        except BadRow as broken:
            yield Refused(file.name, record.line, str(broken), _guessed(record.fields))
            continue
        entry = found[0]
        assert isinstance(entry, Entry)
        numbers.setdefault(entry.entry, (entry.row, entry.is_person))
        yield from found


def _entry(file: File, record: csv_files.Record, row: int) -> Iterator[Row]:
    number = entry_number(record.fields[0], "number of an entry")
    said = record.fields[2].strip().lower()
    if said not in KINDS:
        raise BadRow(f"“{said[:40]}” is no type of an entry.")
    remarks = [part.strip() for part in record.fields[11].split(";")]
    entry = Entry(
        row=row,
        file=file.name,
        line=record.line,
        list_name=LIST,
        entry=number,
        kind=KINDS[said],
        name=named(record.fields[1]),
        programs=tuple(cell(code, "program", most=120) for code in record.fields[3].split("] [") if code),
        birth_years=years(*_said(BORN, remarks)),
        title=shortened(record.fields[4], most=300),
        remarks=shortened(record.fields[11]),
        url=f"{PAGE}{number}",
    )
    yield entry
    yield from names_of(entry, _known_as(remarks))
    for country in _said(OF_COUNTRY, remarks):
        yield Nation(row, country.removesuffix("."))


def _said(what: re.Pattern[str], remarks: list[str]) -> list[str]:
    return [match[1] for part in remarks if (match := what.fullmatch(part))]


def _known_as(remarks: list[str]) -> Iterator[tuple[str, str]]:
    """Aliases among the remarks stand in quotation marks: OFAC's sign for a weak one."""
    for said in _said(KNOWN_AS, remarks):
        quoted = QUOTED.fullmatch(said)
        name = (quoted[1] or quoted[2]) if quoted else said.removesuffix(".").strip("'\"")
        if any(letter.isalnum() for letter in name):
            yield NameKind.WEAK, named(name, "alias")


def _aliases(file: File, numbers: Numbers) -> Iterator[Row]:
    for record in _records(file, 5):
        yield _alias(file, record, numbers) if isinstance(record, csv_files.Record) else record


def _alias(file: File, record: csv_files.Record, numbers: Numbers) -> Row:
    number, _, kind, name, _ = record.fields
    if number not in numbers:
        return Refused(file.name, record.line, f"No entry has the number {number[:20]}.", OF_NO_ENTRY)
    row, is_person = numbers[number]
    try:
        if kind.strip() not in ALIASES:
            raise BadRow(f"“{kind[:20]}” is no type of an alias.")
        quoted = QUOTED.fullmatch(name.strip())
        return Name(
            row,
            NameKind.WEAK if quoted else NameKind.ALIAS,
            named((quoted[1] or quoted[2]) if quoted else name, "alias"),
            is_person,
        )
    except BadRow as broken:
        return Refused(file.name, record.line, str(broken), number)


def _addresses(file: File, numbers: Numbers) -> Iterator[Row]:
    for record in _records(file, 6):
        if isinstance(record, Refused):
            yield record
        elif record.fields[0] not in numbers:
            reason = f"No entry has the number {record.fields[0][:20]}."
            yield Refused(file.name, record.line, reason, OF_NO_ENTRY)
        elif country := record.fields[4].strip():
            yield Nation(numbers[record.fields[0]][0], country)
