"""Countries as publishers spell them, to ISO 3166-1."""

from functools import cache
from pathlib import Path

import pycountry

from counterparts import places
from counterparts.folding import fold

SPELLINGS = Path(__file__).parent.parent / "words" / "countries.txt"


def codes(spelling: str) -> tuple[str, ...] | None:
    """The countries that are meant: none, one, or those on the ground of one that is no more. None: not known."""
    text = spelling.strip()
    if len(text) == 2 and text.isascii() and text.isupper():
        return (text,) if text in _alpha_2() else None
    return _known().get(fold(text))


@cache
def _alpha_2() -> frozenset[str]:
    return frozenset(code for known in _known().values() for code in known)


@cache
def _known() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for country in pycountry.countries:
        for name in ("official_name", "common_name", "name"):
            if said := getattr(country, name, ""):
                found[fold(said)] = (country.alpha_2,)
    for code, name in places.NAMES.items():
        found[fold(name)] = (code,)
    return found | _spelled()


def _spelled() -> dict[str, tuple[str, ...]]:
    lines = (line.partition("=") for line in SPELLINGS.read_text().splitlines() if not line.startswith("#"))
    return {fold(spelling): tuple(said.split()) for spelling, mark, said in lines if mark}
