"""Plans that cross: an office's half of each, and both halves for coordinators."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import MemberNameSerializer, OfficeNameSerializer
from diplomacy.lib.api.shapes import Flag, Line, Query, Reference, Strict, Text
from engagements import rules
from engagements.choices import Coordination, Touch
from engagements.models import (
    CoordinatorQuestion,
    Engagement,
    Overlap,
    OverlapMessage,
    OverlapSide,
)
from engagements.serializers.advice import EngagementNameSerializer


class MatchSerializer(serializers.Serializer[Any]):
    """In words of your own plan: 1 a counterpart of yours, 2 a body above, below or beside it, 3 a place and topics."""

    touch = serializers.ChoiceField(choices=Touch.choices)
    name = serializers.CharField()
    topics = serializers.ListField(child=serializers.CharField(), required=False)


class SeenSerializer(serializers.Serializer[Any]):
    """What you may know of the other plan. Everything but the month is there only when it is `named`."""

    month = serializers.CharField()
    matched = MatchSerializer(many=True)
    office = serializers.CharField(required=False)
    contact = serializers.CharField(required=False)
    email = serializers.EmailField(required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)


class OverlapSideSerializer(serializers.ModelSerializer[OverlapSide]):
    engagement = serializers.SlugRelatedField[Engagement](slug_field="reference", read_only=True)
    other = serializers.SerializerMethodField()
    allowed_moves = serializers.SerializerMethodField()

    class Meta:
        model = OverlapSide
        fields = [
            *("reference", "engagement", "cell", "other", "is_mutual", "has_ended"),
            *("asked_at", "was_asked_at", "introduced_at", "declined_at", "set_aside_at", "reason"),
            *("allowed_moves", "version"),
        ]

    @extend_schema_field(SeenSerializer())
    def get_other(self, side: OverlapSide) -> dict[str, Any]:
        return {name: said for name, said in side.sees.items() if name != "engagement"}

    def get_allowed_moves(self, side: OverlapSide) -> list[str]:
        """Asking the coordinators is refused while an earlier question is open."""
        acting = self.context["request"].acting
        return [move for move in rules.SIDE_MOVES if rules.may_side(move, side, acting)]


class OverlapSideWholeSerializer(OverlapSideSerializer):
    other_engagement = serializers.SerializerMethodField()

    class Meta(OverlapSideSerializer.Meta):
        fields = [*OverlapSideSerializer.Meta.fields, "other_engagement"]

    def get_other_engagement(self, side: OverlapSide) -> str:
        """Its reference, when you may read the other plan in any case."""
        named = side.sees.get("engagement", "")
        rows = Engagement.objects.visible_to(self.context["request"].user)
        return named if named and rows.filter(reference=named).exists() else ""


class OverlapMessageSerializer(serializers.ModelSerializer[OverlapMessage]):
    written_by = MemberNameSerializer(read_only=True)

    class Meta:
        model = OverlapMessage
        fields = ["text", "written_by", "written_at"]


class CoordinatorQuestionSerializer(serializers.ModelSerializer[CoordinatorQuestion]):
    asked_by = MemberNameSerializer(read_only=True)
    answered_by = MemberNameSerializer(read_only=True, allow_null=True)

    class Meta:
        model = CoordinatorQuestion
        fields = ["reference", "text", "asked_by", "asked_at", "answer", "answered_by", "answered_at"]


class CrossingPlanSerializer(EngagementNameSerializer):
    coordination = serializers.ChoiceField(choices=Coordination.choices, read_only=True)
    office = OfficeNameSerializer(read_only=True)

    class Meta(EngagementNameSerializer.Meta):
        fields = [*EngagementNameSerializer.Meta.fields, "coordination"]


class OverlapSerializer(serializers.ModelSerializer[Overlap]):
    first = CrossingPlanSerializer(read_only=True)
    second = CrossingPlanSerializer(read_only=True)

    class Meta:
        model = Overlap
        fields = ["reference", "touch", "is_mutual", "found_at", "first", "second"]


class OverlapTextSerializer(Strict):
    text = Text(max_length=3000)


class AsideSerializer(Strict):
    reason = Text(max_length=1000, help_text="Only your office reads it.")


def _questions(user: Any) -> Any:
    return CoordinatorQuestion.objects.visible_to(user)


class AnswerOfficeSerializer(Strict):
    question = Reference(_questions, help_text="By reference.")
    text = Text(max_length=3000, help_text="Only the office that asked reads it.")


class OverlapSideQuery(Query):
    engagement = Line(max_length=12, required=False, help_text="One of yours, by reference.")
    set_aside = Flag(required=False, help_text="Those that you have set aside. Off by default.")
    ended = Flag(required=False, help_text="Those that are over. Off by default.")


class OverlapQuery(Query):
    engagement = Line(max_length=12, required=False, help_text="By reference.")
    country = Line(
        max_length=2, required=False, help_text="ISO 3166-1: where one of the two goes, or whom it meets."
    )
    mutual = Flag(required=False, help_text="Whether the offices know each other.")
