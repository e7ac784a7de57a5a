"""Whom a briefer can address, found by what they type: people, offices, coalitions, roles, divisions, topics,
countries, counterparts.

A briefer addresses people outside their own office, so this looks past `visible_to`; it answers briefers only, and
with no more than a name, a title and an office.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length

from accounts.models import Coalition, Division, Member, Office
from accounts.rules import BRIEFING_ROLES, OVERSIGHT_ROLES
from briefings.choices import Kind
from briefings.models import AudienceRule
from counterparts import places
from counterparts.models import Counterpart
from diplomacy.lib.text import tidy
from engagements.choices import Topic

FEW = 5
LONGEST = 200


class Target(NamedTuple):
    """One thing an audience rule can go by. `token` survives the way through a form."""

    kind: Kind
    token: str
    name: str
    detail: str
    columns: dict[str, Any]
    """What `AudienceRule` stores for it."""


def find(text: str, *, by: Member) -> list[Target]:
    """What the text may mean, people first; nothing for who writes no briefings."""
    words = tidy(text).strip()[:LONGEST]
    if by.role not in BRIEFING_ROLES or len(words) < 2:
        return []
    return [target for look in FINDERS.values() for target in look(words)]


def exactly(text: str, *, by: Member) -> list[Target]:
    """What bears exactly this e-mail address, reference or id; else what bears exactly this name."""
    wanted, found = tidy(text).strip().casefold(), find(text, by=by)
    return [target for target in found if _key(target.token) == wanted] or [
        target for target in found if target.name.casefold() == wanted
    ]


def read(token: str, *, by: Member) -> Target | None:
    """The target of a token, as it is now; None when it is no longer there or never was."""
    kind, _, key = tidy(token).partition(":")
    if by.role not in BRIEFING_ROLES or kind not in FINDERS:
        return None
    return next((target for target in FINDERS[kind](key[:LONGEST]) if target.token == token), None)


def of_rule(rule: AudienceRule, *, by: Member) -> Target | None:
    """What a saved rule goes by."""
    body = rule.user or rule.office or rule.coalition or rule.division or rule.counterpart
    keys = ("email", "reference", "ocd_id")
    named = next((getattr(body, key) for key in keys if hasattr(body, key)), "")
    return read(f"{rule.kind}:{named or rule.topic or rule.country or rule.role}", by=by)


def _key(token: str) -> str:
    return token.partition(":")[2].casefold()


def _target(kind: Kind, key: str, name: str, detail: str = "", **columns: Any) -> Target:
    return Target(
        kind, f"{kind}:{key}", name, " · ".join(part for part in (str(kind.label), detail) if part), columns
    )


def _people(text: str) -> Iterator[Target]:
    seats = Member.objects.current().exclude(role__in=OVERSIGHT_ROLES)
    found = seats.filter(
        Q(user__name__icontains=text) | Q(title__icontains=text) | Q(user__email__iexact=text)
    )
    seen: set[int] = set()
    for seat in found.select_related("user", "office").order_by("user__name", "pk")[: FEW * 2]:
        if seat.user_id not in seen and len(seen) < FEW:
            seen.add(seat.user_id)
            post = seat.title or seat.get_role_display()
            yield _target(
                Kind.PERSON, seat.user.email, seat.user.name, f"{post}, {seat.office}", user=seat.user
            )


def _first(field: str, text: str) -> Case:
    """Names that begin with the text come first."""
    begins = When(**{f"{field}__istartswith": text}, then=Value(0))
    return Case(begins, default=Value(1), output_field=IntegerField())


def _offices(text: str) -> Iterator[Target]:
    named = Q(name__icontains=text) | Q(short_name__icontains=text) | Q(reference__iexact=text)
    for office in Office.objects.open().filter(named).order_by(_first("name", text), "name")[:FEW]:
        yield _target(Kind.OFFICE, office.reference, office.name, office.get_level_display(), office=office)


def _coalitions(text: str) -> Iterator[Target]:
    for body in Coalition.objects.filter(Q(name__icontains=text) | Q(reference__iexact=text))[:FEW]:
        yield _target(Kind.COALITION, body.reference, body.name, coalition=body)


def _roles(text: str) -> Iterator[Target]:
    for value, label in Member.Role.choices:
        if value not in OVERSIGHT_ROLES and (text == value or text.casefold() in str(label).casefold()):
            yield _target(Kind.ROLE, value, str(label), "in every office", role=value)


def _divisions(text: str) -> Iterator[Target]:
    found = Division.objects.filter(Q(name__icontains=text) | Q(ocd_id=text)).select_related("parent")
    for division in found.order_by(_first("name", text), Length("ocd_id"), "ocd_id")[:FEW]:
        inside = f"in {division.parent}" if division.parent else ""
        yield _target(Kind.DIVISION, division.ocd_id, division.name, inside, division=division)


def _topics(text: str) -> Iterator[Target]:
    for value, label in Topic.choices:
        if text.casefold() in str(label).casefold() or text == value:
            yield _target(Kind.TOPIC, value, str(label), topic=value)


def _countries(text: str) -> Iterator[Target]:
    wanted = text.casefold()
    named = [pair for pair in places.countries() if wanted in pair[1].casefold()]
    coded = [pair for pair in places.countries() if wanted == pair[0].casefold()]
    for code, name in list(dict.fromkeys(coded + named))[:FEW]:
        yield _target(Kind.COUNTRY, code, name, country=code)


def _counterparts(text: str) -> Iterator[Target]:
    given = Counterpart.objects.filter(reference__iexact=text)
    for body in given or Counterpart.objects.all().named_like(text, most=FEW):
        yield _target(Kind.COUNTERPART, body.reference, body.name, body.place, counterpart=body)


FINDERS: dict[str, Callable[[str], Iterator[Target]]] = {
    Kind.PERSON: _people,
    Kind.OFFICE: _offices,
    Kind.COALITION: _coalitions,
    Kind.ROLE: _roles,
    Kind.DIVISION: _divisions,
    Kind.TOPIC: _topics,
    Kind.COUNTRY: _countries,
    Kind.COUNTERPART: _counterparts,
}
