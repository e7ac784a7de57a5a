"""How the matrix asks must itself tell nothing apart."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from accounts.signin import limits
from tests.access.matrix.asking import Asker
from tests.access.matrix.world import World


def test_nobody_is_signed_out_by_a_clock_that_stood_still_for_others(
    world: World, askers: dict[str, Asker]
) -> None:
    """Federal sessions end first: the two who would answer otherwise than a moment later."""
    asker = askers["liaison"]
    with time_machine.travel(timezone.now(), tick=False):
        asker.sign_in()
        at_once = asker.ask("GET", "/notices/preferences/")
    with time_machine.travel(timezone.now() + timedelta(seconds=limits.STRICT.idle + 1), tick=False):
        later = asker.ask("GET", "/notices/preferences/")
    assert (later.status, later.headers) == (at_once.status, at_once.headers)
