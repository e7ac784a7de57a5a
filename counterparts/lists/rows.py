"""What every reader gives: entries, their further names and countries, and rows that cannot be taken."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from accounts.load_report import BadRow, plain
from counterparts.models import Listing, ListingName

Kind = Listing.Kind
NameKind = ListingName.Kind
LONGEST_NAME = 500
LONGEST_REMARKS = 5000
MOST_YEARS = 20
MOST_NAMES = 500
FORMULA = re.compile(r"^(=|@\w+\(|[+-]\w+\(|[+-]\d+[+*/-])")
"""What a spreadsheet would run when somebody opens an export of ours."""
# Typographers' marks of Windows-1252 that were taken for Latin-1 on their way: U+0093 is a quotation mark.
MARKS = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
RANGE = re.compile(r"\b(between|to|from)\b", re.IGNORECASE)


class Entry(NamedTuple):
    """An entry and all that its own row says of it. `row` numbers it within this load."""

    row: int
    file: str
    line: int
    list_name: str
    entry: str
    kind: str
    name: str
    has_number: bool = True
    """Whether the publisher gives it a number of its own. One that is made from the row may meet itself again."""
    programs: tuple[str, ...] = ()
    birth_years: tuple[int, ...] = ()
    title: str = ""
    remarks: str = ""
    url: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    registration: str = ""
    represented_by: str = ""

    @property
    def is_person(self) -> bool:
        return self.kind == Kind.PERSON


class Name(NamedTuple):
    row: int
    kind: str
    name: str
    is_person: bool


class Nation(NamedTuple):
    """A country as the publisher spells it."""

    row: int
    spelling: str


OF_NO_ENTRY = "-"
"""Of a row that would have added to an entry which is not there: no entry is missing for it."""


class Refused(NamedTuple):
    file: str
    line: int
    reason: str
    entry: str = ""
    """The entry it would have been, when that could be read: it is then not taken for vanished."""


Row = Entry | Name | Nation | Refused


@dataclass
class File:
    """One file of a list, under the name that people know it by."""

    path: Path
    name: str = ""
    progress: Callable[[int], object] = field(default=lambda size: None)

    def __post_init__(self) -> None:
        self.name = clean(self.name or self.path.name)[:200] or "file"

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def clean(text: str) -> str:
    """One line: what was wrongly decoded made right, runs of white space made one."""
    return " ".join(text.translate(MARKS).split())


def cell(value: str | None, what: str, *, most: int, required: bool = False) -> str:
    text = plain(clean(value or ""), what, most=most, required=required)
    if FORMULA.match(text):
        raise BadRow(f"The {what} is a spreadsheet formula.")
    return text


def named(value: str | None, what: str = "name") -> str:
    return cell(value, what, most=LONGEST_NAME, required=True)


def shortened(value: str | None, *, most: int = LONGEST_REMARKS) -> str:
    """Running text: what is beyond the column's end is cut, and said to be."""
    text = cell(value, "text", most=10**6)
    return text if len(text) <= most else text[: most - 1] + "…"


def entry_number(value: str | None, what: str) -> str:
    number = cell(value, what, most=20, required=True)
    if not (number.isascii() and number.isdigit()):
        raise BadRow(f"“{number[:20]}” is not a {what}.")
    return number


def day(value: str | None, what: str) -> date | None:
    """A day as 2016-10-13 or, as Americans write it, 10/13/2016; a time that follows is left out."""
    text = cell(value, what, most=40)
    if not text:
        return None
    try:
        if text[4:5] == "-":
            found = date.fromisoformat(text[:10])
        else:
            month, of_month, year = map(int, text.split("/"))
            found = date(year, month, of_month)
    except ValueError:
        raise BadRow(f"“{text}” is not a date ({what}).") from None
    if not 1800 <= found.year <= 2200:
        raise BadRow(f"“{text}” is not a date of our time ({what}).")
    return found


def years(*said: str | None) -> tuple[int, ...]:
    """Years of birth, those between two that bound them included."""
    found: set[int] = set()
    for text in said:
        here = [int(year) for year in YEAR.findall(text or "")]
        bounds = RANGE.search(text or "") and len(here) == 2 and 0 <= here[1] - here[0] <= MOST_YEARS
        found |= set(range(here[0], here[1] + 1)) if bounds else set(here)
    return tuple(sorted(found)[: 2 * MOST_YEARS])


def web_address(value: str | None) -> str:
    text = clean(value or "")
    return text if re.fullmatch(r"https?://[^\s\"<>]{1,480}", text) else ""


def pieces(value: str | None, mark: str = ";") -> list[str]:
    return list(dict.fromkeys(part for piece in (value or "").split(mark) if (part := clean(piece))))


def names_of(entry: Entry, others: Iterator[tuple[str, str]]) -> Iterator[Name]:
    """The entry's own name and the others, each once of a kind."""
    seen = {(str(NameKind.PRIMARY), entry.name)}
    yield Name(entry.row, NameKind.PRIMARY, entry.name, entry.is_person)
    for kind, name in others:
        if (kind, name) not in seen and name != entry.name:
            seen.add((kind, name))
            yield Name(entry.row, kind, name, entry.is_person)
        if len(seen) > MOST_NAMES:
            raise BadRow(f"The entry has more than {MOST_NAMES} names.")
