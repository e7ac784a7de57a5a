import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.html import escape

from accounts.models import Member
from accounts.rules import OVERSIGHT_ROLES
from briefings import directory
from briefings.choices import Kind, Label
from briefings.models import AudienceRule, Briefing, Section
from diplomacy.lib import forms as house
from engagements.models import Engagement

MOST_SECTIONS = 30
MOST_RULES = 50
WHOLE, ANYBODY = "whole", "everyone"
DATED = {Kind.COUNTRY, Kind.COUNTERPART}


class BriefingForm(house.Versioned, house.ModelForm[Briefing]):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    about = forms.CharField(
        label="Engagement it is about",
        required=False,
        max_length=200,
        widget=house.LookupInput(reverse_lazy("briefings:lookup_engagements"), into="about_reference"),
        help_text="Type its title or reference. Only readers who may see the engagement get a link to it.",
    )
    about_reference = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    class Meta:
        model = Briefing
        fields = ["title", "acknowledge_by", "expires_on"]
        labels = {"acknowledge_by": "To be acknowledged by", "expires_on": "Last day it can be read"}
        help_texts = {
            "title": "Everyone who gets any part of the briefing reads its title. Say nothing here that only some may know.",
            "acknowledge_by": "Readers are asked to confirm that they have read it.",
            "expires_on": "",
        }

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        about: Engagement | None = self.instance.engagement
        self.kept: Engagement | None = (
            Engagement.objects.visible_to(by.user).filter(pk=about.pk).first() if about else None
        )
        self.hidden = None if self.kept else about
        if self.kept:
            self.initial.update(about=self.kept.title, about_reference=self.kept.reference)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["engagement"] = self._engagement(
            cleaned.get("about", "").strip(), cleaned.get("about_reference", "")
        )
        return cleaned

    def _engagement(self, text: str, reference: str) -> Engagement | None:
        """The one chosen, if its title still stands in the field; else the one that is called so.

        One that the author may not see any more leaves the field empty, and stays until another is chosen.
        """
        if not text:
            return self.hidden
        seen = Engagement.objects.visible_to(self.by.user)
        if self.kept and text == self.kept.title:
            return self.kept
        chosen: Engagement | None = seen.filter(reference=reference, title=text).first()
        if chosen:
            return chosen
        called: list[Engagement] = list(seen.filter(reference=text.upper())) or list(
            seen.titled(text).filter(title__iexact=text)[:2]
        )
        if len(called) != 1:
            self.add_error(
                "about", "No single engagement that you may see is called this. Enter its reference."
            )
            return None
        return called[0]

    def begin_anew(self) -> None:
        """The page was sent before with other words. Sending it again is then a second draft, and a decision."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["key"] = str(uuid.uuid4())
        self.data = data
        self.add_error(
            None,
            "This page was sent before with other words, and a draft was saved then. Send it again to save what "
            "stands here as a second draft.",
        )

    def said(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name] for name in ("title", "acknowledge_by", "expires_on", "engagement")
        }


class SectionForm(house.Form):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    heading = forms.CharField(max_length=150)
    label = forms.ChoiceField(choices=[("", "---------"), *Label.choices])
    body = forms.CharField(
        label="Text",
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="The most important lines first. Markdown is understood.",
    )
    order = forms.IntegerField(
        label="Place in the briefing",
        required=False,
        min_value=1,
        max_value=999,
        help_text="Change the number to move it.",
    )


class SectionRows(house.Rows):
    row_name = "Section"
    add_words = "Add another section"

    def said(self) -> list[dict[str, Any]]:
        """In the order asked for; a section without a place stays where it stands."""
        rows = [
            (form.cleaned_data.get("order") or at, at, form.cleaned_data)
            for at, form in enumerate(self.forms, 1)
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        keep = ("id", "heading", "label", "body")
        return [{name: data[name] for name in keep} for _, _, data in sorted(rows, key=lambda row: row[:2])]


def section_rows(data: Any, sections: Sequence[Section], *, blank: int = 0) -> Any:
    initial = [
        {"id": part.pk, "order": part.order, "heading": part.heading, "label": part.label, "body": part.body}
        for part in sections
    ]
    rows = forms.formset_factory(
        SectionForm,
        formset=SectionRows,
        extra=blank if sections else 1,
        can_delete=True,
        max_num=MOST_SECTIONS,
        absolute_max=MOST_SECTIONS,
        validate_max=True,
    )
    return rows(data, prefix="sections", initial=initial)


ROLES = [
    (ANYBODY, "Everyone there"),
    *((v, f"Only: {label}") for v, label in Member.Role.choices if v not in OVERSIGHT_ROLES),
]


class RuleForm(house.Form):
    """One rule of the audience. `which` appears when what was typed can mean several things."""

    section = forms.ChoiceField(label="For", initial=WHOLE)
    who = forms.CharField(
        label="Who",
        max_length=200,
        widget=house.LookupInput(reverse_lazy("briefings:lookup"), into="value"),
        help_text="A person, office, coalition, role or division; or a topic, country or counterpart of engagements.",
    )
    value = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    role = forms.ChoiceField(label="In which role", choices=ROLES, initial=ANYBODY)
    days = forms.IntegerField(
        label="Engagement within days",
        required=False,
        min_value=1,
        max_value=365,
        help_text="Only for a country or counterpart. Empty: 30.",
    )

    def __init__(self, *args: Any, by: Member, sections: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.sections = by, sections
        self.target: directory.Target | None = None
        field: Any = self.fields["section"]
        field.choices = [(WHOLE, "The whole briefing")] + [
            (str(part.pk), f"Narrow section {part.order}: {part.heading}") for part in sections
        ]

        if detail := self.initial.get("detail"):
            self.fields["who"].help_text = escape(detail)  # hints are trusted markup

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("who") and not self.errors:
            self.target = self._meant(cleaned["who"].strip(), cleaned.get("value", ""))
        if self.target:
            self._check_fit(self.target, cleaned)
        return cleaned

    def _meant(self, text: str, token: str) -> directory.Target | None:
        chosen = directory.read(token, by=self.by) if token else None
        if chosen and chosen.name == text:
            return chosen
        found = directory.find(text, by=self.by)
        picked = self.data.get(self.add_prefix("which"), "")
        exact = directory.exactly(text, by=self.by)
        sure = [target for target in found if target.token == picked] or (exact if len(found) == 1 else [])
        if not sure and len(exact) == 1 and exact[0].name.casefold() != text.casefold():
            sure = exact  # by address, reference or id: nothing else can be meant
        if sure:
            return sure[0]
        self._ask_which(found)
        return None

    def _ask_which(self, found: list[directory.Target]) -> None:
        if not found:
            self.add_error("who", "Nobody and nothing is known here under this name.")
            return
        options = [(target.token, f"{target.name} ({target.detail})") for target in found]
        field = forms.ChoiceField(label="Which one do you mean?", choices=options, widget=forms.RadioSelect)
        self._dress(field)
        field.choices = options
        self.fields["which"] = field
        self.order_fields(["section", "who", "which"])
        self.add_error("who", "This can mean more than one. Choose below.")

    def _check_fit(self, target: directory.Target, cleaned: dict[str, Any]) -> None:
        if cleaned.get("role", ANYBODY) != ANYBODY and target.kind in {Kind.PERSON, Kind.ROLE}:
            self.add_error("role", "Leave this at “Everyone there” for a person or a role.")
        if cleaned.get("days") and target.kind not in DATED:
            self.add_error("days", "This counts only for a country or a counterpart. Leave it empty.")

    def said(self) -> dict[str, Any]:
        assert self.target is not None
        places = {str(part.pk): at for at, part in enumerate(self.sections)}
        chosen = self.cleaned_data["role"]
        role = {"role": chosen} if chosen != ANYBODY else {}
        days = {"days": self.cleaned_data["days"]} if self.cleaned_data["days"] else {}
        at = places.get(self.cleaned_data["section"])
        return {"kind": self.target.kind, "section": at, **self.target.columns, **role, **days}


class RuleRows(house.Rows):
    row_name = "Rule"
    add_words = "Add another rule"

    def said(self) -> list[dict[str, Any]]:
        return [
            form.said() for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]


def rule_rows(
    data: Any, rules: Sequence[AudienceRule], *, by: Member, sections: Sequence[Section], blank: int = 0
) -> Any:
    rows = forms.formset_factory(
        RuleForm,
        formset=RuleRows,
        extra=blank if rules else 1,
        can_delete=True,
        max_num=MOST_RULES,
        absolute_max=MOST_RULES,
        validate_max=True,
    )
    initial = [_as_typed(rule, by) for rule in rules]
    return rows(data, prefix="rules", initial=initial, form_kwargs={"by": by, "sections": sections})


def _as_typed(rule: AudienceRule, by: Member) -> dict[str, Any]:
    """What is gone since (a closed office, a person who left) comes back as words, to be chosen anew or removed."""
    target = directory.of_rule(rule, by=by)
    return {
        "section": str(rule.section_id or WHOLE),
        "who": target.name if target else str(rule.subject),
        "value": target.token if target else "",
        "detail": target.detail if target else "Not to be found any more. Choose anew, or remove this rule.",
        "role": ANYBODY if rule.kind == Kind.ROLE or not rule.role else rule.role,
        "days": rule.days,
    }


class AudienceForm(house.Versioned, house.Form):
    """Only the version that was read; the rules are rows beside it."""


class SubmitForm(house.Versioned, house.Form):
    pass


class ReturnForm(house.Versioned, house.Form):
    reason = forms.CharField(
        label="What should change", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class ReleaseForm(house.Versioned, house.Form):
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class RecallForm(house.Versioned, house.Form):
    reason = forms.CharField(
        label="Why it is recalled",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Stays with the briefers of your office. Readers do not see it.",
    )


class AskForm(house.Form):
    text = forms.CharField(label="Your question", max_length=3000, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(house.Form):
    answer = forms.CharField(
        label="Your answer",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Only the reader who asked sees it.",
    )


def digest(*said: Any) -> str:
    """Of what was written: the same page sent again with other words is another act."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
