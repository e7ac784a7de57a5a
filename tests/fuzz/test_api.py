"""Every operation that the API describes, asked by everybody: no 5xx, nothing of what they may not know, and the answer
is what the description says. `make fuzz` is the long form."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.access.matrix.asking import Asker
from tests.access.matrix.world import World
from tests.fuzz.conftest import CASES
from tests.fuzz.description import Asked, Operation, operations

OPERATIONS = list(operations())
EACH = max(CASES // len(OPERATIONS), 1) if CASES else 3


@pytest.fixture(scope="module")
def tally() -> Iterator[Counter[str]]:
    counted = Counter[str]()
    yield counted
    print(
        f"\nAPI: {counted.total():,} cases of {len(OPERATIONS)} operations, by status: {dict(sorted(counted.items()))}"
    )


@pytest.fixture(scope="module")
def words(world: World) -> list[str]:
    """One of each kind of reference and key, and a few more."""
    held = [one for rows in world.records.values() for one in rows[:4]]
    return sorted({str(value) for one in held for value in one.params.values()})


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_no_request_breaks_an_operation_or_its_promise(
    operation: Operation, world: World, askers: dict[str, Asker], words: list[str], tally: Counter[str]
) -> None:
    @settings(max_examples=EACH)
    @given(st.sampled_from(sorted(askers)), operation.requests(words))
    def ask(who: str, asked: Asked) -> None:
        answer = askers[who].ask(asked.method, asked.path, asked.body, asked.headers)
        tally[str(answer.status)] += 1
        leaked = world.canaries.leaked(answer.body, world.cast[who].person)
        assert not leaked, world.canaries.told(leaked)
        fault = operation.fault(answer.status, answer.headers.get("Content-Type", ""), answer.body)
        assert not fault, fault

    ask()
