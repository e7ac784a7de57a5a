"""Who can be named on an engagement: offices, coalitions and people one may share it with, and people who take part."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Q

from accounts.models import Coalition, Member, Office, Official, User
from accounts.querysets import OfficeQuerySet
from counterparts.folding import fold
from engagements.models import Engagement

LISTED = 10


class Party(NamedTuple):
    reference: str
    name: str
    detail: str
    record: Any
    title: str = ""


def to_share_with(text: str, user: Any) -> list[Party]:
    """For a lookup: offices and coalitions by name, colleagues by name."""
    offices = Office.objects.visible_to(user).open().filter(name__icontains=text)
    coalitions = Coalition.objects.visible_to(user).filter(name__icontains=text)
    found = [*map(_office, offices[:LISTED]), *map(_coalition, coalitions[:LISTED]), *colleagues(text, user)]
    return found[:LISTED] if text else []


def to_take_part(text: str, user: Any) -> list[Party]:
    """For a lookup: colleagues first, then officials in office."""
    if not text:
        return []
    officials = Official.objects.visible_to(user).in_office().filter(name__icontains=text)
    return [*colleagues(text, user), *map(_official, officials.prefetch_related("terms__division")[:LISTED])][
        :LISTED
    ]


def receivers(user: Any, own: Office) -> OfficeQuerySet:
    """To whom this office may refer something: every other office that is open, and of the federal side the desks."""
    offices: OfficeQuerySet = Office.objects.visible_to(user).open().exclude(pk=own.pk)
    return offices.exclude(level=Office.Level.FEDERAL, is_desk=False)


def to_refer_to(text: str, user: Any, own: Office) -> list[Party]:
    """For a lookup: offices and desks by either of their names."""
    named = Q(name__icontains=text) | Q(short_name__icontains=text)
    return list(map(_office, receivers(user, own).filter(named)[:LISTED])) if text else []


def receiver(name: str, reference: str, user: Any, own: Office) -> Office | None:
    """The office that a name means: the one chosen as long as the field still says its name, or the one of this name."""
    named = receivers(user, own).filter(Q(name__iexact=name) | Q(short_name__iexact=name))
    found = list(named[:LISTED])
    chosen = [office for office in found if office.reference == reference]
    return chosen[0] if chosen else found[0] if len(found) == 1 else None


def colleagues(text: str, user: Any) -> list[Party]:
    members = (
        Member.objects.visible_to(user)
        .current()
        .filter(user__name__icontains=text)
        .select_related("user", "office")
    )
    return list(
        {
            member.user_id: _colleague(member) for member in members.order_by("user__name", "pk")[:LISTED]
        }.values()
    )


def shared_with(name: str, reference: str, user: Any) -> list[Party]:
    """Those that a name in the sharing form means: the one chosen, all of exactly this name, or a person by e-mail."""
    if "@" in name:
        return _by_email(name)
    named = [
        *map(_office, Office.objects.visible_to(user).open().filter(name__iexact=name)),
        *map(_coalition, Coalition.objects.visible_to(user).filter(name__iexact=name)),
        *(party for party in colleagues(name, user) if fold(party.name) == fold(name)),
    ]
    return [party for party in named if party.reference == reference] or named


def _by_email(address: str) -> list[Party]:
    """Another office's person is found by the whole address only: one must know it already."""
    members = Member.objects.current().filter(user__email__iexact=address).select_related("user", "office")
    return [_colleague(member) for member in members.order_by("pk")[:1]]


def taking_part(name: str, reference: str, user: Any) -> Party | None:
    """The colleague or official chosen, as long as the field still says their name."""
    kind, _, pk = reference.partition("-")
    if kind not in {"u", "o"} or not (pk.isascii() and pk.isdigit() and len(pk) < 16):
        return None
    party = _chosen_colleague(int(pk), user) if kind == "u" else _chosen_official(int(pk), user)
    return party if party and fold(party.name) == fold(name) else None


def _chosen_colleague(pk: int, user: Any) -> Party | None:
    member = (
        Member.objects.visible_to(user).current().filter(user=pk).select_related("user", "office").first()
    )
    return _colleague(member) if member else None


def _chosen_official(pk: int, user: Any) -> Party | None:
    official = Official.objects.visible_to(user).filter(pk=pk).prefetch_related("terms__division").first()
    return _official(official) if official else None


def named_on(engagement: Engagement) -> Iterator[Party]:
    """Whom it is shared with now."""
    groups = list(engagement.named_groups.values_list("group_id", flat=True))
    yield from map(_office, Office.objects.filter(group__in=groups))
    yield from map(_coalition, Coalition.objects.filter(group__in=groups))
    users = User.objects.filter(pk__in=engagement.named_people.values_list("user_id", flat=True))
    yield from (Party(f"u-{user.pk}", user.name, "Person", user) for user in users)


def _office(office: Office) -> Party:
    return Party(office.reference, office.name, f"{office.get_level_display()} office", office)


def _coalition(coalition: Coalition) -> Party:
    return Party(coalition.reference, coalition.name, "Coalition", coalition)


def _colleague(member: Member) -> Party:
    title = member.title or member.get_role_display()
    return Party(
        f"u-{member.user_id}",
        member.user.name,
        f"{title}, {member.office.short_name}",
        member.user,
        member.title,
    )


def _official(official: Official) -> Party:
    term = next((term for term in official.terms.all() if not term.is_over), None)
    title = term.role.replace("_", " ").capitalize() if term else ""
    where = term.division.name if term and term.division else ""
    detail = ", ".join(part for part in (title, where) if part)
    return Party(f"o-{official.pk}", official.name, detail or "Official", official, detail)
