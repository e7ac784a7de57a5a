from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse_lazy

from accounts.models import Member
from counterparts.forms import find
from diplomacy.lib import forms as house
from diplomacy.lib import washington
from engagements import parties
from engagements.choices import Outcome, ReferralStatus, Topic
from engagements.forms import rows
from engagements.forms.advice import Once
from engagements.models import Engagement
from engagements.querysets import EngagementQuerySet, ReferralQuerySet


class OwnEngagement(forms.Form):
    """One of the office's own, by title or reference; `engagement` in what it says."""

    about = forms.CharField(
        label="Engagement of ours",
        required=False,
        max_length=200,
        widget=house.LookupInput(reverse_lazy("engagements:referral_engagements"), into="about_reference"),
    )
    about_reference = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        text = cleaned.get("about", "").strip()
        cleaned["engagement"] = self._found(text, cleaned.get("about_reference", "")) if text else None
        return cleaned

    def _found(self, text: str, reference: str) -> Engagement | None:
        """The one chosen, if its title still stands in the field; else the one that is called so."""
        ours: EngagementQuerySet = Engagement.objects.visible_to(self.by.user).of_office(self.by.office)
        called: list[Engagement] = list(ours.filter(reference__iexact=text)[:2]) or list(
            ours.filter(title__iexact=text)[:10]
        )
        chosen = [one for one in called if one.reference == reference] or called
        if len(chosen) == 1:
            return chosen[0]
        self.add_error("about", "No single engagement of your office is called this. Enter its reference.")
        return None


class ReferralForm(Once, OwnEngagement, house.Form):
    receiver = forms.CharField(
        label="Refer it to",
        max_length=200,
        widget=house.LookupInput(reverse_lazy("engagements:referral_offices"), into="receiver_reference"),
        help_text="An office or a federal desk. Offices are found as you type.",
    )
    receiver_reference = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    subject = forms.CharField(label="What is it about, in a line?", max_length=200)
    text = forms.CharField(
        label="What do they ask for, and what do you know?",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Both offices read it, and nobody else does.",
    )
    counterpart_name = forms.CharField(
        label="Somebody who is not on the register",
        max_length=200,
        required=False,
        help_text="In words. Only the two offices read it; the register is read by everyone.",
    )
    topics = forms.MultipleChoiceField(
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "usa-checkbox__input--compact"}),
        required=False,
    )
    useful_by = forms.DateField(
        label="By when is an answer useful?",
        required=False,
        help_text="A later answer is accepted too. Nothing ends by itself.",
    )
    contact = forms.ModelChoiceField(
        label="Whom can they ask in your office?", queryset=Member.objects.none(), empty_label=None
    )

    field_order = [
        "receiver", "receiver_reference", "subject", "text", "topics", "counterpart_name", "useful_by",
        "contact", "about", "about_reference", "key",
    ]  # fmt: skip

    def __init__(self, *args: Any, by: Member, colleagues: QuerySet[Member], **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        field: Any = self.fields["contact"]
        field.queryset = colleagues
        field.label_from_instance = lambda member: f"{member.user} ({member.get_role_display()})"
        self.initial.setdefault("contact", by.pk)
        self.fields[
            "about"
        ].help_text = "If it came from one. The other office sees which only if it may read that engagement in any case."

    def clean_useful_by(self) -> Any:
        day = self.cleaned_data["useful_by"]
        if day and day < washington.today():
            raise forms.ValidationError("Choose today or a later day.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if name := cleaned.get("receiver", ""):
            found = parties.receiver(
                name, cleaned.get("receiver_reference", ""), self.by.user, self.by.office
            )
            cleaned["office"] = found
            if found is None:
                self.add_error("receiver", f"We know no other office or desk called “{name}”.")
        return cleaned


class MetRow(rows.Row):
    """A counterpart from the register. What is not there is not put there: everyone would read that it was."""

    name = forms.CharField(
        max_length=200, widget=house.LookupInput(reverse_lazy("counterparts:lookup"), into="reference")
    )
    reference = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if name := cleaned.get("name", ""):
            found = find(name, cleaned.get("reference", ""), self.user)
            if len(found) == 1:
                cleaned["counterpart"] = found[0]
            else:
                self.add_error("name", _unclear(name, is_several=bool(found)))
        return cleaned


def _unclear(name: str, *, is_several: bool) -> str:
    if is_several:
        return "Several have this name. Choose one from the list that opens as you type."
    return f"“{name}” is not on the register. Write the name in the field below instead."


class Met(rows.Rows):
    row_name, add_words = "Counterpart", "Add another counterpart"


class MoveForm(Once, house.Versioned, house.Form):
    """A button: what was read, and that it is pressed once."""


class DeclineForm(Once, house.Versioned, house.Form):
    reason = forms.CharField(
        label="Why?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The office that sent it reads it. Say who else could help, if you know.",
    )


class CloseReferralForm(Once, house.Versioned, OwnEngagement, house.Form):
    outcome = forms.ChoiceField(label="What came of it?", choices=Outcome.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="In a sentence",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The office that sent it reads it.",
    )

    is_unnamed = forms.BooleanField(
        label="I cannot name the engagement that is planned",
        required=False,
        help_text="It is not logged here, or others decide who knows of it.",
    )

    field_order = ["outcome", "text", "about", "about_reference", "is_unnamed", "version", "key"]

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        if by.writes_engagements:
            self.fields["about"].label = "The engagement that is planned"
            self.fields["about"].help_text = (
                "Only where one is planned. By title or reference: the office that sent it sees which only if it may read that"
                " engagement in any case."
            )
        else:
            del self.fields["about"], self.fields["about_reference"], self.fields["is_unnamed"]


class ReferralFilter(house.FilterForm):
    state = forms.ChoiceField(
        label="Where it stands",
        choices=[("", "Anywhere"), ("open", "An answer or an outcome is owed"), *ReferralStatus.choices],
        required=False,
    )

    def narrow(self, referrals: ReferralQuerySet) -> ReferralQuerySet:
        """An answer that does not read narrows nothing."""
        self.is_valid()
        state = getattr(self, "cleaned_data", {}).get("state", "")
        if state == "open":
            return referrals.open()
        return referrals.filter(status=state) if state else referrals
