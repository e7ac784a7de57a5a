from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.http import Http404
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activity import actions as activity
from diplomacy.lib.api.views import Route
from diplomacy.lib.readers import ProtectedQuerySet
from engagements import actions, clock, coordination, routing
from engagements.api import examples
from engagements.models import CoordinatorQuestion, Overlap, OverlapMessage, OverlapSide
from engagements.querysets import OverlapQuerySet, OverlapSideQuerySet
from engagements.serializers.overlaps import (
    AnswerOfficeSerializer,
    AsideSerializer,
    CoordinatorQuestionSerializer,
    CrossingCountQuery,
    CrossingCountSerializer,
    OverlapMessageSerializer,
    OverlapQuery,
    OverlapSerializer,
    OverlapSideCountSerializer,
    OverlapSideQuery,
    OverlapSideSerializer,
    OverlapSideWholeSerializer,
    OverlapTextSerializer,
)

MOVES = ("ask", "introduce", "decline", "withdraw", "set_aside", "take_up")
COUNTED = ("country", "starts_on", "count")
SPANS = {"country_week": 13 * coordination.A_WEEK - coordination.A_DAY} | dict.fromkeys(
    ("week", "day"), coordination.A_YEAR
)
COUNTS: dict[str, Callable[[OverlapQuerySet], Iterable[tuple[Any, ...]]]] = {
    "country_week": lambda rows: ((code, week, count) for week, code, count in rows.by_week_and_country()),
    "country": lambda rows: ((code, None, count) for code, count in rows.by_country()),
    "week": lambda rows: ((None, week, count) for week, count in rows.by_week()),
    "day": lambda rows: ((None, day, count) for day, count in rows.by_day()),
}


def asked(request: Request) -> ProtectedQuerySet:
    rows = CoordinatorQuestion.objects.visible_to(request.user)
    related = ("asked_by__user", "asked_by__office", "answered_by__user", "answered_by__office")
    return rows.select_related(*related)


class OverlapSideRoute(Route):
    """An office's half of the plans that cross its own."""

    order = ("day", "reference")
    takes = {
        "set_aside": AsideSerializer,
        "write": OverlapTextSerializer,
        "ask_coordinator": OverlapTextSerializer,
    }
    gives = {
        "list": OverlapSideSerializer,
        "counts": OverlapSideCountSerializer,
        **dict.fromkeys(("retrieve", *MOVES), OverlapSideWholeSerializer),
        "thread": OverlapMessageSerializer,
        "write": OverlapMessageSerializer,
        "questions": CoordinatorQuestionSerializer,
        "ask_coordinator": CoordinatorQuestionSerializer,
    }
    queries = {"list": OverlapSideQuery}
    examples = examples.OVERLAPS
    lists = frozenset({"list", "counts", "thread", "questions"})
    once = frozenset({"write", "ask_coordinator"})
    tagged = frozenset({"retrieve", *MOVES})

    def visible(self) -> OverlapSideQuerySet:
        sides = OverlapSide.objects.visible_to(self.request.user).with_plan().with_whom_to_ask()
        return sides.in_order_of_plans()

    def list(self, request: Request) -> Response:
        """Plans of other offices that may cross yours, as far as those offices let you know. Open ones by default; by the
        first day of your own plan."""
        said, rows = self.asked(), self.visible()
        if "engagement" in said:
            rows = rows.filter(engagement__reference=said["engagement"])
        rows = rows.filter(set_aside_at__isnull=not said.get("set_aside", False))
        return self.page(rows.filter(has_ended=said.get("ended", False)))

    @action(detail=False)
    def counts(self, request: Request) -> Response:
        """How many are open, how many you have set aside, and how many are over."""
        found = OverlapSide.objects.visible_to(request.user).counts()
        return self.all_of([{"state": state, "count": count} for state, count in found.items()])

    def retrieve(self, request: Request, reference: str) -> Response:
        """One of them."""
        return self.record(self.found())

    @action(detail=True, methods=["post"])
    def ask(self, request: Request, reference: str) -> Response:
        """Ask to be introduced. If the other office agrees, each of you is told who the other is."""
        return self._move(actions.ask_introduction)

    @action(detail=True, methods=["post"])
    def introduce(self, request: Request, reference: str) -> Response:
        """Let the other office know who you are; the answer, too, to an office that asks to be introduced."""
        return self._move(actions.introduce)

    @action(detail=True, methods=["post"])
    def decline(self, request: Request, reference: str) -> Response:
        """Not now. The other office hears nothing of it."""
        return self._move(actions.decline_introduction)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, reference: str) -> Response:
        """Take an introduction back. The other office is told that it no longer sees who you are; what you wrote to each
        other is closed to both until you know each other again."""
        return self._move(actions.withdraw_introduction)

    @action(detail=True, methods=["post"], url_path="set-aside")
    def set_aside(self, request: Request, reference: str) -> Response:
        """Set it aside, with a reason, for your office only."""
        return self._move(actions.set_aside)

    @action(detail=True, methods=["post"], url_path="take-up")
    def take_up(self, request: Request, reference: str) -> Response:
        """Take up again what was set aside."""
        return self._move(actions.take_up)

    @action(detail=True, url_path="messages")
    def thread(self, request: Request, reference: str) -> Response:
        """What the two offices wrote to each other, newest first."""
        return self.page(self._messages().filter(overlap=self.found().overlap_id), ("-id",))

    @thread.mapping.post
    def write(self, request: Request, reference: str) -> Response:
        """Write to the other office, while each of you knows the other."""
        side, said = self.found(), self.said()
        pk, is_new = self.create_once(activity.once, lambda: actions.write_to_other(side, by=self.by, **said))
        return self.answer(self.one(self._messages(), pk=pk), 201 if is_new else 200)

    @action(detail=True)
    def questions(self, request: Request, reference: str) -> Response:
        """What your office asked the federal coordinators, newest first."""
        return self.page(asked(self.request).filter(side=self.found()), ("-id",))

    @questions.mapping.post
    def ask_coordinator(self, request: Request, reference: str) -> Response:
        """Ask the federal coordinators. The other office learns nothing of it."""
        side, said = self.found(), self.said()
        pk, is_new = self.create_once(
            activity.once, lambda: actions.ask_coordinator(side, by=self.by, **said)
        )
        return self.answer(self.one(asked(self.request), pk=pk), 201 if is_new else 200)

    def _move(self, move: Callable[..., Any]) -> Response:
        move(self.found(), by=self.by, **self.said())
        return self.record(self.found())

    def _messages(self) -> ProtectedQuerySet:
        rows = OverlapMessage.objects.visible_to(self.request.user)
        return rows.select_related("written_by__user", "written_by__office")


class OverlapRoute(Route):
    """Both halves, for federal coordinators."""

    order: Sequence[str] = ("crosses_on", "id")
    takes = {"answer_office": AnswerOfficeSerializer}
    gives = {
        "list": OverlapSerializer,
        "counts": CrossingCountSerializer,
        "retrieve": OverlapSerializer,
        "questions": CoordinatorQuestionSerializer,
        "answer_office": CoordinatorQuestionSerializer,
    }
    queries = {"list": OverlapQuery, "counts": CrossingCountQuery}
    examples = examples.COORDINATION
    lists = frozenset({"list", "counts", "questions"})

    def visible(self) -> OverlapQuerySet:
        return Overlap.objects.visible_to(self.request.user).select_related("first__office", "second__office")

    def list(self, request: Request) -> Response:
        """Open overlaps of plans that you may see."""
        assert self.paginator is not None
        places = self.paginator.paginate_queryset(self._narrowed(self.asked()).by_place(), request, self)
        rows = self.visible().in_bulk([place.pk for place in places or ()])
        found = [rows[place.pk] for place in places or () if place.pk in rows]
        return self.paginator.get_paginated_response(self.shown(found, many=True))

    @action(detail=False)
    def counts(self, request: Request) -> Response:
        """How many open overlaps of plans that you may see cross where and when. What crosses in two countries counts in
        both. By week or day a year at most, by country and week 13 weeks: from `since` (or this week) on."""
        said = self.asked()
        by = said.pop("by", "country_week")
        rows = self._narrowed(said)
        if by != "country":
            since = said.get("week") or said.get("since") or coordination.monday(clock.today())
            rows = rows.between(since, since + SPANS[by])
        only = self._countries(said)
        found = [dict(zip(COUNTED, row, strict=True)) for row in COUNTS[by](rows)]
        return self.all_of([row for row in found if not only or row["country"] in {None, *only}])

    def _narrowed(self, said: dict[str, Any]) -> OverlapQuerySet:
        rows = (
            Overlap.objects.visible_to(self.request.user).open().between(said.get("since"), said.get("until"))
        )
        if "week" in said:
            rows = rows.between(said["week"], coordination.sunday(said["week"]))
        if only := self._countries(said):
            rows = rows.crossing_in(only)
        if "engagement" in said:
            named = said["engagement"]
            rows = rows.filter(Q(first__reference=named) | Q(second__reference=named))
        if "touch" in said:
            rows = rows.filter(touch=said["touch"])
        if "mutual" in said:
            rows = rows.filter(is_mutual=said["mutual"])
        if "waits" in said:
            rows = rows.waiting(CoordinatorQuestion.objects.visible_to(self.request.user), said["waits"])
        return rows

    def _countries(self, said: dict[str, Any]) -> Sequence[str]:
        """Those that were asked for; none: all."""
        if "country" in said:
            return [said["country"]]
        return routing.countries_of(self.by.office) if said.get("covered") else []

    def retrieve(self, request: Request, reference: str) -> Response:
        """One overlap, with both plans."""
        return Response(self.shown(self.found()))

    @action(detail=True)
    def questions(self, request: Request, reference: str) -> Response:
        """What the two offices ask the coordinators, newest first."""
        return self.page(asked(self.request).filter(overlap=self.found()), ("-id",))

    @action(detail=True, methods=["post"], url_path="answer")
    def answer_office(self, request: Request, reference: str) -> Response:
        """Answer a question. Only the office that asked it reads the answer."""
        row, said = self.found(), self.said()
        if said["question"].overlap_id != row.pk:
            raise Http404
        held = actions.answer_office(said["question"], by=self.by, text=said["text"])
        return self.answer(self.one(asked(self.request), pk=held.pk))
