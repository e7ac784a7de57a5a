"""Who walks through the matrix: every role, and everybody who once had, will have or pretends to have a right."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Coalition, CoalitionMember, Member, Office, User
from tests.access.matrix.oracle import Person, Seat
from tests.factories.accounts import make_coalition, make_desk, make_division, make_office, make_user

BORDER = frozenset({"border"})
CAST: tuple[Person, ...] = (
    Person("maria", (Seat("california", "staff"),)),
    Person("lee", (Seat("california", "lead"),)),
    Person("gov", (Seat("california", "principal"),)),
    Person("rita", (Seat("california", "reader"),)),
    Person("tom", (Seat("texas", "staff"),)),
    Person("tess", (Seat("texas", "lead"),)),
    Person("nina", (Seat("nevada", "staff"),)),
    Person("nora", (Seat("nevada", "lead"),)),
    Person("ari", (Seat("arizona", "staff", coalitions=BORDER),)),
    Person("ora", (Seat("oregon", "staff"),)),  # their office left the coalition yesterday
    Person("ana", (Seat("los_angeles", "staff"),)),  # a city below California's division
    Person("liaison", (Seat("desk_mexico", "liaison"),)),
    Person("desk_lead", (Seat("desk_mexico", "desk_lead"),)),
    Person("briefer", (Seat("desk_mexico", "briefer"),)),
    Person("second_briefer", (Seat("desk_mexico", "briefer"),)),
    Person("other_liaison", (Seat("desk_japan", "liaison"),)),
    Person("other_lead", (Seat("desk_japan", "desk_lead"),)),
    Person("other_briefer", (Seat("desk_japan", "briefer"),)),
    Person("auditor", (Seat("oversight", "auditor"),)),
    Person("both", (Seat("texas", "staff"), Seat("california", "staff"))),  # acts for Texas
    Person("mixed", (Seat("california", "reader"), Seat("desk_mexico", "liaison"))),  # acts for California
    Person(  # reads in the federal role what others read in that of offices; acts for Japan
        "several", (Seat("desk_japan", "liaison"), Seat("desk_mexico", "briefer"), Seat("california", "lead"))
    ),
    Person("otto", (Seat("california", "staff", holds=False),)),
    Person("fay", (Seat("california", "lead", holds=False),)),  # has not begun
    Person("greg", (Seat("texas", "staff", holds=False),)),  # named on restricted engagements, then left
    Person("flo", (Seat("desk_mexico", "desk_lead", holds=False),)),
    Person("mover", (Seat("california", "lead", holds=False), Seat("nevada", "reader"))),
    Person("operator", is_operator=True),
    Person("seated_operator", (Seat("nevada", "reader"),), is_operator=True),
    Person("inactive", (Seat("california", "lead"),), is_signed_in=False),
    Person("anonymous", is_signed_in=False),
)
HAVE_NOT_BEGUN = {"fay"}
BEGINNING = timedelta(days=2)
"""Tomorrow would come during a run past midnight."""


@dataclass
class Met:
    """A person of the cast, in the database."""

    person: Person
    user: User | None = None
    member: Member | None = None
    """The membership they act under, or acted under once."""

    @property
    def by(self) -> Any:
        assert self.member
        return self.member


@dataclass
class Houses:
    offices: dict[str, Office]
    coalition: Coalition


def build_offices() -> Houses:
    ca = make_division("ocd-division/country:us/state:ca")
    la = make_division("ocd-division/country:us/state:ca/place:los_angeles")
    offices = {
        "california": make_office("California International Office", short_name="California", division=ca),
        "los_angeles": make_office("Los Angeles International Affairs", level="city", division=la),
        "texas": make_office("Texas Office of Foreign Affairs", short_name="Texas"),
        "nevada": make_office("Nevada Trade Office", short_name="Nevada"),
        "arizona": make_office("Arizona Trade Office", short_name="Arizona"),
        "oregon": make_office("Oregon Trade Office", short_name="Oregon"),
        "desk_mexico": make_desk("Mexico Desk"),
        "desk_japan": make_desk("Japan Desk"),
        "oversight": make_office("Office of Oversight", level="federal"),
    }
    border = make_coalition("Border offices", lead=offices["arizona"], offices=[offices["arizona"]])
    yesterday = timezone.localdate() - timedelta(days=1)
    left = {"starts_on": yesterday - timedelta(days=300), "ends_on": yesterday}
    CoalitionMember.objects.create(coalition=border, office=offices["oregon"], **left)
    return Houses(offices, border)


def build(houses: Houses) -> dict[str, Met]:
    return {person.name: _enter(person, houses) for person in CAST}


def _enter(person: Person, houses: Houses) -> Met:
    if person.name == "anonymous":
        return Met(person)
    staff = {"is_staff": True, "is_superuser": True} if person.is_operator else {}
    user = make_user(f"{person.name.title()} Person", **staff)
    members = [
        Member.objects.create(user=user, office=houses.offices[seat.office], role=seat.role)
        for seat in person.seats
    ]
    current = [member for member, seat in zip(members, person.seats, strict=True) if seat.holds]
    return Met(person, user, next(iter([*current, *members]), None))


def close(cast: dict[str, Met]) -> None:
    """The dates of those who left, or have not begun, come true, and the inactive are switched off."""
    today = timezone.localdate()
    for met in cast.values():
        if met.user is None:
            continue
        for seat in met.person.seats:
            rows = Member.objects.filter(user=met.user, role=seat.role)
            if met.person.name in HAVE_NOT_BEGUN:
                rows.update(starts_on=today + BEGINNING)
            elif not seat.holds:
                rows.update(starts_on=today - timedelta(days=9), ends_on=today)
        if met.person.name == "inactive":
            User.objects.filter(pk=met.user.pk).update(is_active=False)
