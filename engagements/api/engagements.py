from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activity import actions as activity
from activity import timeline
from activity.serializers import EntrySerializer
from diplomacy.lib.api.shapes import Reason
from diplomacy.lib.api.views import Route
from diplomacy.lib.readers import office as office_key
from engagements import actions, versions
from engagements.api import examples
from engagements.choices import Status
from engagements.models import AdviceRequest, Commitment, Engagement
from engagements.querysets import EngagementQuerySet
from engagements.serializers.advice import AdviceRequestLineSerializer, AskSerializer
from engagements.serializers.outcomes import (
    CommitmentSaidSerializer,
    CommitmentSerializer,
    ReportSaidSerializer,
    ReportSerializer,
)
from engagements.serializers.plans import (
    ChangeSerializer,
    DifferencesQuery,
    EngagementLineSerializer,
    EngagementQuery,
    EngagementSerializer,
    NoteSaidSerializer,
    OfficeNoteSerializer,
    PlanSerializer,
    ResumeSerializer,
    ShareSerializer,
    VersionSerializer,
)

PARTS = {"counterparts", "stops", "participants"}
NEWEST = ("-id",)
MOVES = ("file", "postpone", "resume", "cancel", "hold", "share")


class EngagementRoute(Route):
    order = ("-starts_on", "-id")
    takes = {
        "create": PlanSerializer,
        "partial_update": PlanSerializer,
        "postpone": Reason,
        "cancel": Reason,
        "resume": ResumeSerializer,
        "share": ShareSerializer,
        "write_report": ReportSaidSerializer,
        "add_note": NoteSaidSerializer,
        "add_commitment": CommitmentSaidSerializer,
        "ask": AskSerializer,
    }
    gives = {
        "list": EngagementLineSerializer,
        **dict.fromkeys(("create", "retrieve", "partial_update", *MOVES), EngagementSerializer),
        "report": ReportSerializer,
        "write_report": ReportSerializer,
        "notes": OfficeNoteSerializer,
        "add_note": OfficeNoteSerializer,
        "commitments": CommitmentSerializer,
        "add_commitment": CommitmentSerializer,
        "ask": AdviceRequestLineSerializer,
        "versions": VersionSerializer,
        "differences": ChangeSerializer,
        "timeline": EntrySerializer,
    }
    queries = {"list": EngagementQuery, "differences": DifferencesQuery}
    examples = examples.ENGAGEMENTS
    lists = frozenset({"list", "notes", "commitments", "versions", "differences", "timeline"})
    once = frozenset({"create", "write_report", "add_note", "add_commitment", "ask"})
    replaces = frozenset({"partial_update", "share"})
    versioned = frozenset({"file", "postpone", "resume", "cancel", "hold", "write_report"})
    tagged = frozenset({"retrieve", "partial_update", *MOVES})

    def visible(self) -> EngagementQuerySet:
        visible: EngagementQuerySet = Engagement.objects.visible_to(self.request.user)
        return visible

    def found(self) -> Engagement:
        engagement: Engagement = super().found()
        actions.note_opened(engagement, by=self.by)
        return engagement

    def whole(self) -> QuerySet[Engagement]:
        rows = self.visible().select_related("office", "contact__user", "contact__office")
        return rows.prefetch_related(
            "counterparts", "stops", "flags", "participants__official", "participants__counterpart"
        )

    def list(self, request: Request) -> Response:
        """Engagements that you may see: undated drafts first, then by date, latest first."""
        rows = self._narrowed(self.visible().listed_for(request.user), self.asked())
        return self.page(rows.select_related("office").prefetch_related("counterparts"))

    def create(self, request: Request) -> Response:
        """Start a draft, which only your office sees."""
        plan = _plan(self.said())
        pk, is_new = self.create_once(activity.once, lambda: actions.draft(plan, by=self.by))
        return self.record(self.one(self.whole(), pk=pk), 201 if is_new else 200)

    def retrieve(self, request: Request, reference: str) -> Response:
        """One engagement."""
        return self._as_it_is()

    def partial_update(self, request: Request, reference: str) -> Response:
        """Save a draft, or amend what was filed. Lists that you send replace the ones there were."""
        engagement, version = self.found(), self.version()
        plan = _plan(self.said(partial=True))
        write = actions.save if engagement.status == Status.DRAFT else actions.amend
        write(engagement, plan, by=self.by, version=engagement.version if version is None else version)
        return self._as_it_is()

    @action(detail=True, methods=["post"])
    def file(self, request: Request, reference: str) -> Response:
        """Tell the federal desks, and those it is shared with. Filing late is accepted."""
        return self._move(actions.file)

    @action(detail=True, methods=["post"])
    def postpone(self, request: Request, reference: str) -> Response:
        """Postpone it, without new dates for now."""
        return self._move(actions.postpone)

    @action(detail=True, methods=["post"])
    def resume(self, request: Request, reference: str) -> Response:
        """Give a postponed engagement new dates."""
        return self._move(actions.resume)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, reference: str) -> Response:
        """Cancel it. Open requests for advice are withdrawn."""
        return self._move(actions.cancel)

    @action(detail=True, methods=["post"])
    def hold(self, request: Request, reference: str) -> Response:
        """Say that it took place."""
        return self._move(actions.hold)

    @action(detail=True, methods=["post"])
    def share(self, request: Request, reference: str) -> Response:
        """Choose who may see it. The names that you send replace those there were."""
        return self._move(actions.share)

    @action(detail=True)
    def report(self, request: Request, reference: str) -> Response:
        """What came of it."""
        return self.answer(self._report(self.found()))

    @report.mapping.post
    def write_report(self, request: Request, reference: str) -> Response:
        """Say what came of it."""
        engagement, version, said = self.found(), self.version(), self.said()
        _, is_new = self.create_once(
            activity.once, lambda: actions.report(engagement, by=self.by, version=version, **said)
        )
        return self.answer(self._report(engagement), 201 if is_new else 200)

    @action(detail=True)
    def notes(self, request: Request, reference: str) -> Response:
        """Notes that stay in the owning office. To others they do not exist."""
        return self.page(self._notes(self.found()), NEWEST)

    @notes.mapping.post
    def add_note(self, request: Request, reference: str) -> Response:
        """Add a note that stays in the owning office."""
        engagement, said = self.found(), self.said()
        pk, is_new = self.create_once(
            activity.once, lambda: actions.note_for_office(engagement, by=self.by, **said)
        )
        return self.answer(self.one(self._notes(engagement), pk=pk), 201 if is_new else 200)

    @action(detail=True)
    def commitments(self, request: Request, reference: str) -> Response:
        """What each side has taken on, newest first."""
        return self.page(self._commitments().filter(engagement=self.found()), NEWEST)

    @commitments.mapping.post
    def add_commitment(self, request: Request, reference: str) -> Response:
        """Add what one side has taken on."""
        engagement, said = self.found(), self.said()
        pk, is_new = self.create_once(
            activity.once, lambda: actions.add_commitment(engagement, by=self.by, **said)
        )
        return self.answer(self.one(self._commitments(), pk=pk), 201 if is_new else 200)

    @action(detail=True, methods=["post"])
    def ask(self, request: Request, reference: str) -> Response:
        """Ask one desk in particular for advice."""
        engagement, said = self.found(), self.said()
        pk, is_new = self.create_once(
            activity.once, lambda: actions.request_advice(engagement, by=self.by, **said)
        )
        asked = AdviceRequest.objects.visible_to(request.user).select_related(
            "engagement__office", "desk", "assigned_to"
        )
        return self.answer(self.one(asked, pk=pk), 201 if is_new else 200)

    @action(detail=True)
    def versions(self, request: Request, reference: str) -> Response:
        """What it said at each filed change, newest first."""
        kept = self.found().versions.select_related("changed_by__user", "changed_by__office")
        return self.page(kept, NEWEST)

    @action(detail=True)
    def differences(self, request: Request, reference: str) -> Response:
        """What changed since the version that you read."""
        asked, engagement = self.asked(), self.found()
        wanted = (asked["since"], asked.get("until", engagement.filed_version))
        numbered = dict(engagement.versions.filter(number__in=wanted).values_list("number", "said"))
        before, after = (numbered.get(number) for number in wanted)
        if after is None or (before is None and asked["since"]):
            raise Http404
        return self.all_of(versions.changes(before or {}, after))

    @action(detail=True)
    def timeline(self, request: Request, reference: str) -> Response:
        """What happened to it, newest first, as far as it is yours to see."""
        return self.all_of(timeline.of(self.found(), request.user))

    def _move(self, move: Callable[..., Any]) -> Response:
        engagement, version = self.found(), self.version()
        move(engagement, by=self.by, version=version, **self.said())
        return self._as_it_is()

    def _as_it_is(self) -> Response:
        engagement = self.one(self.whole(), reference=self.kwargs["reference"].upper())
        actions.note_opened(engagement, by=self.by)
        return self.record(engagement)

    def _report(self, engagement: Engagement) -> Any:
        report = getattr(engagement, "outcome_report", None)
        if report is None:
            raise Http404
        return report

    def _notes(self, engagement: Engagement) -> QuerySet[Any]:
        if office_key(engagement.office_id) not in self.request.user.reader_keys:  # type: ignore[union-attr]
            raise Http404
        return engagement.office_notes.select_related("written_by__user", "written_by__office")

    def _commitments(self) -> QuerySet[Commitment]:
        return Commitment.objects.visible_to(self.request.user).select_related("engagement")

    def _narrowed(self, rows: QuerySet[Engagement], asked: dict[str, Any]) -> QuerySet[Engagement]:
        for name, value in asked.items():
            rows = NARROWED[name](rows, value) if name in NARROWED else rows.filter(**{COLUMNS[name]: value})
        return rows


NARROWED: dict[str, Callable[[Any, Any], QuerySet[Engagement]]] = {
    "country": lambda rows, country: rows.touching(country),
    "counterpart": lambda rows, reference: rows.meeting(counterpart__reference=reference),
    "q": lambda rows, words: rows.titled(words),
    "topic": lambda rows, topic: rows.filter(topics__contains=[topic]),
}
COLUMNS = {
    "office": "office__reference",
    "status": "status__in",
    "kind": "kind__in",
    "since": "ends_on__gte",
    "until": "starts_on__lte",
}


def _plan(said: dict[str, Any]) -> actions.Plan:
    fields = {name: value for name, value in said.items() if name not in PARTS}
    return actions.Plan(fields=fields, **{name: said[name] for name in PARTS & said.keys()})
