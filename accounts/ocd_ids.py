"""Open Civic Data ids: the id of a division is its path in the tree, so parents can be read from it."""

import re
import unicodedata

import us

US = "ocd-division/country:us"
DIVISION = re.compile(r"ocd-division/country:us(?:/[a-z_]+:[\w.~-]+)*")
JURISDICTION = re.compile(r"ocd-jurisdiction/(country:us(?:/[a-z_]+:[\w.~-]+)*)/[a-z_]+")
PERSON = re.compile(r"ocd-person/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST = 200


def is_division(ocd_id: str) -> bool:
    """Of the United States, lower case, letters composed (`cañon_city`), as the standard writes them."""
    return bool(DIVISION.fullmatch(ocd_id)) and _is_normal(ocd_id)


def division_of(jurisdiction: str) -> str | None:
    """The division that a government governs; None where the text is no jurisdiction of the United States."""
    found = JURISDICTION.fullmatch(jurisdiction)
    return f"ocd-division/{found[1]}" if found and _is_normal(jurisdiction) else None


def _is_normal(ocd_id: str) -> bool:
    return len(ocd_id) <= LONGEST and ocd_id == unicodedata.normalize("NFC", ocd_id).lower()


def parent_of(ocd_id: str) -> str | None:
    return None if ocd_id == US else ocd_id.rpartition("/")[0]


def kind_of(ocd_id: str) -> str:
    return ocd_id.rpartition("/")[2].partition(":")[0]


def depth_of(ocd_id: str) -> int:
    return ocd_id.count("/")


def name_of(ocd_id: str) -> str:
    """For a division that no file lists: states and territories by their code, others by their id's words."""
    kind, _, code = ocd_id.rpartition("/")[2].partition(":")
    if ocd_id == US:
        return "United States"
    if kind in {"state", "territory", "district"} and len(code) == 2:
        known = us.states.lookup(code.upper(), field="abbr")
        return str(known.name) if known else code.upper()
    return re.sub(r"[_~]+", " ", code).strip().title() or code
