"""The briefers' side, and the copies of their readers."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.signin.step_up import require_step_up
from activity import actions as activity
from activity import timeline
from activity.serializers import EntrySerializer
from briefings import actions, directory, preview, receipts, rules
from briefings.choices import Status
from briefings.models import Briefing, Delivery, ReaderQuestion
from briefings.serializers import (
    AskedSerializer,
    BriefingLineSerializer,
    BriefingQuery,
    BriefingSerializer,
    DeliveryLineSerializer,
    DeliveryQuery,
    DeliverySerializer,
    PreviewSerializer,
    ReaderAnswerSaidSerializer,
    ReaderQuestionSaidSerializer,
    ReaderQuestionSerializer,
    RecallSerializer,
    ReceiptSerializer,
    ReleaseSerializer,
    TargetQuery,
    TargetSerializer,
    WritingSerializer,
)
from diplomacy.lib.api.shapes import Reason
from diplomacy.lib.api.views import Route
from diplomacy.lib.errors import Conflict

PARTS = {"sections", "audience"}
NARROWED = "Rules that narrow a section go with the sections: send the audience too."
EXAMPLE = {
    "title": "Before the water dialogue",
    "acknowledge_by": "2027-03-05",
    "sections": [{"heading": "In short", "body": "Ask about the river.", "label": "AMBER"}],
    "audience": [{"who": "country:MX", "days": 30, "role": "principal"}],
}


class BriefingRoute(Route):
    takes: ClassVar = {
        "create": WritingSerializer,
        "partial_update": WritingSerializer,
        "return_to_author": Reason,
        "release": ReleaseSerializer,
        "recall": RecallSerializer,
        "answer_question": ReaderAnswerSaidSerializer,
    }
    gives: ClassVar = {
        "list": BriefingLineSerializer,
        **dict.fromkeys(
            ("create", "retrieve", "partial_update", "submit", "return_to_author", "release", "recall"),
            BriefingSerializer,
        ),
        "preview": PreviewSerializer,
        "receipts": ReceiptSerializer,
        "questions": AskedSerializer,
        "answer_question": AskedSerializer,
        "timeline": EntrySerializer,
        "targets": TargetSerializer,
    }
    queries: ClassVar = {"list": BriefingQuery, "targets": TargetQuery}
    examples: ClassVar = {
        "create": EXAMPLE,
        "partial_update": {"title": "Before the water dialogue in March"},
        "return_to_author": {"reason": "Name the source of the second section."},
        "release": {"seen": "6f1ed002ab5595859014ebf0951522d9"},
        "recall": {"reason": "A name was wrong."},
        "answer_question": {"text": "The commission meets on Tuesday."},
    }
    lists = frozenset({"list", "receipts", "questions", "timeline", "targets"})
    once = frozenset({"create"})
    replaces = frozenset({"partial_update"})
    by_status = frozenset({"preview"})
    versioned = frozenset({"submit", "return_to_author", "release", "recall"})
    tagged = frozenset({"retrieve", "partial_update", "submit", "return_to_author", "release", "recall"})

    def visible(self) -> QuerySet[Briefing]:
        rows = Briefing.objects.visible_to(self.request.user).select_related(
            "office", "author", "released_by"
        )
        return rows.with_counts()

    def whole(self) -> QuerySet[Briefing]:
        parts = ("user", "office", "coalition", "division", "counterpart", "section")
        return self.visible().prefetch_related("sections", *(f"audience__{part}" for part in parts))

    def list(self, request: Request) -> Response:
        """What the briefers of your office write and have released, newest first."""
        asked = self.asked()
        rows = self.visible()
        return self.page(rows.filter(status__in=asked["status"]) if "status" in asked else rows)

    def create(self, request: Request) -> Response:
        """Start a briefing that only the briefers of your office see."""
        rules.require_briefer(self.by)
        writing = _writing(self.said())
        pk, is_new = self.create_once(activity.once, lambda: actions.draft(writing, by=self.by))
        return self.record(self.one(self.whole(), pk=pk), 201 if is_new else 200)

    def retrieve(self, request: Request, reference: str) -> Response:
        """One briefing, as its briefers see it."""
        return self._as_it_is()

    def partial_update(self, request: Request, reference: str) -> Response:
        """Change a draft. Lists that you send replace the ones there were."""
        briefing, version = self.found(), self.version()
        said = self.said(partial=True)
        if "sections" in said and "audience" not in said and briefing.audience.exclude(section=None).exists():
            raise exceptions.ValidationError({"audience": [NARROWED]})
        actions.change(
            briefing, _writing(said), by=self.by, version=briefing.version if version is None else version
        )
        return self._as_it_is()

    @action(detail=True, methods=["post"])
    def submit(self, request: Request, reference: str) -> Response:
        """Ask the other briefers of the office for release."""
        return self._move(actions.submit)

    @action(detail=True, methods=["post"], url_path="return")
    def return_to_author(self, request: Request, reference: str) -> Response:
        """Return it to its author, or as its author take it back."""
        return self._move(actions.return_to_author)

    @action(detail=True, methods=["post"])
    def release(self, request: Request, reference: str) -> Response:
        """Make a copy for each reader. Another briefer than the author does this, signed in on the website just now."""
        require_step_up(request)
        return self._move(actions.release)

    @action(detail=True, methods=["post"])
    def recall(self, request: Request, reference: str) -> Response:
        """Take every copy back. Signed in on the website just now."""
        require_step_up(request)
        return self._move(actions.recall)

    @action(detail=True)
    def preview(self, request: Request, reference: str) -> Response:
        """Who would receive which cut if it were released now."""
        briefing = self.found()
        if briefing.status not in {Status.DRAFT, Status.SUBMITTED}:
            raise Conflict("It has been released: the receipts say who received it.")
        return self.answer(preview.of(briefing))

    @action(detail=True)
    def receipts(self, request: Request, reference: str) -> Response:
        """What became of each copy."""
        assert self.paginator is not None
        copies = self.found().deliveries.select_related("briefing", "recipient", "member__office")
        found: Any = self.paginator.paginate_queryset(copies, request, self)
        return self.paginator.get_paginated_response(self.shown(receipts.of(found or []), many=True))

    @action(detail=True)
    def questions(self, request: Request, reference: str) -> Response:
        """What readers have asked."""
        return self.page(self._questions())

    @action(
        detail=True, methods=["post"], url_path=r"questions/(?P<question>[A-Za-z]{2}-[0-9A-Za-z]{8})/answer"
    )
    def answer_question(self, request: Request, reference: str, question: str) -> Response:
        """Answer the reader who asked."""
        asked, said = self.one(self._questions(), reference=question.upper()), self.said()
        actions.answer(asked, by=self.by, **said)
        return self.answer(self.one(self._questions(), pk=asked.pk))

    @action(detail=True)
    def timeline(self, request: Request, reference: str) -> Response:
        """What happened to it, newest first."""
        return self.all_of(timeline.of(self.found(), request.user))

    @action(detail=False)
    def targets(self, request: Request) -> Response:
        """Whom a briefing can be for, found by name: for briefers."""
        rules.require_briefer(self.by)
        return self.all_of(directory.find(self.asked()["q"], by=self.by))

    def _move(self, move: Callable[..., Any]) -> Response:
        briefing, version = self.found(), self.version()
        move(briefing, by=self.by, version=version, **self.said())
        return self._as_it_is()

    def _as_it_is(self) -> Response:
        return self.record(self.one(self.whole(), reference=self.kwargs["reference"].upper()))

    def _questions(self) -> QuerySet[ReaderQuestion]:
        asked = ReaderQuestion.objects.visible_to(self.request.user).filter(delivery__briefing=self.found())
        return asked.select_related(
            "delivery__recipient", "delivery__briefing__office", "answered_by__office"
        )


class DeliveryRoute(Route):
    takes: ClassVar = {"ask": ReaderQuestionSaidSerializer}
    gives: ClassVar = {
        "list": DeliveryLineSerializer,
        "retrieve": DeliverySerializer,
        "acknowledge": DeliverySerializer,
        "ask": ReaderQuestionSerializer,
    }
    queries: ClassVar = {"list": DeliveryQuery}
    examples: ClassVar = {"ask": {"text": "Who will be at the table?"}}
    once = frozenset({"ask"})

    def visible(self) -> QuerySet[Delivery]:
        return Delivery.objects.visible_to(self.request.user).select_related(
            "briefing__office", "member__office"
        )

    def whole(self) -> QuerySet[Delivery]:
        return self.visible().prefetch_related("sections", "questions__answered_by__office")

    def list(self, request: Request) -> Response:
        """Briefings made for you, newest first. Listing them opens none."""
        asked, rows = self.asked(), self.visible()
        if asked.get("unopened"):
            rows = rows.unopened()  # type: ignore[attr-defined]
        if asked.get("to_acknowledge"):
            rows = rows.to_acknowledge()  # type: ignore[attr-defined]
        return self.page(rows)

    def retrieve(self, request: Request, reference: str) -> Response:
        """Read your copy. The first time is noted, as on the page: its briefers see that you opened it."""
        delivery = self.found()
        if delivery.is_readable and request.method == "GET":
            actions.mark_opened(delivery, by=self.by)
        return self.answer(self._again())

    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, reference: str) -> Response:
        """Say that you have read and understood it."""
        actions.acknowledge(self.found(), by=self.by)
        return self.answer(self._again())

    @action(detail=True, methods=["post"], url_path="questions")
    def ask(self, request: Request, reference: str) -> Response:
        """Ask the briefers."""
        delivery, said = self.found(), self.said()
        pk, is_new = self.create_once(activity.once, lambda: actions.ask(delivery, by=self.by, **said))
        asked = ReaderQuestion.objects.visible_to(request.user).select_related("answered_by__office")
        return self.answer(self.one(asked, pk=pk), 201 if is_new else 200)

    def _again(self) -> Any:
        return self.one(self.whole(), reference=self.kwargs["reference"].upper())


def _writing(said: dict[str, Any]) -> actions.Writing:
    fields = {name: value for name, value in said.items() if name not in PARTS}
    return actions.Writing(fields=fields, **{name: said[name] for name in PARTS & said.keys()})
