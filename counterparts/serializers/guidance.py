from rest_framework import serializers

from accounts.serializers import OfficeNameSerializer
from counterparts.models import CountryGuidance
from diplomacy.lib.api.shapes import Choice, Code, Flag, Query, StrictModel


class GuidanceSerializer(serializers.ModelSerializer[CountryGuidance]):
    """What a federal desk advises about a country or a part of it. It advises; the office decides."""

    desk = OfficeNameSerializer(read_only=True)
    replaces = serializers.SlugRelatedField[CountryGuidance](
        slug_field="reference", read_only=True, allow_null=True
    )

    class Meta:
        model = CountryGuidance
        fields = [
            "reference", "number", "replaces", "country", "subdivision", "kind", "title", "text", "reason",
            "starts_on", "ends_on", "desk", "written_at",
        ]  # fmt: skip


class GuidanceSaidSerializer(StrictModel):
    class Meta:
        model = CountryGuidance
        fields = ["country", "subdivision", "kind", "title", "text", "reason", "starts_on", "ends_on"]


class GuidanceQuery(Query):
    country = Code(max_length=2, required=False, help_text="ISO 3166-1")
    kind = Choice(choices=CountryGuidance.Kind.choices, required=False)
    all = Flag(required=False, help_text="Also what is not in force.")
