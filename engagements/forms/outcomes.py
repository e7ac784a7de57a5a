from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from diplomacy.lib import forms as house
from engagements.forms.advice import Once
from engagements.forms.rows import Rows
from engagements.models import AdviceRequest, Commitment, Engagement, OutcomeReport


class PostponeForm(house.Versioned, house.Form):
    reason = forms.CharField(
        label="Why?",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everyone who may see the engagement reads it.",
    )


class ResumeForm(house.Versioned, house.Form):
    """`lapsed`: what desks did not advise on in time, and can be asked again."""

    starts_on = forms.DateField(label="First day")
    ends_on = forms.DateField(label="Last day", required=False, help_text="Leave it empty for a single day.")
    ask_again = forms.BooleanField(label="Ask again for advice", required=False)

    def __init__(self, *args: Any, lapsed: Sequence[AdviceRequest] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if lapsed:
            names = "; ".join(held.desk.name for held in lapsed)
            self.fields[
                "ask_again"
            ].help_text = f"No comment came in time from: {names}. That stays on record."
        else:
            del self.fields["ask_again"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts = cleaned.get("starts_on")
        ends = cleaned.get("ends_on") or starts
        if starts and ends and "ends_on" not in self.errors and ends < starts:
            self.add_error("ends_on", "The last day cannot be before the first day.")
        return {**cleaned, "ends_on": ends}


class HoldForm(house.Versioned, house.Form):
    pass


class NoteForm(Once, house.Form):
    text = forms.CharField(
        label="Note",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Stays in your office: no desk and no other office reads it.",
    )


class ReportForm(house.Versioned, house.ModelForm[OutcomeReport]):
    version_field = "pk"  # a report has no version of its own: the one read is the engagement's, set below

    class Meta:
        model = OutcomeReport
        fields: ClassVar = [
            "summary", "follow_up", "gifts", "gifts_value", "hosted_travel", "hosted_travel_value",
        ]  # fmt: skip
        labels: ClassVar = {
            "summary": "What came of it?",
            "follow_up": "What happens next?",
            "gifts_value": "Value of the gifts in US dollars",
            "hosted_travel_value": "Value of what others paid in US dollars",
        }
        help_texts: ClassVar = {
            "summary": "A few sentences. It starts from what was planned: change what turned out otherwise.",
            "gifts": "For your jurisdiction's own ledger. Leave it empty when there were none.",
            "hosted_travel": "What the host or a third party paid for, and for whom.",
        }
        widgets: ClassVar = {
            "summary": forms.Textarea(attrs={"rows": 8}),
            "follow_up": forms.Textarea(attrs={"rows": 4}),
            "gifts": forms.Textarea(attrs={"rows": 2}),
            "hosted_travel": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = engagement.version
        for name in ("gifts_value", "hosted_travel_value"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"

    def clean_gifts_value(self) -> Any:
        return self._not_negative("gifts_value")

    def clean_hosted_travel_value(self) -> Any:
        return self._not_negative("hosted_travel_value")

    def _not_negative(self, name: str) -> Any:
        value = self.cleaned_data[name]
        if value is not None and value < 0:
            raise forms.ValidationError("A value cannot be less than zero.")
        return value

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class CommitmentForm(house.ModelForm[Commitment]):
    class Meta:
        model = Commitment
        fields: ClassVar = ["text", "side", "owner", "due_on"]
        labels: ClassVar = {"text": "What was promised?", "due_on": "By when?"}
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 2})}
        help_texts: ClassVar = {"owner": "A person or an office."}


class OneCommitmentForm(Once, CommitmentForm):
    """On a page of its own."""


class CommitmentRow(CommitmentForm):
    """Emptied, it counts as removed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True

    def has_changed(self) -> bool:
        said = (self[name].data for name in ("text", "owner", "due_on"))
        return any(str(value or "").strip() for value in said)


class Commitments(Rows):
    row_name, add_words = "Commitment", "Add another commitment"


CommitmentRows = forms.formset_factory(
    CommitmentRow,
    formset=Commitments,
    extra=1,
    can_delete=True,
    max_num=20,
    validate_max=True,
    absolute_max=30,
)


class CloseForm(house.Form):
    evidence = forms.CharField(
        label="How was it met?",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What was done, and where it can be seen.",
    )
