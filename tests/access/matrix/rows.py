"""The raw probe: what `visible_to` gives each person, row by row, against the oracle. No page is in between."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import Member, User
from briefings.models import Briefing, Delivery, ReaderQuestion
from diplomacy.lib.readers import VisibleQuerySet
from engagements.models import (
    Advice,
    AdviceRequest,
    Commitment,
    CoordinatorQuestion,
    DeskNote,
    Engagement,
    Overlap,
    OverlapMessage,
    OverlapSide,
    Referral,
    ReferralEngagement,
)
from tests.access.matrix import oracle
from tests.access.matrix.oracle import Person
from tests.access.matrix.world import World

SUBJECTS: dict[type[models.Model], str] = {
    Engagement: "engagement",
    AdviceRequest: "request",
    Commitment: "commitment",
    Briefing: "briefing",
    Delivery: "copy",
    ReaderQuestion: "question",
    Overlap: "every pair",
    OverlapSide: "every side",
    OverlapMessage: "message",
    CoordinatorQuestion: "question to coordinators",
    Referral: "referral",
    ReferralEngagement: "referral engagement",
}
BESIDE: dict[type[models.Model], Callable[[Person, oracle.Request, Any], bool]] = {
    Advice: lambda person, it, row: (
        oracle.reads_request(person, it) if row.released_at else oracle.reads_desk_work(person, it)
    ),
    DeskNote: lambda person, it, row: oracle.reads_desk_work(person, it),
}


def protected() -> list[type[models.Model]]:
    """Every table that says who may see it."""
    return [model for model in apps.get_models() if isinstance(model._default_manager.all(), VisibleQuerySet)]


def wrong(model: type[models.Model], world: World) -> Iterator[str]:
    """Each person who gets a row that is not theirs, or misses one that is."""
    for name, met in world.cast.items():
        user: Any = User.objects.get(pk=met.user.pk) if met.user else AnonymousUser()
        rows: Any = model._default_manager
        got = set(rows.visible_to(user).values_list("pk", flat=True))
        mine = expected(model, met.person, world)
        if mine is None and not met.person.held and got - own(model, user):
            yield f"{name}, who holds no place, gets {len(got)} rows"
        elif mine is not None and got != mine:
            yield f"{name} gets {len(got - mine)} too many and {len(mine - got)} too few"


def own(model: type[models.Model], user: Any) -> set[int]:
    """Who was removed is told so: one's own memberships stay one's own to see."""
    return set(Member.objects.filter(user=user.pk).values_list("pk", flat=True)) if model is Member else set()


def expected(model: type[models.Model], person: Person, world: World) -> set[int] | None:
    """None where the oracle knows no rows of the kind: then whoever holds no place gets none."""
    if subject := SUBJECTS.get(model):
        return {held.row.pk for held in world.records[subject] if reads_row(person, held.facts)}
    if reads := BESIDE.get(model):
        return {row.pk for row, it in beside(model, world) if reads(person, it, row)}
    return None


def reads_row(person: Person, it: oracle.Record) -> bool:
    """Who asked reads their own question too, on the page of their copy."""
    return oracle.reads(person, it) or (isinstance(it, oracle.Asked) and oracle.reads_copy(person, it.copy))


def beside(model: type[models.Model], world: World) -> Iterator[tuple[Any, oracle.Request]]:
    for held in world.records["request"]:
        assert isinstance(held.facts, oracle.Request)
        for row in model._default_manager.filter(request=held.row.pk):
            yield row, held.facts


@contextlib.contextmanager
def without_visible_to(model: Any) -> Iterator[None]:
    """As if whoever wrote a query of this table had forgotten the filter."""
    kind: Any = type(model._default_manager.all())
    is_own, original = "visible_to" in vars(kind), kind.visible_to

    def forgotten(self: Any, user: Any) -> Any:
        return self.all() if self.model is model else original(self, user)

    kind.visible_to = forgotten
    try:
        yield
    finally:
        if is_own:
            kind.visible_to = original
        else:
            del kind.visible_to
