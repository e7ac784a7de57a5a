from django import forms

from accounts.time_zones import choices
from diplomacy.lib import forms as house


class ProfileForm(house.Form):
    name = forms.CharField(max_length=200, help_text="As colleagues and other offices should read it.")
    time_zone = forms.ChoiceField(
        choices=choices, widget=house.LongSelect, help_text="Times are shown and understood in this zone."
    )
