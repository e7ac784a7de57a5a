from typing import Any, ClassVar

import django_filters

from counterparts import places
from counterparts.models import Counterpart, CountryGuidance, Hit
from diplomacy.lib import forms as house

SHOWN = 50


class CounterpartFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    q = django_filters.CharFilter(label="Name, in any script", method="by_name", max_length=200)
    kind = django_filters.ChoiceFilter(choices=Counterpart.Kind.choices, empty_label="Any")
    country = django_filters.ChoiceFilter(choices=places.countries, empty_label="Any")

    class Meta:
        model = Counterpart
        fields: ClassVar = ["q", "kind", "country"]
        form = house.Form

    @property
    def qs(self) -> Any:
        """The best of what was narrowed down, not what is left of the best."""
        rows, text = super().qs, self.form.cleaned_data.get("q", "")
        return rows.named_like(text, most=SHOWN + 1) if text else rows

    def by_name(self, rows: Any, name: str, text: str) -> Any:
        return rows


class HitFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    level = django_filters.ChoiceFilter(choices=Hit.Level.choices, empty_label="Any")
    country = django_filters.ChoiceFilter(
        field_name="counterpart__country", label="Country", choices=places.countries, empty_label="Any"
    )
    word = django_filters.ChoiceFilter(
        label="Your office",
        choices=[("open", "Has said nothing"), ("all", "Anything")],
        method="by_word",
        empty_label=None,
    )

    class Meta:
        model = Hit
        fields: ClassVar = ["level", "country", "word"]
        form = house.FilterForm

    @property
    def qs(self) -> Any:
        rows = super().qs
        return rows if self.data.get("word") == "all" else rows.unspoken()

    def by_word(self, rows: Any, name: str, chosen: str) -> Any:
        return rows


class GuidanceFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    country = django_filters.ChoiceFilter(choices=places.countries, empty_label="Any")
    kind = django_filters.ChoiceFilter(choices=CountryGuidance.Kind.choices, empty_label="Any")
    when = django_filters.ChoiceFilter(
        label="Show",
        choices=[("now", "What is in force"), ("all", "Everything ever said")],
        method="by_when",
        empty_label=None,
    )

    class Meta:
        model = CountryGuidance
        fields: ClassVar = ["country", "kind", "when"]
        form = house.FilterForm

    @property
    def qs(self) -> Any:
        rows = super().qs
        return rows if self.data.get("when") == "all" else rows.in_force()

    def by_when(self, rows: Any, name: str, chosen: str) -> Any:
        return rows
