from django import forms

from diplomacy.lib import forms as house


class ApartForm(house.Form):
    reason = forms.CharField(
        label="How do you know?", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
