from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from activity.kinds import KINDS
from activity.models import Preference
from diplomacy.lib import forms as house

GROUPS = {"engagements": "Engagements and advice", "briefings": "Briefings"}
CHOOSABLE = {name: kind for name, kind in KINDS.items() if kind.notice and not kind.is_urgent}
URGENT = [kind for kind in KINDS.values() if kind.notice and kind.is_urgent]


class Preferences(house.Form):
    """One choice for each kind of notice. Urgent kinds are not offered: they are always mailed."""

    def __init__(self, *args: Any, chosen: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in CHOOSABLE.items():
            self.fields[name] = forms.ChoiceField(
                label=kind.notice,
                choices=Preference.Channel.choices,
                initial=chosen.get(name, Preference.Channel.EMAIL),
                error_messages={"invalid_choice": "Choose one of the answers that are offered."},
            )

    @property
    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        for app, title in GROUPS.items():
            yield title, [self[name] for name in CHOOSABLE if name.startswith(f"{app}.")]

    def changed_choices(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.changed_data}
