from datetime import date, datetime, time
from typing import Any, ClassVar

import django_filters
from django import forms
from django.utils import timezone

from activity.kinds import KINDS
from activity.models import Entry
from diplomacy.lib import forms as house


def moment(day: date, at: time) -> datetime:
    """In the reader's zone."""
    return timezone.make_aware(datetime.combine(day, at))


def kinds() -> list[tuple[str, str]]:
    """In words, with the room they come from, in that order."""
    named = [
        (name, f"{name.partition('.')[0].capitalize()}: {kind.said.rstrip('.')}")
        for name, kind in KINDS.items()
    ]
    return sorted(named, key=lambda choice: choice[1])


class Period(house.FilterForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "This day is before the first one.")
        return cleaned


class EntryFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    person = django_filters.CharFilter(
        label="Person: letters of a name or address", method="by_person", max_length=200
    )
    office = django_filters.CharFilter(
        label="Office: letters of its name", method="by_office", max_length=200
    )
    kind = django_filters.ChoiceFilter(label="What", choices=kinds, empty_label="Any")
    reference = django_filters.CharFilter(label="Record’s reference", method="by_reference", max_length=12)
    since = django_filters.DateFilter(label="From", method="since_day", widget=forms.DateInput)
    until = django_filters.DateFilter(
        label="To, that day included", method="until_day", widget=forms.DateInput
    )

    class Meta:
        model = Entry
        fields: ClassVar = ["person", "office", "kind", "reference", "since", "until"]
        form = Period

    def by_person(self, rows: Any, name: str, words: str) -> Any:
        return rows.by_person(words)

    def by_office(self, rows: Any, name: str, words: str) -> Any:
        return rows.of_offices(words)

    def by_reference(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(subject_reference=words.strip().upper())

    def since_day(self, rows: Any, name: str, day: date) -> Any:
        return rows.between(moment(day, time.min), None)

    def until_day(self, rows: Any, name: str, day: date) -> Any:
        return rows.between(None, moment(day, time.max))
