from typing import Any

from django import forms

from diplomacy.lib import forms as house
from records.models import Exemption, Request
from records.rules import ALL, PARTS


class AskForm(house.ModelForm[Request]):
    class Meta:
        model = Request
        fields = ["title", "since", "until"]
        help_texts = {
            "title": "So that you find it again: a name, a case number.",
            "since": "Engagements that were begun or planned in these days.",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "This day is before the first one.")
        return cleaned


class MarkForm(house.Form):
    parts = forms.MultipleChoiceField(
        label="What is kept back",
        choices=[(ALL, ALL), *((part, part) for part in PARTS)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    basis = forms.CharField(
        label="Under which law",
        help_text="Such as “Gov. Code § 7921.505(c)”. It stands in the place of what is kept back.",
        max_length=300,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("parts") and not cleaned.get("basis"):
            self.add_error("basis", "Name the law that lets you keep this back.")
        return cleaned


def marked(mark: Exemption | None) -> dict[str, Any]:
    return {"parts": mark.parts, "basis": mark.basis} if mark else {}
