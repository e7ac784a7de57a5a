"""Every row by every person, straight from `visible_to`."""

import pytest
from django.db import models

from tests.access.matrix import rows
from tests.access.matrix.rows import without_visible_to
from tests.access.matrix.world import World

TABLES = {model._meta.label: model for model in rows.protected()}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_each_person_gets_exactly_their_rows(table: str, world: World) -> None:
    assert not list(rows.wrong(TABLES[table], world))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_forgotten_filter_is_noticed(table: str, world: World) -> None:
    """The short form of `make mutants`."""
    with without_visible_to(TABLES[table]):
        assert list(rows.wrong(TABLES[table], world))


def test_the_tables_that_hold_most_are_compared_row_by_row() -> None:
    compared: set[type[models.Model]] = {*rows.SUBJECTS, *rows.BESIDE}
    assert compared <= set(rows.protected())
