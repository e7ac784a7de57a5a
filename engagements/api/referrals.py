from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activity import actions as activity
from activity import timeline
from activity.serializers import EntrySerializer
from diplomacy.lib.api.views import Route
from engagements import actions
from engagements.api import examples
from engagements.models import Engagement, Referral
from engagements.serializers.advice import EngagementNameSerializer
from engagements.serializers.referrals import (
    DeclineReferralSerializer,
    ReferralLineSerializer,
    ReferralQuery,
    ReferralSerializer,
    ReferSerializer,
    WhatCameSerializer,
)

MOVES = ("take_up", "decline", "close", "correct", "withdraw")


class ReferralRoute(Route):
    """What offices pass to other offices and to desks that are better placed for it."""

    takes = {
        "create": ReferSerializer,
        "decline": DeclineReferralSerializer,
        "close": WhatCameSerializer,
        "correct": WhatCameSerializer,
    }
    gives = {
        "list": ReferralLineSerializer,
        **dict.fromkeys(("create", "retrieve", *MOVES), ReferralSerializer),
        "plan": EngagementNameSerializer,
        "timeline": EntrySerializer,
    }
    queries = {"list": ReferralQuery}
    examples = examples.REFERRALS
    lists = frozenset({"list", "timeline"})
    once = frozenset({"create", "plan"})
    versioned = frozenset(MOVES)
    tagged = frozenset({"retrieve", "create", *MOVES})

    def visible(self) -> QuerySet[Referral]:
        rows = Referral.objects.visible_to(self.request.user).select_related("sender", "receiver")
        return rows.prefetch_related("counterparts")

    def whole(self) -> QuerySet[Referral]:
        people = ("contact", "written_by", "answered_by", "closed_by")
        return self.visible().select_related(
            *(f"{who}__{what}" for who in people for what in ("user", "office"))
        )

    def list(self, request: Request) -> Response:
        """Referrals that you may see, newest first."""
        asked, rows = self.asked(), self.visible()
        if box := asked.get("box"):
            rows = rows.filter(**{"receiver" if box == "received" else "sender": self.by.office_id})
        if "status" in asked:
            rows = rows.filter(status__in=asked["status"])
        if "counterpart" in asked:
            rows = rows.filter(counterparts__reference=asked["counterpart"].upper())
        return self.page(rows)

    def create(self, request: Request) -> Response:
        """Refer something to another office, or to a desk."""
        matter = actions.Matter(**self.said())
        pk, is_new = self.create_once(activity.once, lambda: actions.refer(matter, by=self.by))
        return self.record(self.one(self.whole(), pk=pk), 201 if is_new else 200)

    def retrieve(self, request: Request, reference: str) -> Response:
        """One referral."""
        return self._as_it_is()

    @action(detail=True, methods=["post"], url_path="take-up")
    def take_up(self, request: Request, reference: str) -> Response:
        """Take it up. None of your engagements is begun or changed by it."""
        return self._move(actions.take_up_referral)

    @action(detail=True, methods=["post"])
    def decline(self, request: Request, reference: str) -> Response:
        """Decline it, and say why."""
        return self._move(actions.decline_referral)

    @action(detail=True, methods=["post"])
    def close(self, request: Request, reference: str) -> Response:
        """Say what came of it."""
        return self._move(actions.close_referral)

    @action(detail=True, methods=["post"])
    def correct(self, request: Request, reference: str) -> Response:
        """Say otherwise what came of it. What you said before stays to be read, and the other office is told."""
        return self._move(actions.correct_referral)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, reference: str) -> Response:
        """Take back what was not answered yet."""
        return self._move(actions.withdraw_referral)

    @action(detail=True, methods=["post"])
    def plan(self, request: Request, reference: str) -> Response:
        """Begin a draft of your own with what it says; if you have planned one from it before, this is the answer. The other
        office does not see it."""
        referral = self.found()
        made: list[actions.Planned] = []

        def make() -> Engagement:
            made.append(actions.plan_from_referral(referral, by=self.by))
            return made[0].engagement

        pk, _ = self.create_once(activity.once, make)
        plans = Engagement.objects.visible_to(request.user).select_related("office")
        is_new = any(one.is_new for one in made)
        return self.answer(self.one(plans, pk=pk), 201 if is_new else 200)

    @action(detail=True)
    def timeline(self, request: Request, reference: str) -> Response:
        """What happened to it, newest first."""
        return self.all_of(timeline.of(self.found(), request.user))

    def _move(self, move: Callable[..., Any]) -> Response:
        referral, version = self.found(), self.version()
        move(referral, by=self.by, version=version, **self.said())
        return self._as_it_is()

    def _as_it_is(self) -> Response:
        return self.record(self.one(self.whole(), reference=self.kwargs["reference"].upper()))
