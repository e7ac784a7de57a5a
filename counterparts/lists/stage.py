"""A list as it is read, in temporary tables: compared there with the one that is loaded, then put in its place.

All of it happens in the caller's transaction, so that a failure anywhere leaves the list as it was.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.load_report import BadFile
from counterparts import names
from counterparts.lists import nations, statements
from counterparts.lists.rows import Entry, Name, Nation, Refused, Row
from diplomacy.lib.references import new_reference

BATCH = 5_000
KEPT = 1_000
"""Refused rows that are kept with their reasons."""
FEW = 20
MOST_REFUSED = 0.02
"""More refused rows than a few, and than this part of all, and the whole file is refused."""
HOPELESS = 10_000
"""Refused rows after which nothing more is read."""
MOST_LOST = 0.2
"""A list that loses more than this part of its entries or names between two editions is taken for cut off."""
MOST_SPELLINGS = 200


class TooManyRefused(BadFile):
    pass


class Vanished(NamedTuple):
    gone: int
    live: int
    names_gone: int
    names_live: int


class Stage:
    def __init__(self, cursor: CursorWrapper, source: str) -> None:
        self.cursor, self.source = cursor, source
        self.read = self.refused = self.repeated = 0
        self.kept: list[Refused] = []
        self.spared: set[str] = set()
        self.is_patchy = False
        """Whether a row was refused of which nobody knows which entry it was."""
        self.unknown: Counter[str] = Counter()
        self._waiting: dict[str, list[tuple[Any, ...]]] = {"listing": [], "name": [], "country": []}
        cursor.execute(statements.STAGE)

    def take(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._add(row)
            if sum(map(len, self._waiting.values())) >= BATCH:
                self._flush()
        self._flush()
        self._refuse_if_too_many()
        if self.read == self.refused:
            raise BadFile("The list holds no entries.")

    def _add(self, row: Row) -> None:
        if isinstance(row, Entry):
            self.read += 1
            said = [list(value) if isinstance(value, tuple) else value for value in row]
            self._waiting["listing"].append((new_reference("N"), *said))
        elif isinstance(row, Name):
            bare = names.bare(row.name, is_person=row.is_person)[:500]
            self._waiting["name"].append((row.row, row.kind, row.name, bare))
        elif isinstance(row, Nation):
            self._add_country(row)
        else:
            self.read += 1
            self.refuse(row)

    def _add_country(self, nation: Nation) -> None:
        codes = nations.codes(nation.spelling)
        if codes is None and (nation.spelling in self.unknown or len(self.unknown) < MOST_SPELLINGS):
            self.unknown[nation.spelling[:60]] += 1
        self._waiting["country"] += [(nation.row, code) for code in codes or ()]

    def refuse(self, row: Refused) -> None:
        self.refused += 1
        if len(self.kept) < KEPT:
            self.kept.append(row)
        if row.entry:
            self.spared.add(row.entry)
        else:
            self.is_patchy = True
        if self.refused > HOPELESS:
            self._refuse_if_too_many()

    def _refuse_if_too_many(self) -> None:
        if self.refused > max(FEW, MOST_REFUSED * self.read):
            first = self.kept[0]
            raise TooManyRefused(
                f"{self.refused:,} of {self.read:,} rows could not be taken, which is too many; the first is line "
                f"{first.line:,} of {first.file}: {first.reason}"
            )

    def _flush(self) -> None:
        for table, waiting in self._waiting.items():
            if waiting:
                with self.cursor.copy(f"COPY {statements.COLUMNS[table]} FROM STDIN") as copy:
                    for row in waiting:
                        copy.write_row(row)
                waiting.clear()

    def compare(self) -> Vanished:
        """What the new list is beside the old one. Refuses entries that contradict one of the same number."""
        for statement in statements.PREPARE:
            self.cursor.execute(statement)
        self.repeated = self._run(statements.DROP_COPIES)
        self.cursor.execute(statements.DROP_CONTRADICTIONS)
        for file, line, entry, first in self.cursor.fetchall():
            reason = f"Entry {entry} stands on line {first:,} already, with other content."
            self.refuse(Refused(file, line, reason, entry))
        self._refuse_if_too_many()
        self._run(statements.NUMBER_NAMESAKES)
        self._run(statements.FIND_LISTED, [self.source])
        self.cursor.execute(statements.VANISHED, [self.source, sorted(self.spared), self.source, self.source])
        return Vanished(*self.cursor.fetchone())

    def put_in_place(self, edition_id: int, published_on: date) -> dict[str, int]:
        """The counts of the edition by their names, and whether it is news."""
        named = {
            "source": self.source,
            "edition": edition_id,
            "day": published_on,
            "spared": sorted(self.spared),
        }
        added = self._run(statements.ADD, named)
        self._run(statements.FIND_ADDED, named)
        changed = self._run(statements.CHANGE, named)
        unchanged = self._run(statements.TOUCH, named)
        delisted = 0 if self.is_patchy else self._run(statements.DELIST, named)
        self._run(statements.DROP_NAMES, named)
        self._run(statements.ADD_NAMES, named)
        renamed = self._run(statements.REFRESH_NAMES, named)
        self._run(statements.REST_NAMES, named)
        return {
            "is_news": bool(added or changed or delisted or renamed),
            "read": self.read,
            "added": added,
            "changed": changed,
            "unchanged": unchanged + self.repeated,
            "delisted": delisted,
            "refused": self.refused,
        }

    def notes(self, vanished: Vanished) -> list[str]:
        said = []
        if self.is_patchy and vanished.gone:
            said.append(
                f"{vanished.gone:,} entries of the list before were not found. Nothing was delisted: they may be among "
                "the rows that could not be read."
            )
        if self.unknown:
            spelled = ", ".join(f"“{name}” ({count})" for name, count in self.unknown.most_common(20))
            said.append(f"Not known as countries, and left out: {spelled}"[:300])
        return said

    def _run(self, statement: str, values: Sequence[Any] | dict[str, Any] = ()) -> int:
        self.cursor.execute(statement, values or None)
        return max(0, int(self.cursor.rowcount))


def try_lock(source: str) -> bool:
    """Whether nobody else loads this list now. Held until the transaction ends, by a killed process too."""
    with connection.cursor() as cursor:
        cursor.execute(statements.TRY_LOCK, [source])
        return bool(cursor.fetchone()[0])
