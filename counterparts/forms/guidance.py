from typing import Any, ClassVar

from django import forms

from counterparts import places
from counterparts.forms.register import Place
from counterparts.models import CountryGuidance
from diplomacy.lib import forms as house


class GuidanceForm(Place, house.ModelForm[CountryGuidance]):
    field_order = ["country", "region", "kind", "title", "text", "reason", "starts_on", "ends_on"]

    class Meta:
        model = CountryGuidance
        fields: ClassVar = ["country", "kind", "title", "text", "reason", "starts_on", "ends_on"]
        widgets: ClassVar = {
            "kind": forms.RadioSelect,
            "text": forms.Textarea(attrs={"rows": 6}),
            "reason": forms.Textarea(attrs={"rows": 3}),
            "starts_on": forms.DateInput,
            "ends_on": forms.DateInput,
        }
        help_texts: ClassVar = {
            "title": "In one line, as an office would look for it.",
            "text": "What you advise offices to do. It advises; it is not an order.",
            "reason": "Offices follow what they understand.",
            "ends_on": "Leave it empty if it holds until you change it.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].required = True
        subdivision = self.instance.subdivision
        shown = places.subdivision_name(subdivision) if subdivision else ""
        self.initial = {"region": shown, "subdivision": subdivision, **self.initial}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day cannot be before the first day.")
        return cleaned

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "region"}


class NoteForm(house.Form):
    text = forms.CharField(
        label="Note", max_length=5000, widget=forms.Textarea(attrs={"rows": 4}), help_text="Only your own office reads it."
    )  # fmt: skip


class EndForm(house.Form):
    ends_on = forms.DateField(label="In force until", widget=forms.DateInput)
