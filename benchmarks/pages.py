"""The list pages, each as the readers for whom it is hardest, and as readers with one and with 25 rows."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from django.urls import reverse

from accounts.models import CoalitionMember, User
from benchmarks import by_hand, world
from benchmarks.by_hand import Statements


class Case(NamedTuple):
    page: str
    reader: str
    user: int
    path: str
    by_hand: Statements
    group: str
    """Pages of one group must ask the same number of queries."""


def keys_of(user: int) -> frozenset[str]:
    return User.objects.get(pk=user).reader_keys


def in_widest_coalition() -> int:
    """An office of the coalition with which most is shared."""
    found = CoalitionMember.objects.filter(coalition=1).order_by("office").first()
    assert found is not None
    return found.office_id


def cases() -> Iterator[Case]:
    yield from engagements()
    yield from queues()
    yield from notices()
    yield from counterparts()


def engagements() -> Iterator[Case]:
    path = reverse("engagements:list")
    largest, middle, small, tiny = (
        world.FIRST_OFFICE,
        world.FIRST_OFFICE + 5_000,
        world.ALL_OFFICES - 1,
        world.ALL_OFFICES,
    )
    offices = {
        "largest office": largest,
        "middling office": middle,
        "office with 25": small,
        "office with 1": tiny,
    }
    for reader, office in offices.items():
        yield Case(
            "Engagements",
            reader,
            world.staff_of(office),
            path,
            partial(by_hand.own, office),
            "own",
        )
    yield Case("Engagements", "federal liaison", world.adviser_of(1), path, by_hand.filed, "filed")
    for country, reader in {
        "MX": "federal, a country of 139,000",
        "VA": "federal, a country of none",
    }.items():
        yield Case(
            "Engagements",
            reader,
            world.adviser_of(1),
            f"{path}?country={country}",
            by_hand.of_country(country, by_hand.filed),
            "filed",
        )
    for words, reader in {"412345": "federal, words of one title", "water": "federal, words of many"}.items():
        yield Case(
            "Engagements",
            reader,
            world.adviser_of(1),
            f"{path}?q={words}",
            by_hand.titled(words, by_hand.filed),
            "titled",
        )
    sharing = {
        "office of a wide coalition": in_widest_coalition(),
        "office of no coalition": world.ALL_OFFICES,
    }
    for reader, office in sharing.items():
        yield Case(
            "From other offices",
            reader,
            world.staff_of(office),
            reverse("engagements:shared"),
            partial(by_hand.shared, office),
            "shared",
        )
        yield Case(
            "From other offices",
            f"{reader}, one country",
            world.staff_of(office),
            f"{reverse('engagements:shared')}?country=MX",
            by_hand.of_country("MX", partial(by_hand.shared, office)),
            "shared",
        )


def queues() -> Iterator[Case]:
    for reader, desk in {
        "busiest desk": 1,
        "desk with 25": world.DESKS - 1,
        "desk with 1": world.DESKS,
    }.items():
        yield Case(
            "Advice queue",
            reader,
            world.adviser_of(desk),
            reverse("engagements:queue"),
            partial(by_hand.queue, desk),
            "queue",
        )


def notices() -> Iterator[Case]:
    readers = {"liaison with 2,000": world.adviser_of(1), "person with 25": world.lead_of(world.ALL_OFFICES)}
    readers["person with 1"] = world.lead_of(world.ALL_OFFICES - 1)
    for reader, user in readers.items():
        yield Case(
            "Notices",
            reader,
            user,
            reverse("activity:notices"),
            partial(by_hand.notices, user),
            "notices",
        )


def counterparts() -> Iterator[Case]:
    path, user = reverse("counterparts:list"), world.staff_of(world.FIRST_OFFICE)
    yield Case("Counterparts", "anyone", user, path, by_hand.register, "register")
    for words, reader in {
        "region 41234": "1 found",
        "port region 4123": "2 found",
        "water port": "834 found",
    }.items():
        address = f"{path}?q={words.replace(' ', '+')}"
        yield Case("Counterpart search", reader, user, address, partial(by_hand.search, words), "search")
