"""Briefings as briefers write them, and copies as their readers read them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Member
from accounts.rules import OVERSIGHT_ROLES
from accounts.serializers import OfficeNameSerializer
from briefings import directory, receipts, rules
from briefings.choices import Kind, Status
from briefings.models import AudienceRule, Briefing, Delivery, ReaderQuestion, Section
from briefings.preview import Group
from diplomacy.lib.api.shapes import Choice, Flag, Line, Query, Reference, Strict, StrictModel, Text, Whole
from engagements.models import Engagement

ROLES = [pair for pair in Member.Role.choices if pair[0] not in OVERSIGHT_ROLES]


def engagements(user: Any) -> Any:
    return Engagement.objects.visible_to(user)


class SectionSerializer(serializers.ModelSerializer[Section]):
    class Meta:
        model = Section
        fields = ["order", "heading", "body", "label"]


class RuleSerializer(serializers.ModelSerializer[AudienceRule]):
    """`who` is as it was sent; `words` say it."""

    who = serializers.SerializerMethodField()
    words = serializers.CharField(source="__str__", read_only=True)
    section = serializers.IntegerField(
        source="section.order",
        default=None,
        allow_null=True,
        help_text="Its order; null: the whole briefing.",
    )

    class Meta:
        model = AudienceRule
        fields = ["who", "words", "role", "days", "section"]

    def get_who(self, rule: AudienceRule) -> str:
        body = rule.user or rule.office or rule.coalition or rule.division or rule.counterpart
        named = next(
            (getattr(body, key) for key in ("email", "reference", "ocd_id") if hasattr(body, key)), ""
        )
        return f"{rule.kind}:{named or rule.topic or rule.country or rule.role}"


class BriefingLineSerializer(serializers.ModelSerializer[Briefing]):
    office = OfficeNameSerializer(read_only=True)
    author = serializers.CharField(source="author.name", read_only=True)
    delivered = serializers.IntegerField(read_only=True)
    opened = serializers.IntegerField(read_only=True)
    acknowledged = serializers.IntegerField(read_only=True)

    class Meta:
        model = Briefing
        fields = [
            "reference",
            "title",
            "office",
            "author",
            "status",
            "status_since",
            "acknowledge_by",
            "expires_on",
            "released_at",
            "edition",
            "delivered",
            "opened",
            "acknowledged",
            "version",
        ]


class BriefingSerializer(BriefingLineSerializer):
    """`engagement` is null when there is none, and when it is not yours to see."""

    engagement = serializers.SerializerMethodField()
    sections = SectionSerializer(many=True, read_only=True)
    audience = RuleSerializer(many=True, read_only=True)
    released_by = serializers.CharField(source="released_by.name", default=None, allow_null=True)
    allowed_moves = serializers.SerializerMethodField()

    class Meta(BriefingLineSerializer.Meta):
        fields = [
            *BriefingLineSerializer.Meta.fields,
            "engagement",
            "sections",
            "audience",
            "released_by",
            "returned_because",
            "recalled_because",
            "allowed_moves",
        ]

    def get_engagement(self, briefing: Briefing) -> str | None:
        seen = engagements(self.context["request"].user).filter(pk=briefing.engagement_id)
        return seen.values_list("reference", flat=True).first() if briefing.engagement_id else None

    def get_allowed_moves(self, briefing: Briefing) -> list[str]:
        return rules.allowed(briefing, self.context["request"].acting)


class SectionSaidSerializer(StrictModel):
    class Meta:
        model = Section
        fields = ["heading", "body", "label"]


class RuleSaidSerializer(Strict):
    """Whom the briefing is for, or with `section` whom that section alone is for."""

    who = Line(
        max_length=250,
        help_text="A token that `/briefings/targets/` gave: `office:O-7K3M9QTX`, `country:MX`.",
    )
    role = Choice(choices=ROLES, required=False, help_text="Only those who serve in this role.")
    days = Whole(
        min_value=1,
        max_value=365,
        required=False,
        help_text="For a country or counterpart: within how many days.",
    )
    section = Whole(min_value=1, required=False, allow_null=True, help_text="The order of the section.")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        target = directory.read(said.pop("who"), by=self.context["request"].acting)
        if target is None:
            raise serializers.ValidationError({"who": ["There is nobody of this name whom you can address."]})
        if said.get("role") and target.kind in {Kind.PERSON, Kind.ROLE}:
            raise serializers.ValidationError({"role": ["A person or a role is not narrowed by a role."]})
        if said.get("days") and target.kind not in {Kind.COUNTRY, Kind.COUNTERPART}:
            raise serializers.ValidationError({"days": ["Only for a country or a counterpart."]})
        order = said.pop("section", None)
        return {
            **said,
            **target.columns,
            "kind": target.kind,
            "section": None if order is None else order - 1,
        }


class WritingSerializer(StrictModel):
    """A list that you send replaces the one there was; what you leave out stays as it is."""

    engagement = Reference(engagements, required=False, allow_null=True)
    sections = SectionSaidSerializer(many=True, required=False, max_length=100)  # type: ignore[call-arg]
    audience = RuleSaidSerializer(many=True, required=False, max_length=200)  # type: ignore[call-arg]

    class Meta:
        model = Briefing
        fields = ["title", "engagement", "acknowledge_by", "expires_on", "sections", "audience"]


class TargetSerializer(serializers.Serializer[directory.Target]):
    who = serializers.CharField(source="token")
    name = serializers.CharField()
    detail = serializers.CharField()


class TargetQuery(Query):
    q = Line(max_length=200, help_text="At least two letters.")


class GroupSerializer(serializers.Serializer[Group]):
    """Readers who would get the same sections."""

    sections = serializers.SerializerMethodField(help_text="Their orders.")
    label = serializers.CharField()  # type: ignore[assignment]
    readers = serializers.SerializerMethodField()

    def get_sections(self, group: Group) -> list[int]:
        return [section.order for section in group.sections]

    def get_readers(self, group: Group) -> list[str]:
        return [f"{member.user.name}, {member.office.short_name}" for member in group.readers]


class PreviewSerializer(serializers.Serializer[Any]):
    """Who would receive which cut. `seen` goes with the release, which is refused when this has changed since."""

    seen = serializers.CharField(source="fingerprint")
    readers = serializers.IntegerField()
    passed_over = serializers.IntegerField(help_text="People of the audience whom no label admits.")
    groups = GroupSerializer(many=True)
    unreached = serializers.SerializerMethodField(help_text="Sections that nobody would get.")

    def get_unreached(self, preview: Any) -> list[int]:
        return [section.order for section in preview.unreached]


class ReleaseSerializer(Strict):
    seen = Line(max_length=64, help_text="From the preview that you looked at.")


class RecallSerializer(Strict):
    reason = Text(max_length=1000, help_text="For the briefers. Readers learn only that it was recalled.")


class ReceiptSerializer(serializers.Serializer[receipts.Receipt]):
    """What became of one reader's copy."""

    reader = serializers.CharField(source="delivery.recipient.name")
    office = OfficeNameSerializer(source="delivery.member.office")
    told = serializers.CharField()
    delivered_at = serializers.DateTimeField(source="delivery.delivered_at")
    opened_at = serializers.DateTimeField(source="delivery.opened_at", allow_null=True)
    acknowledged_at = serializers.DateTimeField(source="delivery.acknowledged_at", allow_null=True)
    is_late = serializers.BooleanField()


class ReaderQuestionSerializer(serializers.ModelSerializer[ReaderQuestion]):
    answered_by = serializers.SerializerMethodField()

    class Meta:
        model = ReaderQuestion
        fields = ["reference", "text", "asked_at", "answer", "answered_by", "answered_at"]

    @extend_schema_field(OfficeNameSerializer(allow_null=True))
    def get_answered_by(self, question: ReaderQuestion) -> dict[str, Any] | None:
        """Readers learn which office answered, as on the page."""
        member = question.answered_by
        return dict(OfficeNameSerializer(member.office).data) if member else None


class AskedSerializer(ReaderQuestionSerializer):
    """As the briefers see it: with the reader's name."""

    reader = serializers.CharField(source="delivery.recipient.name", read_only=True)

    class Meta(ReaderQuestionSerializer.Meta):
        fields = [*ReaderQuestionSerializer.Meta.fields, "reader"]


class ReaderQuestionSaidSerializer(Strict):
    text = Text(max_length=3000)


class ReaderAnswerSaidSerializer(Strict):
    text = Text(max_length=5000)


class DeliveryLineSerializer(serializers.ModelSerializer[Delivery]):
    title = serializers.CharField(read_only=True)
    from_office = OfficeNameSerializer(source="briefing.office", read_only=True)
    is_readable = serializers.BooleanField(read_only=True)
    acknowledge_by = serializers.DateField(source="briefing.acknowledge_by", read_only=True, allow_null=True)

    class Meta:
        model = Delivery
        fields = [
            "reference",
            "title",
            "from_office",
            "delivered_at",
            "opened_at",
            "acknowledged_at",
            "acknowledge_by",
            "is_readable",
        ]


class DeliverySerializer(DeliveryLineSerializer):
    """The copy made for you: exactly the sections that are yours to read."""

    sections = serializers.SerializerMethodField()
    questions = serializers.SerializerMethodField()

    class Meta(DeliveryLineSerializer.Meta):
        fields = [*DeliveryLineSerializer.Meta.fields, "sections", "questions"]

    @extend_schema_field(SectionSerializer(many=True))
    def get_sections(self, delivery: Delivery) -> list[dict[str, Any]]:
        """Without their order: a gap in it would tell of a section that is not theirs."""
        cut = SectionSerializer(delivery.cut, many=True).data
        return [{**part, "order": place} for place, part in enumerate(cut, 1)]

    @extend_schema_field(ReaderQuestionSerializer(many=True))
    def get_questions(self, delivery: Delivery) -> list[dict[str, Any]]:
        asked = list(delivery.questions.all()) if delivery.is_readable else []
        return list(ReaderQuestionSerializer(asked, many=True).data)


class BriefingQuery(Query):
    status = serializers.ListField(child=Choice(choices=Status.choices), max_length=5, required=False)


class DeliveryQuery(Query):
    unopened = Flag(required=False)
    to_acknowledge = Flag(required=False)
