import hashlib
import json
import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Member, Office
from counterparts import places
from diplomacy.lib import forms as house
from engagements.choices import Position, ResponseKind
from engagements.querysets import AdviceRequestQuerySet


class Once(forms.Form):
    """Carries a key made with the page, so that a form sent twice does its work once."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    button = ""

    @property
    def digest(self) -> str:
        """Of what was written and the button pressed: the same page sent again with others is another act."""
        said = {name: str(value) for name, value in self.cleaned_data.items()}
        said |= {"form": type(self).__name__, "button": self.button}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class Numbered(forms.Form):
    """Carries the number of what its writer had read, so that it is not taken for a word on what has come since."""

    number = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def move_on_to(self, number: int) -> None:
        """After a refusal: sending again is about what is read now."""
        stock: Any = self.data
        data = stock.copy()
        data[self.add_prefix("number")] = str(number)
        self.data = data


class AdviceForm(Once, Numbered, house.Versioned, house.Form):
    position = forms.ChoiceField(choices=Position.choices, widget=forms.RadioSelect)
    reasoning = forms.CharField(
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Say why, and what the office could do. Markdown is understood.",
    )


class QuestionForm(Once, house.Form):
    text = forms.CharField(
        label="Question to the office", max_length=3000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(Once, Numbered, house.Form):
    text = forms.CharField(label="Your answer", max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))


class NoteForm(Once, house.Form):
    text = forms.CharField(label="Note", max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))


class ResponseForm(Once, Numbered, house.Form):
    kind = forms.ChoiceField(
        label="What did you do with it?", choices=ResponseKind.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="Why", max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class GiveToForm(house.Form):
    to = forms.ModelChoiceField(label="Give it to", queryset=Member.objects.none())

    def __init__(self, *args: Any, colleagues: QuerySet[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = colleagues
        field.label_from_instance = lambda member: f"{member.user} ({member.get_role_display()})"


class AskDeskForm(house.Form):
    desk = forms.ModelChoiceField(label="Desk", queryset=Office.objects.none())

    def __init__(self, *args: Any, desks: QuerySet[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["desk"]
        field.queryset = desks


WHO = [("", "Anybody"), ("mine", "Me"), ("none", "Nobody yet")]
CLOCK = [("", "Any"), ("office", "Waiting for the office"), ("desk", "Waiting for us")]


class QueueFilter(house.FilterForm):
    who = forms.ChoiceField(label="Who has it", choices=WHO, required=False)
    waits = forms.ChoiceField(label="Waiting for", choices=CLOCK, required=False)
    country = forms.ChoiceField(label="Country", required=False)
    level = forms.ChoiceField(
        label="Office level",
        required=False,
        choices=[("", "Any"), *(pair for pair in Office.Level.choices if pair[0] != Office.Level.FEDERAL)],
    )

    def __init__(self, *args: Any, countries: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((places.country_name(code), code) for code in countries)
        field: Any = self.fields["country"]
        field.choices = [("", "Any"), *((code, name) for name, code in named)]

    def narrow(self, requests: AdviceRequestQuerySet, member: Member) -> AdviceRequestQuerySet:
        """An answer that does not read narrows nothing: an old link still shows the queue."""
        if not self.is_bound:
            return requests
        self.is_valid()
        said = self.cleaned_data
        if said.get("who"):
            requests = requests.assigned_to(member) if said["who"] == "mine" else requests.unassigned()
        if said.get("waits"):
            requests = requests.waiting_for_office(said["waits"] == "office")
        if said.get("country"):
            requests = requests.touching(said["country"])
        if said.get("level"):
            requests = requests.filter(engagement__office__level=said["level"])
        return requests
