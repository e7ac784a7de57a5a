from django import forms

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
