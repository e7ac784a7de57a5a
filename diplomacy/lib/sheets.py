"""Tables that people open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(cell: object) -> str:
    """What a spreadsheet would run as a formula is text with an apostrophe before it."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) else text


def csv_of(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """With the mark that tells Excel it is UTF-8."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(head)
    write.writerows([neutral(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
