"""Requests for advice and what came of them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Office
from accounts.serializers import MemberNameSerializer, OfficeNameSerializer
from diplomacy.lib.api.shapes import Choice, Code, Email, Flag, Query, Reference, Strict, Text, Whole
from engagements import rules
from engagements.choices import AdviceStatus, Position, ResponseKind
from engagements.models import Advice, AdviceRequest, AdviceResponse, DeskNote, Engagement, Question


def desks(user: Any) -> Any:
    return Office.objects.visible_to(user).desks()


class QuestionSerializer(serializers.ModelSerializer[Question]):
    asked_by = MemberNameSerializer(read_only=True)
    answered_by = MemberNameSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Question
        fields = ["text", "asked_by", "asked_at", "answer", "answered_by", "answered_at"]


class ResponseSerializer(serializers.ModelSerializer[AdviceResponse]):
    responded_by = MemberNameSerializer(read_only=True)

    class Meta:
        model = AdviceResponse
        fields = ["kind", "reason", "responded_by", "responded_at"]


class AdviceSerializer(serializers.ModelSerializer[Advice]):
    """`released_at` is null while it is a draft, which only its desk sees."""

    written_by = MemberNameSerializer(read_only=True)
    response = serializers.SerializerMethodField()

    class Meta:
        model = Advice
        fields = [
            "number",
            "position",
            "reasoning",
            "engagement_version",
            "written_by",
            "written_at",
            "released_at",
            "response",
            "version",
        ]

    @extend_schema_field(ResponseSerializer(allow_null=True))
    def get_response(self, advice: Advice) -> dict[str, Any] | None:
        said = getattr(advice, "response", None)
        return dict(ResponseSerializer(said).data) if said else None


class EngagementNameSerializer(serializers.ModelSerializer[Engagement]):
    office = OfficeNameSerializer(read_only=True)

    class Meta:
        model = Engagement
        fields = ["reference", "title", "status", "office", "starts_on", "ends_on"]


class AdviceRequestLineSerializer(serializers.ModelSerializer[AdviceRequest]):
    engagement = EngagementNameSerializer(read_only=True)
    desk = OfficeNameSerializer(read_only=True)
    assigned_to = MemberNameSerializer(read_only=True, allow_null=True)

    class Meta:
        model = AdviceRequest
        fields = [
            "reference",
            "engagement",
            "desk",
            "status",
            "status_since",
            "requested_at",
            "due_on",
            "paused_on",
            "assigned_to",
            "version",
        ]


class AdviceRequestSerializer(AdviceRequestLineSerializer):
    questions = QuestionSerializer(many=True, read_only=True)
    advice = AdviceSerializer(many=True, read_only=True)
    allowed_moves = serializers.SerializerMethodField()

    class Meta(AdviceRequestLineSerializer.Meta):
        fields = [*AdviceRequestLineSerializer.Meta.fields, "questions", "advice", "allowed_moves"]

    def get_allowed_moves(self, request: AdviceRequest) -> list[str]:
        return rules.allowed_advice(request, self.context["request"].acting)


class DeskNoteSerializer(serializers.ModelSerializer[DeskNote]):
    written_by = MemberNameSerializer(read_only=True)

    class Meta:
        model = DeskNote
        fields = ["text", "written_by", "written_at"]


class AskSerializer(Strict):
    desk = Reference(desks, help_text="An open federal desk.")


class TakeSerializer(Strict):
    to = Email(max_length=254, required=False, help_text="A colleague of the desk; yourself if left out.")


class QuestionSaidSerializer(Strict):
    text = Text(max_length=3000)


class AnswerSaidSerializer(Strict):
    text = Text(max_length=5000)
    number = Whole(
        min_value=1, required=False, help_text="Which of its questions, from 1 on; the last, if left out."
    )


class AdviceSaidSerializer(Strict):
    position = Choice(choices=Position.choices)
    reasoning = Text(max_length=10000)


class ResponseSaidSerializer(Strict):
    number = Whole(min_value=1, help_text="The number of the advice that you answer.")
    kind = Choice(choices=ResponseKind.choices)
    reason = Text(max_length=3000, required=False, allow_blank=True)


class AdviceRequestQuery(Query):
    mine = Flag(
        required=False,
        help_text="The queue of the desk that you act for, or what your office has asked. On by default.",
    )
    open = Flag(required=False)
    assigned = Flag(required=False, help_text="Only what is assigned to you.")
    status = serializers.ListField(child=Choice(choices=AdviceStatus.choices), max_length=7, required=False)
    desk = Code(max_length=12, required=False, help_text="By reference.")
    engagement = Code(max_length=12, required=False, help_text="By reference.")
