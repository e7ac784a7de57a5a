"""What an office says of an engagement, in the sections of the step form."""

from copy import copy
from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from accounts import time_zones
from accounts.models import Member
from diplomacy.lib import forms as house
from engagements import parties, rules
from engagements.choices import Coordination, Side, Topic, Visibility
from engagements.forms import rows
from engagements.models import Engagement


class PlanForm(house.ModelForm[Engagement]):
    """`needed` must be said to file; a draft may wait."""

    needed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, is_strict: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.needed:
            self.fields[name].required = is_strict
            self.fields[name].error_messages["required"] = rules.MISSING[name]


class WhatForm(PlanForm):
    needed = ("kind", "purpose")
    topics = forms.MultipleChoiceField(
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "usa-checkbox__input--compact"}),
        required=False,
        help_text="They help to find the desk that can advise.",
    )

    class Meta:
        model = Engagement
        fields: ClassVar = ["title", "kind", "purpose", "topics", "mode"]
        widgets: ClassVar = {
            "mode": forms.RadioSelect,
            "purpose": forms.Textarea(attrs={"rows": 4}),
        }
        labels: ClassVar = {"kind": "What kind of engagement is it?", "purpose": "What is it for?"}
        help_texts: ClassVar = {
            "title": "What you would call it in a calendar.",
            "purpose": "Two or three sentences are enough.",
            "mode": "Cooperation is work on a shared task. Advocacy asks the other side to change a policy.",
        }
        error_messages: ClassVar = {"title": {"required": rules.MISSING["title"]}}


class WhenForm(PlanForm):
    needed = ("starts_on",)
    time_zone = forms.ChoiceField(choices=time_zones.choices, widget=house.LongSelect)

    class Meta:
        model = Engagement
        fields: ClassVar = ["starts_on", "ends_on", "start_time", "time_zone"]
        labels: ClassVar = {"starts_on": "First day", "ends_on": "Last day", "start_time": "Start time"}
        help_texts: ClassVar = {
            "starts_on": "An estimate is fine: you can amend it.",
            "ends_on": "Leave it empty for a single day.",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if ends and not starts and "starts_on" not in self.errors:
            self.add_error("starts_on", "Give the first day too.")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "The last day cannot be before the first day.")
        return cleaned


class MoneyForm(PlanForm):
    class Meta:
        model = Engagement
        fields: ClassVar = [
            "payer", "payer_note", "arranged_by", "foreign_agent", "fara_number",
            "has_binding_language", "touches_infrastructure",
        ]  # fmt: skip
        widgets: ClassVar = {"payer": forms.RadioSelect}
        help_texts: ClassVar = {
            "payer_note": "For example: the host pays the hotel, we pay the flights.",
            "arranged_by": "The person or body that brought you together.",
            "foreign_agent": "Someone who acts for a foreign principal, such as a lobbying or travel firm.",
            "fara_number": "From the public register under the Foreign Agents Registration Act, if you know it.",
            "has_binding_language": "An agreement with duties in it, not only a declaration.",
            "touches_infrastructure": "Ports, grids, water, telecommunications, data centers or the like.",
        }


COORDINATION = [
    (
        Coordination.INTRODUCE,
        "Introduce us. If another office plans to meet the same people, each of us is told the other's name.",
    ),
    (
        Coordination.SIGNAL,
        "Signal only. The other office learns that someone is engaging, not who. We are asked before we are named.",
    ),
    (
        Coordination.BLIND,
        "Coordinator only. No office is told. A federal coordinator alone sees that plans meet.",
    ),
]
VISIBILITY = [
    (Visibility.FEDERAL, "Our office and the federal desks"),
    (Visibility.SHARED, "Our office, the federal desks, and those we name below"),
    (Visibility.PUBLIC, "Everyone signed in"),
    (Visibility.RESTRICTED, "Restricted: only the people named below, and the lead of the advising desk"),
]
WITH_NAMES = {Visibility.SHARED, Visibility.RESTRICTED}


class VisibilityForm(PlanForm):
    visibility = forms.ChoiceField(
        label="Who may see it once it is filed?",
        choices=VISIBILITY,
        widget=forms.RadioSelect,
        help_text="A draft is only ever seen in your office. You can change this later.",
    )

    class Meta:
        model = Engagement
        fields: ClassVar = ["visibility"]


class PreferenceForm(PlanForm):
    coordination = forms.ChoiceField(
        label="When our plans cross with another office's", choices=COORDINATION, widget=forms.RadioSelect
    )

    class Meta:
        model = Engagement
        fields: ClassVar = ["coordination"]


class CoordinationForm(PreferenceForm):
    wants_advice = forms.TypedChoiceField(
        label="Do you want advice from the federal desks?",
        choices=[("yes", "Yes, ask the desks that cover it"), ("no", "No, just let them know")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        help_text="Advice never holds you up: if none comes by the due date, you go ahead.",
    )

    class Meta:
        model = Engagement
        fields: ClassVar = ["coordination", "wants_advice"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["wants_advice"] = "yes" if self.instance.wants_advice else "no"


class Section:
    """One step: its forms are valid together and saved together."""

    slug: ClassVar[str]
    label: ClassVar[str]
    heading: ClassVar[str]

    def __init__(
        self,
        engagement: Engagement | None,
        *,
        member: Member,
        data: Any = None,
        is_strict: bool = False,
        more: str = "",
    ) -> None:
        self.engagement, self.member, self.data = engagement, member, data
        self.is_strict, self.more = is_strict, more
        self.parts: dict[str, Any] = self.build()

    def build(self) -> dict[str, Any]:
        raise NotImplementedError

    def form(self, kind: type[PlanForm]) -> PlanForm:
        # A form writes what it reads into its instance, valid or not: it gets one of its own.
        own = copy(self.engagement) if self.engagement else Engagement(time_zone=self.member.office.time_zone)
        return kind(self.data, instance=own, is_strict=self.is_strict)

    def formset(
        self, kind: type[rows.Rows], row: type[rows.Row], initial: list[Any], **given: Any
    ) -> rows.Rows:
        prefix = kind.__name__.lower()
        factory = rows.rows_of(kind, row, is_more=self.more == prefix, initial=initial)
        made: rows.Rows = factory(
            self.data, initial=initial, prefix=prefix, form_kwargs={"user": self.member.user, **given}
        )
        made.is_strict = self.is_strict
        return made

    def is_valid(self) -> bool:
        return not [part for part in self.parts.values() if not part.is_valid()]

    @property
    def asks_for_more(self) -> str:
        return next((name for name, part in self.parts.items() if getattr(part, "asks_for_more", False)), "")

    def fields(self) -> dict[str, Any]:
        plain = (part for part in self.parts.values() if isinstance(part, PlanForm))
        return {name: value for form in plain for name, value in form.cleaned_data.items()}

    def add_errors(self, problems: dict[str, list[str]]) -> None:
        """What a rule refused, at the field it names; at the top of the section when it names none of ours."""
        form = next(part for part in self.parts.values() if isinstance(part, house.House))
        for name, messages in problems.items():
            owner = next((part for part in self.parts.values() if name in getattr(part, "fields", ())), None)
            for message in messages:
                (owner or form).add_error(name if owner else None, message)


class What(Section):
    slug, label, heading = "what", "What", "What is planned?"

    def build(self) -> dict[str, Any]:
        return {"what": self.form(WhatForm)}


class Who(Section):
    slug, label, heading = "who", "Who", "Who meets whom?"

    def build(self) -> dict[str, Any]:
        said = self.engagement
        return {
            "counterparts": self.formset(rows.Counterparts, rows.CounterpartRow, rows.counterpart_rows(said)),
            "theirs": self.formset(rows.Theirs, rows.TheirPersonRow, rows.people_rows(said, Side.THEIRS)),
            "ours": self.formset(rows.Ours, rows.OurPersonRow, rows.people_rows(said, Side.OURS)),
        }

    def people(self) -> list[dict[str, Any]]:
        return [
            form.said()
            for side in ("ours", "theirs")
            for form in self.parts[side].forms
            if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")
        ]

    def add_errors(self, problems: dict[str, list[str]]) -> None:
        first = self.parts["counterparts"].forms[0]
        for messages in problems.values():
            for message in messages:
                first.add_error("name", message)


class When(Section):
    slug, label, heading = "when", "When and where", "When and where?"

    def build(self) -> dict[str, Any]:
        stops = self.formset(rows.Stops, rows.StopRow, rows.stop_rows(self.engagement))
        kind = self.engagement.kind if self.engagement else ""
        stops.is_strict = self.is_strict and kind not in rules.WITHOUT_PLACE
        return {"when": self.form(WhenForm), "stops": stops}

    def stops(self) -> list[dict[str, Any]]:
        # The factory builds rows the type checker cannot know: each is a StopRow.
        made: Any = self.parts["stops"].forms
        return [
            form.said()
            for form in made
            if getattr(form, "cleaned_data", None) and not form.cleaned_data["DELETE"]
        ]


class Money(Section):
    slug, label, heading = "money", "Money", "Money and arrangements"

    def build(self) -> dict[str, Any]:
        return {"money": self.form(MoneyForm)}


class Sharing(Section):
    """Who may see it, what other offices hear when plans cross, and whether to ask for advice."""

    slug, label, heading = "sharing", "Who sees it", "Who may see it?"
    preferences: type[PlanForm] = CoordinationForm

    def build(self) -> dict[str, Any]:
        kept = tuple(parties.named_on(self.engagement)) if self.engagement else ()
        initial = [{"name": party.name, "reference": party.reference} for party in kept]
        named = self.formset(rows.Named, rows.NamedRow, initial, kept=kept)
        visibility = self.form(VisibilityForm)
        return {"visibility": visibility, "named": named, "coordination": self.form(self.preferences)}

    def is_valid(self) -> bool:
        return super().is_valid() and self._names_fit()

    def _names_fit(self) -> bool:
        visibility = self.parts["visibility"].cleaned_data["visibility"]
        named = self.named
        if named and visibility not in WITH_NAMES:
            self.add_errors(
                {"visibility": ["You named someone below. Choose a setting that uses names, or remove them."]}
            )
        return not self.parts["visibility"].errors

    @property
    def named(self) -> list[parties.Party]:
        return [row["party"] for row in self.parts["named"].kept if "party" in row]

    def fields(self) -> dict[str, Any]:
        return dict(self.parts["coordination"].cleaned_data)

    def audience(self) -> dict[str, Any]:
        """What `actions.share` takes."""
        named = {party.reference: party for party in self.named}
        return {
            "visibility": self.parts["visibility"].cleaned_data["visibility"],
            "offices": [party.record for key, party in named.items() if key.startswith("O-")],
            "coalitions": [party.record for key, party in named.items() if key.startswith("G-")],
            "people": [party.record for party in named.values() if _is_person(party)],
        }


def _is_person(party: parties.Party) -> bool:
    return party.reference.startswith("u-")


class SharingOnly(Sharing):
    """Whom it concerns, changed alone and without a new version of the plan. Desks were asked at filing."""

    preferences = PreferenceForm


STEPS: tuple[type[Section], ...] = (What, Who, When, Money, Sharing)
SLUGS = [step.slug for step in STEPS]

FIELD_STEPS = {
    "title": ("what", "id_title"),
    "kind": ("what", "id_kind"),
    "purpose": ("what", "id_purpose"),
    "counterparts": ("who", "id_counterparts-0-name"),
    "starts_on": ("when", "id_starts_on"),
    "stops": ("when", "id_stops-0-city"),
}


def place_of(field: str, reference: str) -> str:
    """The address of the step and the field at which something is missing."""
    slug, anchor = FIELD_STEPS[field]
    return f"{reverse('engagements:step', args=[reference, slug])}#{anchor}"
