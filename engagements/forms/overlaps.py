from django import forms

from diplomacy.lib import forms as house
from engagements.forms.advice import Once


class MessageForm(Once, house.Form):
    text = forms.CharField(
        label="Message to the other office",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Both offices read it. Federal coordinators do not.",
    )


class AsideForm(house.Form):
    reason = forms.CharField(
        label="Why?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only your office reads it. The other office sees no change.",
    )


class CoordinatorForm(Once, house.Form):
    text = forms.CharField(
        label="Question to the coordinators",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It goes to the desks that cover your plan. They see both plans; the other office learns nothing of it.",
    )


class CoordinatorAnswerForm(Once, house.Form):
    text = forms.CharField(
        label="Your answer",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only the office that asked reads it. Do not name the other office unless it has been introduced.",
    )
