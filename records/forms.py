from collections.abc import Sequence
from typing import Any

from django import forms

from diplomacy.lib import forms as house
from records.models import Marks, Request
from records.rules import ALL, PARTS

MOST_LINES, MOST_LETTERS = 50, 200


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
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    phrases = forms.CharField(
        label="Words to black out",
        help_text="Names, numbers, sentences: one a line, at least two letters. They are kept back wherever they"
        " stand in this record, in capitals or not.",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    basis = forms.CharField(
        label="Under which law",
        help_text="Needed when anything is kept back, such as “Gov. Code § 7921.505(c)”. It stands in its place.",
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, labels: Sequence[str] = PARTS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parts"]
        field.choices = [(label, label) for label in (ALL, *labels)]

    def clean_phrases(self) -> list[str]:
        lines = self.cleaned_data["phrases"].splitlines()
        said = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
        if any(not 2 <= len(line) <= MOST_LETTERS for line in said) or len(said) > MOST_LINES:
            raise forms.ValidationError(
                f"At most {MOST_LINES} lines, each of 2 to {MOST_LETTERS} letters.", code="lines"
            )
        return said

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("parts") or cleaned.get("phrases")) and not cleaned.get("basis"):
            self.add_error("basis", "Name the law that lets you keep this back.")
        return cleaned


def marked(mark: Marks | None) -> dict[str, Any]:
    if mark is None:
        return {}
    return {"parts": mark.parts, "phrases": "\n".join(mark.phrases), "basis": mark.basis}
