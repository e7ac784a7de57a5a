from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from diplomacy.lib.api.views import Route
from engagements import actions
from engagements.models import Commitment
from engagements.serializers.outcomes import ClosingSerializer, CommitmentQuery, CommitmentSerializer


class CommitmentRoute(Route):
    takes = {"close": ClosingSerializer}
    gives = {"list": CommitmentSerializer, "retrieve": CommitmentSerializer, "close": CommitmentSerializer}
    queries = {"list": CommitmentQuery}
    examples = {"close": {"evidence": "Data exchange signed on 3 June; first files received."}}

    def visible(self) -> QuerySet[Commitment]:
        return Commitment.objects.visible_to(self.request.user).select_related("engagement")

    def found(self) -> Commitment:
        """Who reads what a restricted engagement agreed has opened it."""
        held: Commitment = super().found()
        actions.note_opened(held.engagement, by=self.by)
        return held

    def list(self, request: Request) -> Response:
        """Commitments of the engagements that you may see, newest first."""
        asked, rows = self.asked(), self.visible()
        if asked.pop("open", False):
            rows = rows.open()  # type: ignore[attr-defined]
        named = {"engagement": "engagement__reference", "office": "engagement__office__reference"}
        return self.page(rows.filter(**{named[name]: value for name, value in asked.items()}))

    def retrieve(self, request: Request, reference: str) -> Response:
        """One commitment."""
        return self.answer(self.found())

    @action(detail=True, methods=["post"])
    def close(self, request: Request, reference: str) -> Response:
        """Say how it was met."""
        commitment = self.found()
        return self.answer(actions.close_commitment(commitment, by=self.by, **self.said()))
