from typing import Any

from django import forms
from django.urls import reverse_lazy

from counterparts.forms.register import find
from counterparts.models import Counterpart
from diplomacy.lib import forms as house


class PostFields(house.Form):
    title = forms.CharField(
        label="Post", max_length=120, help_text="Such as “Deputy mayor” or “Consul General”."
    )
    starts_on = forms.DateField(label="Since", required=False, widget=forms.DateInput)
    ends_on = forms.DateField(label="Until", required=False, widget=forms.DateInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day cannot be before the first day.")
        return cleaned


class ChangePostForm(house.Versioned, PostFields):
    pass


class PostForm(PostFields):
    body = forms.CharField(
        label="In which body",
        max_length=200,
        widget=house.LookupInput(reverse_lazy("counterparts:lookup"), into="body_reference"),
    )
    body_reference = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    field_order = ["title", "body", "starts_on", "ends_on"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "body" in cleaned:
            cleaned["body"] = self._body(cleaned["body"], cleaned.pop("body_reference", ""))
        return cleaned

    def _body(self, name: str, reference: str) -> Counterpart | None:
        found = find(name, reference, self.user)
        if len(found) == 1:
            return found[0]
        known = "Several bodies have this name" if found else f"“{name}” is not on the register"
        self.add_error("body", f"{known}. Choose one from the list that opens as you type.")
        return None


class SourceForm(house.Form):
    title = forms.CharField(
        label="Source", max_length=200, help_text="Such as “Official website, list of ministers”."
    )
    url = forms.URLField(label="Address", required=False, max_length=500, assume_scheme="https")
    seen_on = forms.DateField(label="Seen on", required=False, widget=forms.DateInput)
