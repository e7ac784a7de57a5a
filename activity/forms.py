from collections.abc import Collection, Iterator
from typing import Any

from django import forms

from activity.kinds import KINDS
from activity.models import Preference
from diplomacy.lib import forms as house

GROUPS = {"engagements": "Engagements and advice", "briefings": "Briefings"}
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
