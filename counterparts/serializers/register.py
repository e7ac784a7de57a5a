"""The register of foreign bodies and people, as the API shows and takes it."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.serializers import OfficeNameSerializer
from counterparts import finding
from counterparts.models import Counterpart, Post, Source
from diplomacy.lib.api.shapes import Choice, Code, Line, Query, Reference, StrictModel


def choosable(user: Any) -> QuerySet[Counterpart]:
    return Counterpart.objects.visible_to(user)


class CounterpartNameSerializer(serializers.ModelSerializer[Counterpart]):
    """A counterpart where another record names it."""

    class Meta:
        model = Counterpart
        fields = ["reference", "name", "country"]


class PostSerializer(serializers.ModelSerializer[Post]):
    person = CounterpartNameSerializer(read_only=True)
    body = CounterpartNameSerializer(read_only=True)

    class Meta:
        model = Post
        fields = ["person", "body", "title", "starts_on", "ends_on"]


class SourceSerializer(serializers.ModelSerializer[Source]):
    class Meta:
        model = Source
        fields = ["title", "url", "seen_on"]


class CounterpartLineSerializer(serializers.ModelSerializer[Counterpart]):
    """One line of the register."""

    place = serializers.CharField(read_only=True)

    class Meta:
        model = Counterpart
        fields = ["reference", "kind", "name", "native_name", "country", "subdivision", "city", "place"]


class FoundSerializer(CounterpartLineSerializer):
    """One line of the register, and why it was found."""

    why = serializers.SerializerMethodField(
        help_text="Where the name does not show it: by which other name, or that it is only spelled much like `q`."
    )

    class Meta(CounterpartLineSerializer.Meta):
        fields = [*CounterpartLineSerializer.Meta.fields, "why"]

    def get_why(self, found: Counterpart) -> str:
        return finding.why(found, self.context.get("q", ""))


class CounterpartSerializer(CounterpartLineSerializer):
    aliases = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)
    parent = CounterpartNameSerializer(read_only=True, allow_null=True)
    posts = PostSerializer(many=True, read_only=True)
    holders = PostSerializer(many=True, read_only=True)
    sources = SourceSerializer(many=True, read_only=True)
    added_for = OfficeNameSerializer(read_only=True)

    class Meta(CounterpartLineSerializer.Meta):
        fields = [
            *CounterpartLineSerializer.Meta.fields,
            "aliases",
            "parent",
            "posts",
            "holders",
            "birth_year",
            "profile",
            "website",
            "address",
            "precedence",
            "interpreters",
            "dietary",
            "sources",
            "added_for",
            "added_at",
            "version",
        ]


class CounterpartSaidSerializer(StrictModel):
    """What may be said of a counterpart."""

    aliases = serializers.ListField(child=Line(max_length=200), max_length=50, required=False)
    parent = Reference(  # type: ignore[assignment]
        choosable, required=False, allow_null=True, help_text="What it is part of."
    )

    class Meta:
        model = Counterpart
        fields = [
            "kind",
            "name",
            "native_name",
            "country",
            "subdivision",
            "city",
            "parent",
            "birth_year",
            "profile",
            "website",
            "address",
            "precedence",
            "interpreters",
            "dietary",
            "aliases",
        ]


class CounterpartQuery(Query):
    q = Line(max_length=100, required=False, help_text="Words in any of its names, in any script.")
    kind = Choice(choices=Counterpart.Kind.choices, required=False)
    country = Code(max_length=2, required=False, help_text="ISO 3166-1")
    subdivision = Code(max_length=6, required=False, help_text="ISO 3166-2")
