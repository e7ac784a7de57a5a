from typing import Any, ClassVar

import django_filters
from django import forms

from counterparts import places
from diplomacy.lib import forms as house
from engagements.choices import Kind, Status, Topic
from engagements.models import Engagement


class Narrow(house.FilterForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "This day is before the first one.")
        return cleaned


class EngagementFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    q = django_filters.CharFilter(label="Words in the title", method="by_title", max_length=200)
    status = django_filters.ChoiceFilter(choices=Status.choices, empty_label="Any")
    kind = django_filters.ChoiceFilter(choices=Kind.choices, empty_label="Any")
    topic = django_filters.ChoiceFilter(
        choices=Topic.choices, empty_label="Any", method="by_topic", label="Topic"
    )
    country = django_filters.ChoiceFilter(
        choices=places.destinations, empty_label="Any", method="by_country", label="Country"
    )
    since = django_filters.DateFilter(
        field_name="ends_on", lookup_expr="gte", label="Not over before", widget=forms.DateInput
    )
    until = django_filters.DateFilter(
        field_name="starts_on", lookup_expr="lte", label="Begins by", widget=forms.DateInput
    )

    class Meta:
        model = Engagement
        fields: ClassVar = ["q", "status", "kind", "topic", "country", "since", "until"]
        form = Narrow

    def by_title(self, rows: Any, name: str, words: str) -> Any:
        return rows.titled(words)

    def by_topic(self, rows: Any, name: str, topic: str) -> Any:
        return rows.filter(topics__contains=[topic])

    def by_country(self, rows: Any, name: str, country: str) -> Any:
        return rows.touching(country)


class OwnFilter(EngagementFilter):
    """Of one office's rows: some thousands at most are read sooner than words are looked up among all there are."""

    def by_title(self, rows: Any, name: str, words: str) -> Any:
        return rows.saying(words)
