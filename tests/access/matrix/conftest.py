"""The world is built once a module, inside a transaction that is never committed: other tests do not see it."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from diplomacy.lib.rls import system
from tests.access.matrix import others
from tests.access.matrix import world as worlds
from tests.access.matrix.asking import Asker
from tests.access.matrix.world import World


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        with system("tests"):
            built = worlds.build()
            others.build(built)
            yield built
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def askers(world: World) -> dict[str, Asker]:
    found = {name: Asker(met) for name, met in world.cast.items()}
    for asker in found.values():
        asker.sign_in()
    return found


class Lines(logging.Handler):
    """Every line of every log, whole."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
