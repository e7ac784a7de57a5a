"""Which files make up which list, and which reader reads them."""

from collections.abc import Iterator, Sequence
from datetime import date
from types import ModuleType
from typing import Protocol

from accounts.load_report import BadFile
from counterparts.lists import csl, fara, ofac, un
from counterparts.lists.rows import File, Row
from counterparts.models import PublicList

MOST_BYTES = 64 * 1024 * 1024
"""Of one file. The largest that is published has a quarter of it."""


class Reader(Protocol):
    PARTS: Sequence[str]
    """Files that make up the whole list."""

    def part(self, file: File) -> str: ...
    def published_on(self, files: Sequence[File]) -> date | None: ...
    def read(self, files: Sequence[File]) -> Iterator[Row]: ...


READERS: dict[str, ModuleType] = {
    PublicList.OFAC: ofac,
    PublicList.CSL: csl,
    PublicList.UN: un,
    PublicList.FARA: fara,
}


def reader_of(source: str) -> Reader:
    """A module is its own reader."""
    found: Reader = READERS[source]
    return found


def check(source: str, files: Sequence[File]) -> None:
    """BadFile with one sentence, unless each file is a different part of this list and of a bearable size."""
    if not files:
        raise BadFile("No file was given.")
    seen: dict[str, str] = {}
    for file in files:
        _check_size(file)
        part = reader_of(source).part(file)
        if not part:
            raise BadFile(_wrong_list(source, file))
        if part in seen:
            raise BadFile(f"{seen[part]} and {file.name} are the same part of the list: {part}.")
        seen[part] = file.name


def lacking(source: str, files: Sequence[File]) -> list[str]:
    """Parts of the list that are not among the files: it loads without them, and is the less complete."""
    reader = reader_of(source)
    given = {reader.part(file) for file in files}
    return [part for part in reader.PARTS if part not in given]


def _check_size(file: File) -> None:
    if not file.path.is_file():
        raise BadFile(f"{file.name} is not a file.")
    if not file.size:
        raise BadFile(f"{file.name} is empty.")
    if file.size > MOST_BYTES:
        raise BadFile(f"{file.name} has {file.size:,} bytes; {MOST_BYTES:,} is the most.")


def _wrong_list(source: str, file: File) -> str:
    wanted = PublicList(source).label
    for other in PublicList:
        if other != source and (part := reader_of(other).part(file)):
            return f"{file.name} is no file of the {wanted}: it looks like {other.label}, {part}."
    return f"{file.name} is no file of the {wanted}, nor of another list that is known here."
