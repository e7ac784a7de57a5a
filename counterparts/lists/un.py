"""The United Nations Security Council's Consolidated List: XML, read entry by entry. Its root bears the list's date.

https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from accounts.load_report import BadFile, BadRow
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
    named,
    names_of,
    pieces,
    shortened,
    years,
)

LIST = "United Nations Security Council Consolidated List"
ROOT = "CONSOLIDATED_LIST"
ENTRIES = {"INDIVIDUAL": Kind.PERSON, "ENTITY": Kind.BODY}
SECTIONS = frozenset({"INDIVIDUALS", "ENTITIES"})
WHOLE = "the whole list"
PARTS = (WHOLE,)
MOST_ELEMENTS = 20_000
"""Of one entry; the longest has some hundreds."""
DEEPEST = 20
QUOTES = "'\"“”‘’`"
NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


class Counted:
    """A file that says how much of it has been read."""

    def __init__(self, file: File, source: Any) -> None:
        self.file, self.source = file, source

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.source.read(size)
        self.file.progress(len(data))
        return data


def part(file: File) -> str:
    with file.path.open("rb") as source:
        head = source.read(4096).replace(b"\0", b"")
    return WHOLE if f"<{ROOT}".encode() in head else ""


def published_on(files: Sequence[File]) -> date | None:
    """The day on which it was generated."""
    (file,) = files
    for event, element in _events(file, lambda size: None):
        if event == "start" and element.tag == ROOT:
            said = element.get("dateGenerated", "")
            try:
                return day(said, "dateGenerated")
            except BadRow as broken:
                raise BadFile(f"{file.name} bears no date of its own: {broken}") from None
    return None


def read(files: Sequence[File]) -> Iterator[Row]:
    (file,) = files
    row, held = 0, 0
    stack: list[Element] = []
    for event, element in _events(file, file.progress):
        if event == "start":
            stack.append(element)
            held += 1
            _refuse_bombs(file, len(stack), held)
            continue
        stack.pop()
        if len(stack) == 2 and element.tag in ENTRIES and stack[1].tag in SECTIONS:
            row += 1
            yield from _row(file, row, element)
        if len(stack) <= 2:
            element.clear()
            held = 0
            for parent in stack:
                parent.clear()


def _refuse_bombs(file: File, depth: int, held: int) -> None:
    if depth > DEEPEST or held > MOST_ELEMENTS:
        raise BadFile(
            f"{file.name} nests deeper, or holds more in one entry, than the United Nations’ list does."
        )


def _events(file: File, progress: Any) -> Iterator[tuple[str, Element]]:
    """Start and end of each element. No document type, so no entities: neither ours to expand nor others’ to fetch."""
    with file.path.open("rb") as source:
        counted = Counted(File(file.path, file.name, progress), source)
        try:
            yield from iterparse(counted, ("start", "end"), forbid_dtd=True)
        except ParseError as error:
            raise BadFile(f"{file.name} is not well-formed XML, or is cut off: {error}.") from None
        except DefusedXmlException:
            raise BadFile(
                f"{file.name} declares a document type or entities, which that list never does."
            ) from None
        except (LookupError, ValueError, UnicodeError):
            raise BadFile(f"{file.name} is in an encoding that is not known here.") from None


def _row(file: File, row: int, element: Element) -> Iterator[Row]:
    number = clean(element.findtext("DATAID") or "")[:40]
    try:
        yield from list(_entry(file, row, element))
    except BadRow as broken:
        yield Refused(file.name, row, f"Entry {row}: {broken}", number)


def _entry(file: File, row: int, element: Element) -> Iterator[Row]:
    """`line` is the number of the entry in the file: XML has no lines to speak of."""
    who, kind = element.tag, ENTRIES[element.tag]
    titles = [*_texts(element, "TITLE/VALUE"), *_texts(element, "DESIGNATION/VALUE")]
    entry = Entry(
        row=row,
        file=file.name,
        line=row,
        list_name=LIST,
        entry=cell(element.findtext("DATAID"), "DATAID", most=40, required=True),
        kind=kind,
        name=named(" ".join(part for name in NAMES if (part := clean(element.findtext(name) or "")))),
        programs=tuple(cell(code, "UN_LIST_TYPE", most=120) for code in _texts(element, "UN_LIST_TYPE")),
        birth_years=_years(element),
        title=shortened("; ".join(titles), most=300),
        remarks=shortened(element.findtext("COMMENTS1")),
        starts_on=day(element.findtext("LISTED_ON"), "LISTED_ON"),
    )
    yield entry
    yield from names_of(entry, _others(element, who))
    for country in (*_texts(element, "NATIONALITY/VALUE"), *_texts(element, f"{who}_ADDRESS/COUNTRY")):
        yield Nation(row, country)


def _others(element: Element, who: str) -> Iterator[tuple[str, str]]:
    for native in _texts(element, "NAME_ORIGINAL_SCRIPT"):
        yield NameKind.NATIVE, named(native, "name in its own script")
    for alias in element.iterfind(f"{who}_ALIAS"):
        is_weak = clean(alias.findtext("QUALITY") or "").lower() == "low"
        for name in pieces(alias.findtext("ALIAS_NAME")):
            if any(letter.isalnum() for letter in name):
                yield NameKind.WEAK if is_weak else NameKind.ALIAS, named(name.strip(QUOTES), "alias")


def _years(element: Element) -> tuple[int, ...]:
    said = []
    for born in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        between = " to ".join(t for name in ("FROM_YEAR", "TO_YEAR") if (t := born.findtext(name)))
        said += [born.findtext("DATE"), born.findtext("YEAR"), between]
    return years(*said)


def _texts(element: Element, path: str) -> list[str]:
    return [text for found in element.iterfind(path) if (text := clean(found.text or ""))]
