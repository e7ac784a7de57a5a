from typing import Any

from rest_framework import serializers

from counterparts.models import Disposition, Hit, Listing
from counterparts.serializers.register import CounterpartNameSerializer
from diplomacy.lib.api.shapes import Choice, Code, Flag, Line, Query, Strict, Text


class ListedSerializer(serializers.ModelSerializer[Listing]):
    """The entry of a public list that a counterpart may be."""

    list_date = serializers.DateField(source="edition.published_on", read_only=True)

    class Meta:
        model = Listing
        fields = [
            "source", "list_name", "list_date", "entry", "kind", "name", "programs", "countries", "birth_years",
            "registration", "represented_by", "ends_on", "delisted_on",
        ]  # fmt: skip


class HitSerializer(serializers.ModelSerializer[Hit]):
    """A possible match. It is not a finding, and nothing waits for it."""

    counterpart = CounterpartNameSerializer(read_only=True)
    listing = ListedSerializer(read_only=True)
    word = serializers.ChoiceField(
        choices=Disposition.Verdict.choices, read_only=True, allow_null=True, help_text="Of your own office."
    )
    reasons = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Hit
        fields = [
            "reference", "counterpart", "listing", "level", "score", "our_name", "listed_name", "reasons", "word",
            "digest", "found_at", "gone_at",
        ]  # fmt: skip


class DisposeSerializer(Strict):
    verdict = Choice(choices=Disposition.Verdict.choices)
    reason = Text(max_length=2000)
    digest = Line(max_length=64, help_text="Of the hit as you read it.")


class HitQuery(Query):
    level = Choice(choices=Hit.Level.choices, required=False)
    counterpart = Code(max_length=10, required=False, help_text="Its reference.")
    open = Flag(required=False, help_text="Only those of which your office has said nothing.")


def filters(asked: dict[str, Any]) -> dict[str, Any]:
    names = {"level": "level", "counterpart": "counterpart__reference"}
    return {names[name]: value for name, value in asked.items()}
