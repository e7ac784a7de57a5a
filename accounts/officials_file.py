"""Open States people files: YAML, one person a file, in a folder, alone, or in a tar.gz archive."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts import ocd_ids, plain_yaml
from accounts.load_report import BadRow, Refused, plain
from accounts.yaml_documents import Document, documents

MOST_TERMS = 200
ENDS_BEFORE_IT_STARTS = "terms that end before they start: the end, which decides, is kept"
NO_ADDRESS = "e-mail fields that hold no e-mail address (most are links to contact forms): left empty"


class TermRow(NamedTuple):
    role: str
    jurisdiction: str
    division: str
    district: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    has_ended: bool


class OfficialRow(NamedTuple):
    where: str
    ocd_id: str
    name: str
    family_name: str
    email: str
    terms: tuple[TermRow, ...]
    notes: tuple[str, ...]
    """What was published and could not be kept, though the person could."""


class PassedOver(NamedTuple):
    """A file of the collection that lists governments, not a person."""

    where: str


def read(path: Path, progress: Callable[[int], object]) -> Iterator[OfficialRow | PassedOver | Refused]:
    for document in documents(path, progress):
        if isinstance(document, Refused):
            yield document
            continue
        try:
            yield _person(document)
        except BadRow as broken:
            yield Refused(document.where, str(broken))


def _person(document: Document) -> OfficialRow | PassedOver:
    content = plain_yaml.read(document.data)
    if isinstance(content, list) and content and all(map(_is_government, content)):
        return PassedOver(document.where)
    if not isinstance(content, dict):
        raise BadRow("The file does not describe one person.")
    terms = [_term(role, is_retired=document.is_retired) for role in _roles(content)]
    published = plain(content.get("email"), "e-mail address", most=254, required=False)
    email = published if _is_address(published) else ""
    return OfficialRow(
        document.where,
        _person_id(content),
        plain(content.get("name"), "name", most=200),
        plain(content.get("family_name"), "family name", most=100, required=False),
        email,
        tuple(sorted({term for term, _ in terms}, key=str)),
        (
            *[ENDS_BEFORE_IT_STARTS for _, contradicts in terms if contradicts],
            *[NO_ADDRESS for _ in range(email != published)],
        ),
    )


def _is_government(item: Any) -> bool:
    return isinstance(item, dict) and str(item.get("id")).startswith("ocd-jurisdiction/")


def _person_id(content: dict[str, Any]) -> str:
    ocd_id = plain(content.get("id"), "id", most=60)
    if not ocd_ids.PERSON.fullmatch(ocd_id):
        raise BadRow(f"“{ocd_id}” is not an Open Civic Data id of a person.")
    return ocd_id


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _roles(content: dict[str, Any]) -> list[dict[str, Any]]:
    roles = content.get("roles")
    if not isinstance(roles, list) or not roles or not all(isinstance(role, dict) for role in roles):
        raise BadRow("The person has no list of roles.")
    if len(roles) > MOST_TERMS:
        raise BadRow(f"The person has {len(roles)} roles; {MOST_TERMS} is the most.")
    return roles


def _term(role: dict[str, Any], *, is_retired: bool) -> tuple[TermRow, bool]:
    jurisdiction = plain(role.get("jurisdiction"), "jurisdiction", most=ocd_ids.LONGEST)
    division = ocd_ids.division_of(jurisdiction)
    if division is None:
        raise BadRow(f"“{jurisdiction[:80]}” is not an Open Civic Data id of a US government.")
    starts_on, ends_on = _date(role, "start_date"), _date(role, "end_date", is_end=True)
    contradicts = bool(starts_on and ends_on and ends_on < starts_on)
    term = TermRow(
        plain(role.get("type"), "type of a role", most=60),
        jurisdiction,
        division,
        plain(role.get("district"), "district", most=100, required=False),
        None if contradicts else starts_on,
        ends_on,
        is_retired or bool(role.get("end_reason")),
    )
    return term, contradicts


def _date(role: dict[str, Any], key: str, *, is_end: bool = False) -> dt.date | None:
    """The format allows a year or a month alone: a term starts with its first day and ends with its last."""
    text = plain(role.get(key), key, most=10, required=False)
    if not text:
        return None
    try:
        year, month, day = [int(part) for part in text.split("-")] + [0] * (2 - text.count("-"))
        if day:
            return dt.date.fromisoformat(text)
        first = dt.date(year, month or 1, 1)
        after = dt.date(year, month + 1, 1) if 0 < month < 12 else dt.date(year + 1, 1, 1)
    except (ValueError, OverflowError):
        raise BadRow(f"“{text}” is not a date ({key}).") from None
    return after - dt.timedelta(days=1) if is_end else first
