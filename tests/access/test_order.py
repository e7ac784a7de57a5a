"""What sorts alike stays in its order. PostgreSQL gives such rows as they lie, and a sign-in or a save moves them: a list
that then looks different tells of work that its reader may not know of, and a cut-off one drops somebody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F

from accounts.models import Member, Office, User
from briefings import preview
from engagements import parties
from tests.factories import briefings as make_briefings
from tests.factories.accounts import make_member, make_user

pytestmark = pytest.mark.django_db
MOVED: dict[Any, str] = {Member: "title", User: "name"}
Look = Callable[[], list[Any]]
ALIKE = "Sam Same"
MANY = 12


def move(model: Any, field: str) -> None:
    """As any save of them does: every other one lies last afterwards."""
    for pk in model.objects.order_by("pk").values_list("pk", flat=True)[::2]:
        model.objects.filter(pk=pk).update(**{field: F(field)})


def of_one_name(office: Office, role: str = "staff") -> list[Member]:
    return [make_member(office, role, user=make_user(ALIKE)) for _ in range(MANY)]


def stays(look: Look) -> None:
    before = look()
    assert len(before) > 1
    for model, field in MOVED.items():
        move(model, field)
        assert look() == before, model.__name__


def test_colleagues(maria: Member, california: Office) -> None:
    of_one_name(california)
    stays(lambda: parties.colleagues(ALIKE, maria.user))


def test_readers_of_a_cut(briefer: Member, california: Office) -> None:
    of_one_name(california)
    draft = make_briefings.drafted(briefer, audience=[{"kind": "office", "office": california}])
    stays(lambda: [reader for group in preview.of(draft).groups for reader in group.readers])
