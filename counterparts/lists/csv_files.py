"""CSV as publishers write it, record by record, in little memory whatever the file holds."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from accounts.load_report import BadFile
from counterparts.lists.rows import File, Refused

LONGEST_LINE = 256 * 1024
END_OF_FILE = "\x1a"
"""The mark that OFAC ends its files with, as CP/M did."""


class Record(NamedTuple):
    line: int
    fields: list[str]


def records(file: File, *, encodings: tuple[str, ...] = ("utf-8",)) -> Iterator[Record | Refused]:
    """Each record with the line that it starts on. A file that is no text, or is cut off, is refused as a whole.

    A quotation mark left open swallows records that nobody would miss, and so spoils the file; one that is out of
    place spoils its record.
    """
    with file.path.open("rb") as source:
        reader = csv.reader(_lines(file, source, encodings), strict=True)
        while True:
            line = reader.line_num + 1
            try:
                yield Record(line, next(reader))
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end" in str(error) or "limit" in str(error):
                    reason = f"A quotation mark on line {line:,} of {file.name} is not closed."
                    raise BadFile(f"{reason} The file seems to be cut off or broken.") from None
                yield Refused(file.name, line, f"The row is not CSV: {error}.")


def _lines(file: File, source: BinaryIO, encodings: tuple[str, ...]) -> Iterator[str]:
    number, raw = 0, b""
    while raw := source.readline(LONGEST_LINE):
        number += 1
        file.progress(len(raw))
        if b"\0" in raw:
            raise BadFile(f"{file.name} holds null bytes (line {number:,}): it is no text in UTF-8.")
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            raise BadFile(f"Line {number:,} of {file.name} is longer than {LONGEST_LINE:,} bytes.")
        yield _decoded(file, number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw, encodings)


def _decoded(file: File, number: int, raw: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile(f"Line {number:,} of {file.name} is not text in {encodings[0].upper()}.")


def first_row(file: File) -> list[str]:
    """The fields of the first line, to tell by what the file is; nothing of a file that is no CSV."""
    with file.path.open("rb") as source:
        raw = source.readline(LONGEST_LINE).removeprefix(b"\xef\xbb\xbf")
    try:
        return next(csv.reader([raw.decode("utf-8", "replace")], strict=True), [])
    except csv.Error:
        return []


def ends_with_newline(file: File) -> None:
    """A file that stops in the middle of a line was cut off on its way."""
    with file.path.open("rb") as source:
        source.seek(max(0, file.size - 1))
        if source.read(1) not in {b"\n", b"\r"}:
            raise BadFile(f"{file.name} stops in the middle of a line: it seems to be cut off.")


def ends_with_mark(file: File) -> None:
    with file.path.open("rb") as source:
        source.seek(max(0, file.size - 8))
        if not source.read().rstrip().endswith(END_OF_FILE.encode()):
            raise BadFile(
                f"{file.name} lacks the mark that OFAC ends its files with: it seems to be cut off."
            )
