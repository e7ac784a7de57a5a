from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q

from activity.kinds import KINDS
from activity.models import Preference
from activity.rules import OVERSIGHT
from diplomacy.lib import forms as house

GROUPS = {
    "engagements": "Engagements and advice",
    "briefings": "Briefings",
    "accounts": "Offices, members and roles",
}
CHOOSABLE = {name: kind for name, kind in KINDS.items() if kind.notice and not kind.is_urgent}
URGENT = [kind for kind in KINDS.values() if kind.notice and kind.is_urgent]


class Preferences(house.Form):
    """What is ticked is mailed too. Urgent kinds are not offered: they always are."""

    def __init__(self, *args: Any, quiet: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for app, title in GROUPS.items():
            offered = [(name, kind.notice) for name, kind in CHOOSABLE.items() if name.startswith(f"{app}.")]
            self.fields[app] = forms.MultipleChoiceField(
                label=title,
                choices=offered,
                initial=[name for name, _ in offered if name not in quiet],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                error_messages={"invalid_choice": "Choose only from what is offered."},
            )

    def changed_choices(self) -> Iterator[tuple[str, str]]:
        for app in self.changed_data:
            wanted, before = set(self.cleaned_data[app]), set(self.fields[app].initial)
            for name in sorted(wanted ^ before):
                yield name, Preference.Channel.EMAIL if name in wanted else Preference.Channel.APPLICATION


class HoldForm(house.Form):
    """What is to be kept. Who leads an office holds that one; an auditor says which."""

    office = forms.CharField(
        label="Office", help_text="Its full name or its reference, such as O-7K3M9QTX.", max_length=200
    )
    record = forms.CharField(
        label="One record only",
        help_text="Its reference. Leave it empty to keep everything the office has a part in.",
        max_length=12,
        required=False,
    )
    reason = forms.CharField(
        label="Why", help_text="A lawsuit, a request, an audit. Leads and auditors read this.", max_length=500
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        if by.role not in OVERSIGHT:
            del self.fields["office"]

    def clean_office(self) -> int:
        said = self.cleaned_data["office"].strip()
        offices: Any = apps.get_model("accounts.Office")
        found = offices.objects.visible_to(self.by.user).filter(
            Q(reference=said.upper()) | Q(name__iexact=said)
        )
        if office := found.first():
            return int(office.pk)
        raise forms.ValidationError("There is no office of that name or reference.")

    @property
    def said(self) -> dict[str, Any]:
        """As the action takes it."""
        office_id = self.cleaned_data.get("office", self.by.office_id)
        kept = {name: self.cleaned_data[name] for name in ("record", "reason")}
        return {"office_id": office_id, **kept}
