"""Every address by every person, for every state of every record, with every method: the code against the oracle.

`make test` runs a slice that is the same every time; `make matrix` runs all.
"""

import os
import zlib
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.access.matrix import oracle, routes
from tests.access.matrix.asking import (
    LEFT_BY_REFUSALS,
    METHODS,
    Answer,
    Asker,
    Case,
    expected,
    meant,
    put,
)
from tests.access.matrix.routes import ROUTES
from tests.access.matrix.world import World

IS_FULL = os.environ.get("MATRIX") == "full"
SLICE = 1 if IS_FULL else int(os.environ.get("MATRIX_SLICE", "200"))
"""One case in so many, by a checksum of its name."""
NOT_OFFERED = 8
"""Of the methods that an address does not offer, which are answered before a record is looked for, fewer."""
ADDRESSES = sorted(ROUTES)


def test_every_address_is_in_the_matrix() -> None:
    """A new one gets a line in `routes.py`: what it is about, and what each method asks there."""
    assert {name for name in routes.addresses() if not routes.is_elsewhere(name)} == set(ROUTES)


def cases(name: str, world: World) -> Iterator[Case]:
    route = ROUTES[name]
    for held in world.records[route.subject] if route.subject else [None]:
        for person in world.cast:
            for method in METHODS:
                yield Case(person, name, method, held)


def chosen(name: str, world: World) -> Iterator[Case]:
    for case in cases(name, world):
        is_offered = ROUTES[name].ask(case.method).kind != "none"
        if zlib.crc32(str(case).encode()) % (SLICE * (1 if is_offered else NOT_OFFERED)) == 0:
            yield case


def judge(case: Case, answer: Answer, world: World, askers: dict[str, Asker]) -> str:
    """What is wrong with it; empty when nothing is."""
    wanted = expected(case, world)
    got = meant(answer, case.method, is_api=ROUTES[case.route].is_api)
    if got not in wanted:
        return f"{case}: {got} ({answer.status}), not {' or '.join(sorted(wanted))}"
    if got not in {oracle.READ, oracle.WRITTEN} and (left := answer.written - LEFT_BY_REFUSALS):
        return f"{case}: {got}, and yet it changed {', '.join(sorted(left))}"
    if oracle.ABSENT in wanted and oracle.READ not in wanted and is_hidden(case, world):
        return differs(case, answer, world, askers)
    return leaks(case, answer, world)


def is_hidden(case: Case, world: World) -> bool:
    person = world.cast[case.person].person
    return case.held is not None and not oracle.reads(person, case.held.facts)


Told = tuple[int, bytes, dict[str, str]]
NOWHERE: dict[tuple[str, str, str, str], Told] = {}


def differs(case: Case, answer: Answer, world: World, askers: dict[str, Asker]) -> str:
    """Hidden answers as absent does: status, bytes and headers."""
    assert case.held
    key = (case.person, case.route, case.method, case.held.params.get("reference", "")[:2])
    if key not in NOWHERE:
        NOWHERE[key] = put(case, world, askers, is_absent=True).told
    if answer.told == NOWHERE[key]:
        return ""
    return f"{case}: tells that it is there, at {_first_difference(answer.told, NOWHERE[key])}"


def _first_difference(one: Told, other: Told) -> str:
    if one[0] != other[0]:
        return f"{one[0]} and {other[0]}"
    if one[2] != other[2]:
        return str(set(one[2].items()) ^ set(other[2].items()))
    at = next((at for at, pair in enumerate(zip(one[1], other[1], strict=False)) if pair[0] != pair[1]), -1)
    return f"{one[1][at - 40 : at + 40]!r} and {other[1][at - 40 : at + 40]!r}"


def leaks(case: Case, answer: Answer, world: World) -> str:
    text = answer.body + repr(answer.headers).encode()
    leaked = world.canaries.leaked(text, world.cast[case.person].person)
    return f"{case}: shows {'; '.join(world.canaries.told(leaked))}" if leaked else ""


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_code_answers_as_the_oracle(name: str, world: World, askers: dict[str, Asker]) -> None:
    asked = ((case, put(case, world, askers)) for case in chosen(name, world))
    wrong = [found for case, answer in asked if (found := judge(case, answer, world, askers))]
    assert not wrong, f"{len(wrong)} differences\n" + "\n".join(wrong[:40])


def test_what_is_asked_covers_every_answer(world: World) -> None:
    """A matrix in which nobody is ever refused, or nothing ever written, proves nothing."""
    counted: Counter[str] = Counter()
    for name in ADDRESSES:
        counted.update(" or ".join(sorted(expected(case, world))) for case in chosen(name, world))
    print(f"\n{sum(counted.values()):,} cases")
    for answers, count in counted.most_common():
        print(f"{count:8,} {answers}")
    alone = {oracle.SIGN_IN, oracle.ABSENT, oracle.READ, oracle.WRITTEN, oracle.CONFLICT}
    assert alone <= counted.keys()
    assert sum(counted.values()) > (100_000 if IS_FULL else 500)
