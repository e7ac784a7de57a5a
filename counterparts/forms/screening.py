from typing import Self, cast

from django import forms
from django.http import QueryDict

from counterparts.models import Disposition
from diplomacy.lib import forms as house


class DisposeForm(house.Form):
    verdict = forms.ChoiceField(
        label="Are they the same?", choices=Disposition.Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="How do you know?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For your own office. A birth date, a photograph, who told you.",
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def over(self, digest: str, reason: str) -> Self:
        """What was written on what one has looked at before, over what stands there now: sent again, it is meant."""
        data = cast("QueryDict", self.data).copy()
        data["digest"] = digest
        self.data = data
        self.add_error(None, f"{reason} What you wrote is still below.")
        return self
