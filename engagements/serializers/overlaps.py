"""Plans that cross: an office's half of each, and both halves for coordinators."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from accounts.serializers import MemberNameSerializer, OfficeNameSerializer
from diplomacy.lib.api.shapes import Choice, Code, Day, Flag, Line, Query, Reference, Strict, Text
from engagements import coordination, overlap, rules
from engagements.choices import Cell, Coordination, Touch
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
    """What you may know of the other plan. Everything but the month is there only when it is `named`; a contact only while
    somebody there can be asked."""

    month = serializers.CharField()
    matched = MatchSerializer(many=True)
    office = serializers.CharField(required=False)
    contact = serializers.CharField(required=False)
    email = serializers.EmailField(required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)


OF_THE_PLAN = frozenset({"month", "matched", "starts_on", "ends_on"})


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
        said = {name: value for name, value in side.sees.items() if name in OF_THE_PLAN}
        if side.cell == Cell.NAMED:
            said["office"] = side.who
        if asked := overlap.whom_to_ask(side):
            said |= {"contact": asked.name, "email": asked.email}
        return said

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
        fields = [
            *("reference", "touch", "is_mutual", "crosses_on", "countries", "found_at", "first", "second"),
        ]


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
    engagement = Code(max_length=12, required=False, help_text="One of yours, by reference.")
    set_aside = Flag(required=False, help_text="Those that you have set aside. Off by default.")
    ended = Flag(required=False, help_text="Those that are over. Off by default.")


class OverlapSideCountSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["open", "set_aside", "ended"])
    count = serializers.IntegerField()


class Week(Line):
    """Read as its Monday."""

    default_error_messages = {"week": "Give a week as ISO 8601 writes it, such as 2027-W05."}

    def run_validation(self, data: Any = empty) -> Any:
        monday = coordination.read_week(super().run_validation(data))
        if monday is None:
            self.fail("week")
        return monday


class OverlapQuery(Query):
    engagement = Code(max_length=12, required=False, help_text="By reference.")
    country = Code(
        max_length=2,
        required=False,
        help_text="ISO 3166-1: where both go or whom both meet; ZZ for those that touch no country abroad.",
    )
    week = Week(max_length=8, required=False, help_text="ISO 8601, such as 2027-W05: of the day they cross.")
    since = Day(required=False, help_text="Not before this day do both begin.")
    until = Day(required=False, help_text="Not after it.")
    touch = Choice(choices=[(str(value), label) for value, label in Touch.choices], required=False)
    mutual = Flag(required=False, help_text="Whether the offices know each other.")
    waits = Flag(required=False, help_text="Whether one of them waits for the coordinators’ answer.")
    covered = Flag(
        required=False,
        help_text="Only countries that your desk covers; all, where its coverage is about more than countries.",
    )


class CrossingCountQuery(OverlapQuery):
    by = Choice(
        choices=[
            ("country_week", "Country and week"),
            *(("country", "Country"), ("week", "Week"), ("day", "Day")),
        ],
        required=False,
        help_text="What to count by: country_week if it is not said.",
    )


class CrossingCountSerializer(serializers.Serializer[Any]):
    country = serializers.CharField(allow_null=True, help_text="Null where it is not counted by country.")
    starts_on = serializers.DateField(
        allow_null=True, help_text="The week’s Monday, or the day. Null where it is counted by country alone."
    )
    count = serializers.IntegerField()
