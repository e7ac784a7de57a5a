"""Countries and their subdivisions, by ISO 3166, under the names a reader expects."""

from functools import cache

import pycountry

from counterparts.folding import fold

NAMES = {"TW": "Taiwan", "XK": "Kosovo", "TR": "Türkiye"}
"""Where ISO's own wording is not the one United States readers use, or the code is user-assigned."""


@cache
def countries() -> list[tuple[str, str]]:
    """(code, name) by name; the United States and its territories are not foreign."""
    domestic = {"US", "PR", "GU", "VI", "AS", "MP", "UM"}
    named = {c.alpha_2: getattr(c, "common_name", c.name) for c in pycountry.countries} | NAMES
    return sorted(
        ((code, name) for code, name in named.items() if code not in domestic),
        key=lambda pair: pair[1],
    )


@cache
def country_name(code: str) -> str:
    if code in NAMES:
        return NAMES[code]
    found = pycountry.countries.get(alpha_2=code)
    return getattr(found, "common_name", found.name) if found else code


@cache
def subdivisions(country: str) -> list[tuple[str, str]]:
    """(code, name) of a country's first-order and lower subdivisions, by name; empty when it lists none."""
    found = pycountry.subdivisions.get(country_code=country) or []
    return sorted(((part.code, part.name) for part in found), key=lambda pair: pair[1])


@cache
def subdivision_name(code: str) -> str:
    found = pycountry.subdivisions.get(code=code)
    return found.name if found else code


def destinations() -> list[tuple[str, str]]:
    """Where an engagement may take place: at home, which is most often, or abroad."""
    return [("US", country_name("US")), *countries()]


def is_destination(code: str) -> bool:
    return code == "US" or is_country(code)


def is_country(code: str) -> bool:
    return any(code == known for known, _ in countries())


@cache
def _folded_subdivisions() -> list[tuple[str, str]]:
    """(folded name, code) of every subdivision of the world."""
    return sorted((fold(part.name), part.code) for part in pycountry.subdivisions)


def subdivisions_named(text: str, *, of: str = "") -> list[str]:
    """The codes that this text names exactly, by name or by code, in one country or anywhere."""
    wanted, code = fold(text), text.strip().upper()
    lying = ((name, known) for name, known in _folded_subdivisions() if known.startswith(of))
    return [known for name, known in lying if wanted and (name == wanted or known == code)]


def subdivisions_like(text: str, *, limit: int = 10) -> list[str]:
    """Codes for a lookup: those whose name begins with the text first."""
    wanted = fold(text)
    if not wanted:
        return []
    found = [
        (not name.startswith(wanted), name, code) for name, code in _folded_subdivisions() if wanted in name
    ]
    return [code for *_, code in sorted(found)[:limit]]


def is_subdivision(code: str, *, of: str) -> bool:
    return any(code == known for known, _ in subdivisions(of))


def describe(city: str, subdivision: str, country: str) -> str:
    """`Tijuana, Baja California, Mexico`, leaving out what is not known or would repeat."""
    region = subdivision_name(subdivision) if subdivision else ""
    nation = country_name(country) if country else ""
    return ", ".join(dict.fromkeys(part for part in (city, region, nation) if part))
