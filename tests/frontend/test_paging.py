import base64
import json

import pytest

from accounts.models import Office
from diplomacy.lib.paging import page_of
from tests.factories.accounts import make_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices(db: None) -> None:
    # Three of each level and one more: the order must not depend on luck where the column ties.
    for level in ("city", "state", "city", "county", "state", "city", "state", "county", "county", "tribal"):
        make_office(level=level)


def walk(order: str, size: int) -> tuple[list[int], list[int]]:
    """Keys seen going forward to the end, and those seen on the way back."""
    rows = Office.objects.all()
    seen: list[int] = []
    back: list[int] = []
    page = page_of(rows, order=order, size=size)
    seen += [office.pk for office in page]
    while page.next:
        page = page_of(rows, order=order, size=size, after=page.next)
        seen += [office.pk for office in page]
    while page.previous:
        page = page_of(rows, order=order, size=size, before=page.previous)
        back = [office.pk for office in page] + back
    return seen, back


@pytest.mark.parametrize("order", ["level", "-level", "opened_on", "-id"])
@pytest.mark.parametrize("size", [1, 3, 5, 10, 11])
def test_every_row_is_met_once_in_both_directions(offices: None, order: str, size: int) -> None:
    seen, back = walk(order, size)
    sign = "-" if order.startswith("-") else ""
    assert seen == list(Office.objects.order_by(order, f"{sign}pk").values_list("pk", flat=True))
    last = len(seen) % size or size
    assert back == seen[: len(seen) - min(last, len(seen))]


def cursor(value: object, pk: object = 1) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, pk]).encode()).decode()


@pytest.mark.parametrize("order", ["level", "opened_on", "id"])
@pytest.mark.parametrize(
    "broken",
    ["!", "AAAA", "W10", "bnVsbA", "\x00", cursor(None), cursor([1]), cursor("x", "y"), cursor("x", {})],
)
def test_a_cursor_that_does_not_read_opens_the_first_page(offices: None, order: str, broken: str) -> None:
    page = page_of(Office.objects.all(), order=order, after=broken, size=3)
    assert len(page) == 3
    assert not page.previous


@pytest.mark.parametrize("value", ["", "\x00", "\ud800", "9" * 40, "9" * 5000, "2027-05-03", "99999-01-01"])
@pytest.mark.parametrize("order", ["level", "opened_on", "id"])
def test_no_cursor_breaks_the_page(offices: None, order: str, value: str) -> None:
    page_of(Office.objects.all(), order=order, after=cursor(value, 10**30), size=3)
    page_of(Office.objects.all(), order=order, before=cursor(value, -(10**30)), size=3)
