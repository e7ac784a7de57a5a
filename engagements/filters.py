from typing import Any, ClassVar

import django_filters
from django import forms
from django.utils.safestring import SafeString

from counterparts import places
from diplomacy.lib import forms as house
from engagements import coordination, overlap
from engagements.choices import Kind, Status, Topic, Touch
from engagements.models import CoordinatorQuestion, Engagement, Overlap


class Narrow(house.FilterForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "This day is before the first one.")
        return cleaned


class NarrowForDesk(Narrow):
    """Whether a desk looks at all countries narrows nothing: the panel stays shut."""

    def has_changed(self) -> bool:
        return bool({*self.changed_data} - {"scope"})

    def drawn(self) -> SafeString:
        return self.render() if self.changed_data else super().drawn()


class WeekField(forms.CharField):
    """A week as ISO 8601 writes it, which is read as its Monday."""

    default_error_messages = {"invalid": "Write a week as year and number, such as 2027-W05."}

    def clean(self, value: Any) -> Any:
        said = super().clean(value)
        if not said:
            return None
        monday = coordination.read_week(said)
        if monday is None:
            raise forms.ValidationError(self.error_messages["invalid"])
        return monday


class WeekFilter(django_filters.Filter):  # type: ignore[misc]  # it has no types
    field_class = WeekField


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


class OverlapFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """Crossing plans, for coordinators. `scope` is the view's: what a desk covers is no property of the rows."""

    country = django_filters.ChoiceFilter(
        choices=lambda: [*places.countries(), (overlap.NOWHERE, coordination.ABROAD_NOWHERE)],
        empty_label="Any",
        method="by_country",
        label="Country",
    )
    week = WeekFilter(label="Week (such as 2027-W05)", method="by_week", max_length=8)
    since = django_filters.DateFilter(
        field_name="crosses_on", lookup_expr="gte", label="Cross from", widget=forms.DateInput
    )
    until = django_filters.DateFilter(
        field_name="crosses_on", lookup_expr="lte", label="Cross by", widget=forms.DateInput
    )
    touch = django_filters.ChoiceFilter(choices=Touch.choices, empty_label="Any", label="How they touch")
    mutual = django_filters.ChoiceFilter(
        choices=[("yes", "They know each other"), ("no", "They do not")],
        empty_label="Any",
        method="by_mutual",
        label="Introduced",
    )
    waits = django_filters.ChoiceFilter(
        choices=[("yes", "One waits for an answer"), ("no", "None waits")],
        empty_label="Any",
        method="by_waits",
        label="Questions to you",
    )
    scope = django_filters.ChoiceFilter(
        choices=[("all", "All countries")],
        empty_label="What our desk covers",
        method="as_it_is",
        label="Countries shown",
    )

    class Meta:
        model = Overlap
        fields: ClassVar = ["country", "week", "since", "until", "touch", "mutual", "waits", "scope"]
        form = NarrowForDesk

    def by_country(self, rows: Any, name: str, country: str) -> Any:
        return rows.crossing_in([country])

    def by_week(self, rows: Any, name: str, monday: Any) -> Any:
        return rows.between(monday, coordination.sunday(monday))

    def by_mutual(self, rows: Any, name: str, said: str) -> Any:
        return rows.filter(is_mutual=said == "yes")

    def by_waits(self, rows: Any, name: str, said: str) -> Any:
        return rows.waiting(CoordinatorQuestion.objects.visible_to(self.request.user), said == "yes")

    def as_it_is(self, rows: Any, name: str, said: str) -> Any:
        return rows
