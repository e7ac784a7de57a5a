"""What one office refers to another, and what that one did with it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import MemberNameSerializer, OfficeNameSerializer
from counterparts.serializers import CounterpartNameSerializer, choosable
from diplomacy.lib.api.shapes import (
    Choice,
    Choices,
    Day,
    Flag,
    Line,
    Query,
    Reference,
    References,
    Strict,
    Text,
)
from engagements import rules
from engagements.choices import Outcome, ReferralStatus, Topic
from engagements.models import Engagement, Referral, ReferralEngagement
from engagements.serializers.plans import colleagues, offices


def engagements(user: Any) -> Any:
    return Engagement.objects.visible_to(user)


class ReferralLineSerializer(serializers.ModelSerializer[Referral]):
    """One line of a list."""

    sender = OfficeNameSerializer(read_only=True)
    receiver = OfficeNameSerializer(read_only=True)
    counterparts = CounterpartNameSerializer(many=True, read_only=True)

    class Meta:
        model = Referral
        fields = [
            *("reference", "sender", "receiver", "subject", "topics", "counterparts", "counterpart_name"),
            *("useful_by", "sent_at", "status", "status_since", "outcome", "version"),
        ]


class SaidSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class ReferralSerializer(ReferralLineSerializer):
    contact = MemberNameSerializer(read_only=True)
    written_by = MemberNameSerializer(read_only=True)
    answered_by = MemberNameSerializer(read_only=True, allow_null=True)
    closed_by = MemberNameSerializer(read_only=True, allow_null=True)
    earlier = serializers.SerializerMethodField()
    came_from = serializers.SerializerMethodField()
    led_to = serializers.SerializerMethodField()
    allowed_moves = serializers.SerializerMethodField()

    class Meta(ReferralLineSerializer.Meta):
        fields = [
            *ReferralLineSerializer.Meta.fields,
            *("text", "contact", "written_by", "reason", "answered_by", "answered_at"),
            *("outcome_text", "closed_by", "closed_at", "earlier", "came_from", "led_to", "allowed_moves"),
        ]

    def get_came_from(self, referral: Referral) -> str:
        """The engagement's reference, when you may read it in any case."""
        return next(iter(self._engagements(referral, ReferralEngagement.Part.CAME_FROM)), "")

    def get_led_to(self, referral: Referral) -> list[str]:
        """The references of engagements planned from it, of those that you may read in any case."""
        return self._engagements(referral, ReferralEngagement.Part.LED_TO)

    @extend_schema_field(SaidSerializer(many=True))
    def get_earlier(self, referral: Referral) -> list[dict[str, str]]:
        """What was said of it before it was corrected, oldest first."""
        return list(referral.earlier)

    def get_allowed_moves(self, referral: Referral) -> list[str]:
        return rules.allowed_referral(referral, self.context["request"].acting)

    def _engagements(self, referral: Referral, part: str) -> list[str]:
        links = ReferralEngagement.objects.visible_to(self.context["request"].user)
        found = links.filter(referral=referral, part=part).order_by("pk")
        return list(found.values_list("engagement__reference", flat=True))


class ReferSerializer(Strict):
    receiver = Reference(offices, help_text="The office or desk, by reference.")
    subject = Line(max_length=200)
    text = Text(max_length=5000, help_text="What they ask for, and what you know. Both offices read it.")
    counterparts = References(choosable, required=False, max_length=30)
    counterpart_name = Line(
        max_length=200, required=False, allow_blank=True, help_text="Who is not on the register, in words."
    )
    topics = Choices(choices=Topic.choices, required=False)
    useful_by = Day(required=False, allow_null=True)
    contact = Reference(
        colleagues,
        "user__email",
        required=False,
        allow_null=True,
        help_text="Whom to ask, by e-mail. You, if left out.",
    )
    engagement = Reference(
        engagements,
        required=False,
        allow_null=True,
        help_text="One of your office's, from which it came. Told to those only who may read it in any case.",
    )


class DeclineReferralSerializer(Strict):
    reason = Text(max_length=1000, help_text="For the office that sent it.")


class WhatCameSerializer(Strict):
    outcome = Choice(choices=Outcome.choices)
    text = Text(max_length=2000, help_text="In a sentence, for the office that sent it.")
    engagement = Reference(
        engagements,
        required=False,
        allow_null=True,
        help_text="The one that is planned, of your office. Told to those only who may read it in any case.",
    )
    is_unnamed = Flag(
        required=False,
        help_text="One is planned that is not logged, or that you may not name. Without it, an office that has engagements"
        " names one.",
    )


class ReferralQuery(Query):
    box = Choice(
        choices=[("received", "Received"), ("sent", "Sent")],
        required=False,
        help_text="By the office that you act for. Both, of all your offices, if left out.",
    )
    status = serializers.ListField(child=Choice(choices=ReferralStatus.choices), max_length=5, required=False)
    counterpart = Line(max_length=12, required=False, help_text="By reference.")
