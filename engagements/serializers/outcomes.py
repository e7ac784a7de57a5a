"""What came of an engagement."""

from typing import Any

from rest_framework import serializers

from accounts.serializers import MemberNameSerializer
from diplomacy.lib.api.shapes import Code, Flag, Query, Strict, StrictModel, Text
from engagements.models import Commitment, Engagement, OutcomeReport

REPORTED = ["summary", "follow_up", "gifts", "gifts_value", "hosted_travel", "hosted_travel_value"]


class ReportSerializer(serializers.ModelSerializer[OutcomeReport]):
    written_by = MemberNameSerializer(read_only=True)

    class Meta:
        model = OutcomeReport
        fields = [*REPORTED, "written_by", "written_at"]


class ReportSaidSerializer(StrictModel):
    class Meta:
        model = OutcomeReport
        fields = REPORTED
        extra_kwargs: dict[str, Any] = {
            "gifts_value": {"min_value": 0},
            "hosted_travel_value": {"min_value": 0},
        }


class CommitmentSerializer(serializers.ModelSerializer[Commitment]):
    engagement = serializers.SlugRelatedField[Engagement](slug_field="reference", read_only=True)

    class Meta:
        model = Commitment
        fields = ["reference", "engagement", "text", "side", "owner", "due_on", "evidence", "closed_at"]


class CommitmentSaidSerializer(StrictModel):
    class Meta:
        model = Commitment
        fields = ["text", "side", "owner", "due_on"]


class ClosingSerializer(Strict):
    evidence = Text(max_length=3000, help_text="How it was met.")


class CommitmentQuery(Query):
    open = Flag(required=False)
    engagement = Code(max_length=12, required=False, help_text="By reference.")
    office = Code(max_length=12, required=False, help_text="By reference.")
