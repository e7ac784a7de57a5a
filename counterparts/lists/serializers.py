"""Public lists as the API shows them."""

from typing import Any

from rest_framework import serializers

from counterparts.models import ListEdition, Listing, ListingName, PublicList
from diplomacy.lib.api.shapes import Choice, Line, Query


class ListEditionSerializer(serializers.ModelSerializer[ListEdition]):
    """One loading of a list. `published_on` is the day the list itself bears."""

    name = serializers.CharField(source="get_source_display", read_only=True)

    class Meta:
        model = ListEdition
        fields = [
            "reference", "source", "name", "published_on", "state", "problem", "asked_at", "ended_at",
            "read", "added", "changed", "unchanged", "delisted", "refused", "notes",
        ]  # fmt: skip


class ListedNameSerializer(serializers.ModelSerializer[ListingName]):
    class Meta:
        model = ListingName
        fields = ["kind", "name"]


class ListingLineSerializer(serializers.ModelSerializer[Listing]):
    """An entry of a public list. That it is there is no finding about anybody of the same name."""

    published_on = serializers.DateField(source="edition.published_on", read_only=True)

    class Meta:
        model = Listing
        fields = [
            "reference", "source", "list_name", "entry", "kind", "name", "countries", "published_on", "delisted_on",
        ]  # fmt: skip


class ListingSerializer(ListingLineSerializer):
    names = serializers.SerializerMethodField()

    class Meta(ListingLineSerializer.Meta):
        fields = [
            *ListingLineSerializer.Meta.fields,
            "names", "programs", "birth_years", "title", "remarks", "url", "starts_on", "ends_on", "registration",
            "represented_by",
        ]  # fmt: skip

    def get_names(self, listing: Listing) -> list[dict[str, Any]]:
        return list(ListedNameSerializer(listing.names.all(), many=True).data)


class ListQuery(Query):
    source = Choice(choices=PublicList.choices, required=False)  # type: ignore[assignment]


class ListingQuery(Query):
    q = Line(max_length=100, required=False, help_text="Words in any of its names, in any script.")
    source = Choice(choices=PublicList.choices, required=False)  # type: ignore[assignment]
    vanished = serializers.BooleanField(
        required=False, help_text="Also those that are on the list no longer."
    )
