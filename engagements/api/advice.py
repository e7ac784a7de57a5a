from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Member
from activity import actions as activity
from diplomacy.lib.api.views import Route, VersionRequired
from diplomacy.lib.errors import Conflict
from engagements import actions, rules
from engagements.api import examples
from engagements.models import Advice, AdviceRequest, DeskNote
from engagements.serializers.advice import (
    AdviceRequestLineSerializer,
    AdviceRequestQuery,
    AdviceRequestSerializer,
    AdviceSaidSerializer,
    AdviceSerializer,
    AnswerSaidSerializer,
    DeskNoteSerializer,
    QuestionSaidSerializer,
    ResponseSaidSerializer,
    TakeSerializer,
)
from engagements.serializers.plans import NoteSaidSerializer

MOVES = ("take", "question", "answer_question", "give", "respond")


class AdviceRequestRoute(Route):
    order = ("due_on", "id")
    takes = {
        "take": TakeSerializer,
        "question": QuestionSaidSerializer,
        "answer_question": AnswerSaidSerializer,
        "save_draft": AdviceSaidSerializer,
        "give": AdviceSaidSerializer,
        "respond": ResponseSaidSerializer,
        "add_note": NoteSaidSerializer,
    }
    gives = {
        "list": AdviceRequestLineSerializer,
        **dict.fromkeys(("retrieve", *MOVES), AdviceRequestSerializer),
        "draft": AdviceSerializer,
        "save_draft": AdviceSerializer,
        "notes": DeskNoteSerializer,
        "add_note": DeskNoteSerializer,
    }
    queries = {"list": AdviceRequestQuery}
    examples = examples.ADVICE
    lists = frozenset({"list", "notes"})
    once = frozenset({"question", "add_note"})
    replaces = frozenset({"save_draft"})
    versioned = frozenset({"give"})
    tagged = frozenset({"retrieve", "draft", "save_draft"})

    def visible(self) -> QuerySet[AdviceRequest]:
        return AdviceRequest.objects.visible_to(self.request.user).select_related(
            "engagement__office", "desk", "assigned_to__user", "assigned_to__office"
        )

    def found(self) -> AdviceRequest:
        """Who reads what was asked about a restricted engagement has opened it."""
        held: AdviceRequest = super().found()
        actions.note_opened(held.engagement, by=self.by)
        return held

    def list(self, request: Request) -> Response:
        """Requests for advice, the most urgent first."""
        return self.page(self._narrowed(self.visible(), self.asked()))

    def retrieve(self, request: Request, reference: str) -> Response:
        """One request, with the questions and the advice that you may see."""
        return self._as_it_is()

    @action(detail=True, methods=["post"])
    def take(self, request: Request, reference: str) -> Response:
        """Take it, or as the desk's lead give it to a colleague."""
        held, said = self.found(), self.said()
        actions.take(held, by=self.by, to=self._colleague(said["to"]) if "to" in said else None)
        return self._as_it_is()

    @action(detail=True, methods=["post"], url_path="questions")
    def question(self, request: Request, reference: str) -> Response:
        """Ask the office. The clock waits until it answers."""
        held, said = self.found(), self.said()
        _, is_new = self.create_once(activity.once, lambda: actions.ask_question(held, by=self.by, **said))
        return self._as_it_is(201 if is_new else 200)

    @action(detail=True, methods=["post"], url_path="answer")
    def answer_question(self, request: Request, reference: str) -> Response:
        """Answer the desk's question."""
        held, said = self.found(), self.said()
        questions = list(held.questions.all())
        if not questions:
            rules.require_advice("answer", held, self.by)
            raise Conflict("No question waits for an answer.")
        question = questions[: said.pop("number", None)][-1]
        actions.answer_question(question, by=self.by, **said)
        return self._as_it_is()

    @action(detail=True)
    def draft(self, request: Request, reference: str) -> Response:
        """The advice that its desk has not released yet."""
        return self.record(self._draft(self.found()))

    @draft.mapping.put
    def save_draft(self, request: Request, reference: str) -> Response:
        """Write or rewrite advice. Nobody outside the desk sees it."""
        held, version = self.found(), self._draft_version()
        if version is None:
            raise VersionRequired
        advice = actions.draft_advice(held, by=self.by, version=version, **self.said())
        return self.record(advice)

    @action(detail=True, methods=["post"])
    def give(self, request: Request, reference: str) -> Response:
        """Release advice to the office. If-Match is the draft's ETag."""
        held, version = self.found(), self._draft_version()
        actions.give_advice(held, by=self.by, version=version, **self.said())
        return self._as_it_is()

    @action(detail=True, methods=["post"])
    def respond(self, request: Request, reference: str) -> Response:
        """Say what the office did with the advice."""
        held, said = self.found(), self.said()
        advice = (
            self._advice().filter(request=held, number=said.pop("number"), released_at__isnull=False).first()
        )
        if advice is None:
            rules.require_advice("respond", held, self.by)
            raise exceptions.ValidationError({"number": ["There is no advice of this number."]})
        actions.respond(advice, by=self.by, **said)
        return self._as_it_is()

    @action(detail=True, url_path="desk-notes")
    def notes(self, request: Request, reference: str) -> Response:
        """Notes that stay inside the desk, newest first."""
        return self.page(self._notes().filter(request=self.found()), ("-id",))

    @notes.mapping.post
    def add_note(self, request: Request, reference: str) -> Response:
        """Add a note that stays inside the desk."""
        held, said = self.found(), self.said()
        pk, is_new = self.create_once(activity.once, lambda: actions.note_for_desk(held, by=self.by, **said))
        return self.answer(self.one(self._notes(), pk=pk), 201 if is_new else 200)

    def _as_it_is(self, status: int = 200) -> Response:
        rows = self.visible().prefetch_related(
            Prefetch("advice", self._advice()),
            "questions__asked_by__user",
            "questions__asked_by__office",
            "questions__answered_by__user",
            "questions__answered_by__office",
        )
        held = self.one(rows, reference=self.kwargs["reference"].upper())
        actions.note_opened(held.engagement, by=self.by)
        return self.record(held, status)

    def _advice(self) -> QuerySet[Advice]:
        return Advice.objects.visible_to(self.request.user).select_related(
            "written_by__user",
            "written_by__office",
            "response__responded_by__user",
            "response__responded_by__office",
        )

    def _draft(self, held: AdviceRequest) -> Any:
        return self.one(self._advice(), request=held, released_at=None)

    def _draft_version(self) -> int | None:
        """`If-None-Match: *` says that there was no draft when one looked."""
        if self.request.headers.get("If-None-Match", "").strip() == "*":
            return 0
        return self.version()

    def _notes(self) -> QuerySet[DeskNote]:
        return DeskNote.objects.visible_to(self.request.user).select_related(
            "written_by__user", "written_by__office"
        )

    def _colleague(self, email: str) -> Member:
        found = Member.objects.visible_to(self.request.user).of_office(self.by.office)
        member: Member | None = next(
            (held for held in found.filter(user__email__iexact=email) if held.advises), None
        )
        if member is None:
            raise exceptions.ValidationError({"to": ["Choose a liaison of this desk."]})
        return member

    def _narrowed(self, rows: QuerySet[AdviceRequest], asked: dict[str, Any]) -> QuerySet[AdviceRequest]:
        if asked.get("mine", True):
            rows = rows.filter(**{"desk" if self.by.is_federal else "engagement__office": self.by.office})
        if asked.get("open"):
            rows = rows.open()  # type: ignore[attr-defined]
        if asked.get("assigned"):
            rows = rows.filter(assigned_to=self.by)
        named = {column: asked[name] for name, column in COLUMNS.items() if name in asked}
        return rows.filter(**named)


COLUMNS = {
    "status": "status__in",
    "desk": "desk__reference",
    "engagement": "engagement__reference",
}
