"""What an office says of an engagement."""

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Coalition, Member, Office, Official, User
from accounts.serializers import MemberNameSerializer, OfficeNameSerializer, known_zone
from counterparts import rules as counterpart_rules
from counterparts.serializers import CounterpartNameSerializer, choosable
from diplomacy.lib.api.shapes import (
    Choice,
    Choices,
    Code,
    Day,
    Email,
    Flag,
    Line,
    Query,
    Reference,
    References,
    Strict,
    StrictModel,
    Text,
    Whole,
)
from diplomacy.lib.errors import Invalid
from engagements import parties, rules
from engagements.choices import Coordination, Kind, Side, Status, Topic, Visibility
from engagements.models import AttentionFlag, Engagement, EngagementVersion, OfficeNote, Participant, Stop

STATED = [
    "kind",
    "mode",
    "title",
    "purpose",
    "topics",
    "starts_on",
    "ends_on",
    "start_time",
    "time_zone",
    "payer",
    "payer_note",
    "arranged_by",
    "foreign_agent",
    "fara_number",
    "has_binding_language",
    "touches_infrastructure",
    "coordination",
    "wants_advice",
]


def officials(user: Any) -> Any:
    return Official.objects.visible_to(user)


def offices(user: Any) -> Any:
    return Office.objects.visible_to(user).open()


def coalitions(user: Any) -> Any:
    return Coalition.objects.visible_to(user)


def colleagues(user: Any) -> Any:
    return Member.objects.visible_to(user).current().select_related("user")


class StopSerializer(StrictModel):
    country = Line(max_length=2, help_text="ISO 3166-1")
    place = serializers.CharField(read_only=True)

    class Meta:
        model = Stop
        fields = ["city", "country", "subdivision", "starts_on", "ends_on", "place"]

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        refuse(counterpart_rules.check_destination, said["country"], said.get("subdivision", ""))
        starts, ends = said.get("starts_on"), said.get("ends_on")
        if starts and ends and ends < starts:
            raise serializers.ValidationError({"ends_on": ["The last day cannot be before the first day."]})
        return said


def refuse(rule: Any, *said: Any) -> None:
    """A rule's refusal at the place in the body that it is about."""
    try:
        rule(*said)
    except Invalid as refused:
        raise serializers.ValidationError(refused.fields) from None


class ParticipantSerializer(serializers.ModelSerializer[Participant]):
    official = serializers.SlugRelatedField[Official](slug_field="ocd_id", read_only=True, allow_null=True)
    counterpart = CounterpartNameSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Participant
        fields = ["side", "name", "title", "official", "counterpart"]


class ParticipantSaidSerializer(StrictModel):
    official = Reference(officials, "ocd_id", required=False, allow_null=True)
    counterpart = Reference(choosable, required=False, allow_null=True)
    colleague = Reference(
        colleagues,
        "user__email",
        required=False,
        allow_null=True,
        help_text="One of your offices, by e-mail.",
    )

    class Meta:
        model = Participant
        fields = ["side", "name", "title", "official", "counterpart", "colleague"]

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        colleague = said.pop("colleague", None)
        if said["side"] == Side.THEIRS and (colleague or said.get("official")):
            raise serializers.ValidationError({"side": ["Colleagues and officials take part on our side."]})
        return said | ({"user": colleague.user} if colleague else {})


class FlagSerializer(serializers.ModelSerializer[AttentionFlag]):
    class Meta:
        model = AttentionFlag
        fields = ["rule", "rule_version", "label", "reason"]


class EngagementLineSerializer(serializers.ModelSerializer[Engagement]):
    """One line of a list."""

    office = OfficeNameSerializer(read_only=True)
    counterparts = CounterpartNameSerializer(many=True, read_only=True)

    class Meta:
        model = Engagement
        fields = [
            "reference",
            "office",
            "status",
            "status_since",
            "kind",
            "title",
            "topics",
            "starts_on",
            "ends_on",
            "counterparts",
            "visibility",
            "filed_at",
            "is_filed_late",
            "version",
        ]


class SharedWithSerializer(serializers.Serializer[Any]):
    offices = OfficeNameSerializer(many=True)
    coalitions = serializers.ListField(child=serializers.CharField())
    people = serializers.ListField(child=serializers.CharField())


class EngagementSerializer(EngagementLineSerializer):
    """`coordination` and `shared_with` are for the owning office; null for others."""

    contact = MemberNameSerializer(read_only=True)
    stops = StopSerializer(many=True, read_only=True)
    participants = ParticipantSerializer(many=True, read_only=True)
    flags = FlagSerializer(many=True, read_only=True)
    allowed_moves = serializers.SerializerMethodField()
    coordination = serializers.SerializerMethodField()
    shared_with = serializers.SerializerMethodField()

    class Meta(EngagementLineSerializer.Meta):
        fields = [
            *dict.fromkeys([*EngagementLineSerializer.Meta.fields, *STATED]),
            "contact",
            "stops",
            "participants",
            "flags",
            "reason",
            "filed_version",
            "created_at",
            "shared_with",
            "allowed_moves",
        ]

    def get_allowed_moves(self, engagement: Engagement) -> list[str]:
        return rules.allowed(engagement, self.context["request"].acting)

    @extend_schema_field(serializers.ChoiceField(choices=Coordination.choices, allow_null=True))
    def get_coordination(self, engagement: Engagement) -> str | None:
        return str(engagement.coordination) if self._is_ours(engagement) else None

    @extend_schema_field(SharedWithSerializer(allow_null=True))
    def get_shared_with(self, engagement: Engagement) -> dict[str, Any] | None:
        if not self._is_ours(engagement):
            return None
        named = [party.record for party in parties.named_on(engagement)]
        return {
            "offices": OfficeNameSerializer(_only(Office, named), many=True).data,
            "coalitions": [body.reference for body in _only(Coalition, named)],
            "people": [user.email for user in _only(User, named)],
        }

    def _is_ours(self, engagement: Engagement) -> bool:
        return engagement.office_id in {member.office_id for member in self.context["request"].user.standing}


def _only(kind: type[Any], rows: Iterable[Any]) -> list[Any]:
    return [row for row in rows if isinstance(row, kind)]


class PlanSerializer(StrictModel):
    """A list that you send replaces the one there was; what you leave out stays as it is."""

    topics = Choices(choices=Topic.choices, required=False)
    counterparts = References(choosable, required=False)
    stops = StopSerializer(many=True, required=False, max_length=50)  # type: ignore[call-arg]
    participants = ParticipantSaidSerializer(many=True, required=False, max_length=200)  # type: ignore[call-arg]

    class Meta:
        model = Engagement
        fields = [*STATED, "counterparts", "stops", "participants"]

    def validate_time_zone(self, name: str) -> str:
        return known_zone(name)


class ResumeSerializer(Strict):
    starts_on = Day()
    ends_on = Day()
    ask_again = Flag(
        required=False, help_text="Ask the desks again whose time went by without advice. Off by default."
    )


class ShareSerializer(Strict):
    visibility = Choice(choices=Visibility.choices)
    offices = References(offices, required=False, max_length=200)
    coalitions = References(coalitions, required=False)
    people = serializers.ListField(
        child=Email(max_length=254),
        max_length=100,
        required=False,
        help_text="By their whole e-mail address.",
    )

    def validate_people(self, addresses: list[str]) -> list[User]:
        user = self.context["request"].user
        found = {address: parties.shared_with(address, "", user) for address in dict.fromkeys(addresses)}
        unknown = [
            f"“{address}” is nobody whom you can name here." for address in found if not found[address]
        ]
        if unknown:
            raise serializers.ValidationError(unknown)
        return [named[0].record for named in found.values()]


class NoteSaidSerializer(Strict):
    text = Text(max_length=5000)


class OfficeNoteSerializer(serializers.ModelSerializer[OfficeNote]):
    written_by = MemberNameSerializer(read_only=True)

    class Meta:
        model = OfficeNote
        fields = ["text", "written_by", "written_at"]


class VersionSerializer(serializers.ModelSerializer[EngagementVersion]):
    """What it said, in words, label by label."""

    changed_by = MemberNameSerializer(read_only=True)
    said = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = EngagementVersion
        fields = ["number", "said", "changed_by", "changed_at", "disposed_at"]


class ChangeSerializer(serializers.Serializer[Mapping[str, str]]):
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField()
    after = serializers.CharField()


class DifferencesQuery(Query):
    since = Whole(help_text="The number of the version that you read; 0 for none.")
    until = Whole(required=False, help_text="The latest, if left out.")


class EngagementQuery(Query):
    office = Code(max_length=12, required=False, help_text="By reference.")
    status = serializers.ListField(child=Choice(choices=Status.choices), max_length=6, required=False)
    kind = serializers.ListField(child=Choice(choices=Kind.choices), max_length=10, required=False)
    country = Code(max_length=2, required=False, help_text="Where it goes or whom it meets: ISO 3166-1.")
    topic = Choice(choices=Topic.choices, required=False)
    counterpart = Code(max_length=12, required=False, help_text="By reference.")
    q = Line(max_length=100, required=False, help_text="Words in the title.")
    since = Day(required=False, help_text="Not over before this day.")
    until = Day(required=False, help_text="Begins on this day or before.")
