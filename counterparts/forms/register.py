from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.urls import reverse_lazy

from counterparts import places
from counterparts.models import Counterpart
from diplomacy.lib import forms as house

PROTOCOL = ("address", "precedence", "interpreters", "dietary")
MOST_ALIASES = 30
LONGEST_ALIAS = 200


def countries() -> list[tuple[str, str]]:
    return [("", house.NOTHING_CHOSEN), *places.countries()]


def destinations() -> list[tuple[str, str]]:
    return [("", house.NOTHING_CHOSEN), *places.destinations()]


class Place(forms.Form):
    """A country and a part of it, typed or chosen; `subdivision` holds the code once it is known."""

    country = forms.ChoiceField(choices=countries, widget=house.LongSelect, required=False)
    region = forms.CharField(
        label="State, province or region",
        max_length=100,
        required=False,
        widget=house.LookupInput(reverse_lazy("counterparts:regions"), into="subdivision"),
    )
    subdivision = forms.CharField(max_length=6, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "region" in cleaned and "country" in cleaned:
            self._clean_region(cleaned)
        return cleaned

    def _clean_region(self, cleaned: dict[str, Any]) -> None:
        region, country = cleaned["region"], cleaned["country"]
        chosen = cleaned.get("subdivision", "")
        cleaned["subdivision"] = ""
        if not region:
            return
        codes = places.subdivisions_named(region)
        if chosen in codes:
            codes = [chosen]
        elif country:
            codes = [code for code in codes if code.startswith(f"{country}-")] or codes
        if problem := _problem_with(region, country, codes):
            self.add_error("region", problem)
            return
        cleaned["subdivision"] = codes[0]
        cleaned["country"] = country or codes[0][:2]


def _problem_with(region: str, country: str, codes: list[str]) -> str:
    """Why these codes do not settle which part of which country is meant; empty when they do."""
    if not codes:
        where = f"in {places.country_name(country)}" if country else "in any country"
        near = [places.subdivision_name(code) for code in places.subdivisions_like(region, limit=50)]
        meant = f" Did you mean {near[0]}?" if len(near) == 1 else ""
        return f"We know no “{region}” {where}.{meant} Leave it empty if you are not sure."
    owners = sorted({code[:2] for code in codes})
    if country and country not in owners:
        return (
            f"{region} lies in {places.country_name(owners[0])}, and not in {places.country_name(country)}."
        )
    return (
        ""
        if country or len(owners) == 1
        else "Several countries have a part of this name: choose the country too."
    )


class CounterpartForm(house.Versioned, Place, house.ModelForm[Counterpart]):
    native_name = forms.CharField(
        label="Name in its own language",
        max_length=200,
        required=False,
        help_text="As on its own letterhead.",
    )
    aliases = forms.CharField(
        label="Other names",
        required=False,
        max_length=MOST_ALIASES * LONGEST_ALIAS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One per line: short forms, former names, other scripts. Each of them will be found.",
    )
    parent = forms.CharField(
        label="Part of",
        max_length=200,
        required=False,
        widget=house.LookupInput(reverse_lazy("counterparts:lookup"), into="parent_reference"),
        help_text="The body it belongs to, when that is on the register.",
    )
    parent_reference = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    website = forms.URLField(required=False, max_length=200, assume_scheme="https")

    field_order = [
        "kind", "name", "native_name", "aliases", "country", "region", "city", "parent", "birth_year", "profile",
        "website", "address", "precedence", "interpreters", "dietary",
    ]  # fmt: skip

    class Meta:
        model = Counterpart
        fields: ClassVar = [
            "kind", "name", "native_name", "country", "city", "birth_year", "profile", "website", "address",
            "precedence", "interpreters", "dietary",
        ]  # fmt: skip
        help_texts: ClassVar = {
            "profile": "Who they are and what to know before meeting them. Everyone signed in reads it.",
            "name": "In Latin letters, as you would write it in a letter.",
            "birth_year": "Of a person. It tells people of one name apart.",
            "address": "How to write to them and how to speak to them.",
            "precedence": "Who goes, sits and speaks before whom.",
            "interpreters": "Which languages, and who brings an interpreter.",
            "dietary": "What to serve, and what not.",
        }
        widgets: ClassVar = {
            "profile": forms.Textarea(attrs={"rows": 6}),
            **{name: forms.Textarea(attrs={"rows": 2}) for name in PROTOCOL},
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["country"].help_text = "Needed, except for people and international bodies."
        if self.instance.pk:
            self._show(self.instance)

    def _show(self, counterpart: Counterpart) -> None:
        names = counterpart.aliases.values_list("name", flat=True)
        shown = {
            "aliases": "\n".join(names),
            "region": places.subdivision_name(counterpart.subdivision) if counterpart.subdivision else "",
            "subdivision": counterpart.subdivision,
            "parent": str(counterpart.parent or ""),
            "parent_reference": counterpart.parent.reference if counterpart.parent else "",
        }
        self.initial = {**shown, **self.initial, "parent": shown["parent"]}

    def clean_aliases(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["aliases"].split("\n") if line.strip()]
        if len(names) > MOST_ALIASES:
            raise forms.ValidationError(f"Up to {MOST_ALIASES} other names, please. There are {len(names)}.")
        if long := next((name for name in names if len(name) > LONGEST_ALIAS), None):
            raise forms.ValidationError(
                f"“{long[:40]}…” has {len(long)} characters. A name can have {LONGEST_ALIAS}."
            )
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("birth_year") and cleaned.get("kind") != Counterpart.Kind.PERSON:
            self.add_error("birth_year", "Only people have a year of birth.")
        if "parent" in cleaned:
            cleaned["parent"] = self._parent(cleaned["parent"], cleaned.get("parent_reference", ""))
        return cleaned

    def _parent(self, name: str, reference: str) -> Counterpart | None:
        if not name:
            return None
        found = find(name, reference, self.user)
        if len(found) == 1:
            return found[0]
        known = (
            "Several bodies on the register have this name" if found else f"“{name}” is not on the register"
        )
        self.add_error(
            "parent", f"{known}. Choose one from the list that opens as you type, or leave it empty."
        )
        return None

    def said(self) -> dict[str, Any]:
        """What the action takes."""
        left_out = {"version", "region", "parent_reference"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}


def find(name: str, reference: str, user: Any) -> list[Counterpart]:
    """The counterpart chosen by reference, if it still bears the name in the field; else all of exactly that name."""
    named: Iterable[Counterpart] = Counterpart.objects.visible_to(user).called(name)[:10]
    found = list(named)
    return [body for body in found if body.reference == reference] or found
