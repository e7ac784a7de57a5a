"""Each `visible_to` is taken away in turn. Whatever nobody notices is not protected by a test.

`make mutants` runs it: the raw probe (`rows`) looks first, then the pages and the API of the matrix.
"""

import pytest
from django.apps import apps

from tests.access.matrix import rows
from tests.access.matrix.asking import Asker, put
from tests.access.matrix.routes import ROUTES
from tests.access.matrix.test_matrix import NOWHERE, cases, judge
from tests.access.matrix.world import World

MUTANTS = sorted(model._meta.label for model in rows.protected())
TABLE: list[tuple[str, str, str]] = []
MOST = 120


def on_pages(subject: str, world: World, askers: dict[str, Asker]) -> str:
    """The first page or route on which somebody notices."""
    asked = 0
    for name in (name for name, route in ROUTES.items() if route.subject == subject):
        for case in cases(name, world):
            if case.method in {"GET", "POST"} and asked < MOST:
                asked += 1
                if found := judge(case, put(case, world, askers), world, askers):
                    return found[:110]
    return ""


@pytest.mark.parametrize("label", MUTANTS)
def test_somebody_notices(label: str, world: World, askers: dict[str, Asker]) -> None:
    model = apps.get_model(label)
    NOWHERE.clear()
    with rows.without_visible_to(model):
        raw = next(rows.wrong(model, world), "")
        subject = rows.SUBJECTS.get(model)
        seen = on_pages(subject, world, askers) if subject else ""
    NOWHERE.clear()
    TABLE.append((label, raw, seen))
    assert raw or seen, f"{label} without visible_to: nobody noticed"


def test_the_table() -> None:
    noticed = sum(bool(raw or seen) for _, raw, seen in TABLE)
    print(f"\n{noticed} of {len(TABLE)} noticed\n")
    for label, raw, seen in TABLE:
        print(f"{label:28} rows: {raw or '–'}\n{'':28} pages: {seen or '–'}")
    assert noticed == len(TABLE)
