"""Open Civic Data's division files: CSV with `id`, `name` and, where there is one, `census_geoid`."""

import csv
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from accounts import ocd_ids
from accounts.load_report import BadFile, BadRow, Refused, plain

LONGEST_LINE = 16 * 1024


class DivisionRow(NamedTuple):
    line: int
    ocd_id: str
    name: str
    census_geoid: str


def read(source: BinaryIO, progress: Callable[[int], object]) -> Iterator[DivisionRow | Refused]:
    """One row or refusal a line, in constant memory. The format has no line breaks inside a field, so that a
    quotation mark left open spoils its own line and not the rest of the file."""
    lines = _lines(source, progress)
    columns = _columns(next(lines, (1, b"")))
    for number, raw in lines:
        if raw.strip():
            try:
                yield _row(number, dict(zip(columns, _fields(raw, len(columns)), strict=True)))
            except BadRow as broken:
                yield Refused(f"line {number}", str(broken))


def _lines(source: BinaryIO, progress: Callable[[int], object]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while raw := source.readline(LONGEST_LINE):
        number += 1
        progress(len(raw))
        yield number, raw
        while len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            raw = source.readline(LONGEST_LINE)
            progress(len(raw))


def _columns(first: tuple[int, bytes]) -> list[str]:
    try:
        columns = [name.strip() for name in _fields(first[1].removeprefix(b"\xef\xbb\xbf"))]
    except BadRow as broken:
        raise BadFile(f"This is not a CSV file of divisions. {broken}") from None
    if missing := {"id", "name"} - set(columns):
        raise BadFile(f"The first line does not name every column. Missing: {', '.join(sorted(missing))}.")
    if len(set(columns)) < len(columns):
        raise BadFile("The first line names a column twice.")
    return columns


def _fields(raw: bytes, expected: int | None = None) -> list[str]:
    if len(raw) == LONGEST_LINE:
        raise BadRow(f"The line is longer than {LONGEST_LINE:,} bytes.")
    try:
        fields = next(csv.reader([raw.decode().rstrip("\r\n")], strict=True), [])
    except UnicodeDecodeError:
        raise BadRow("The line is not UTF-8 text.") from None
    except csv.Error as error:
        raise BadRow(f"The line is not CSV: {error}.") from None
    if expected is not None and len(fields) != expected:
        raise BadRow(f"The line has {len(fields)} columns; the first line names {expected}.")
    return fields


def _row(number: int, fields: dict[str, str]) -> DivisionRow:
    ocd_id = plain(fields["id"], "id", most=ocd_ids.LONGEST)
    if not ocd_ids.is_division(ocd_id):
        raise BadRow(f"“{ocd_id[:80]}” is not an Open Civic Data id of a division of the United States.")
    geoid = plain(fields.get("census_geoid"), "census_geoid", most=40, required=False)
    return DivisionRow(number, ocd_id, plain(fields["name"], "name", most=200), geoid)
