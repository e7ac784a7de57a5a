"""The rows of an engagement: counterparts, people, stops, those it is shared with."""

from typing import Any

from django import forms
from django.urls import reverse_lazy

from counterparts import places
from counterparts import rules as counterpart_rules
from counterparts.folding import fold
from counterparts.forms import Place, countries, destinations, find
from counterparts.models import Counterpart
from diplomacy.lib import forms as house
from engagements import parties, rules
from engagements.choices import Side
from engagements.models import Engagement, Participant, Stop

NEW = "new"


class Rows(house.Rows):
    """Rows that know who fills them in. `is_strict` asks for what filing needs."""

    is_strict = False
    needed = ""

    @property
    def kept(self) -> list[dict[str, Any]]:
        """What the rows say, blank and removed ones left out."""
        said = (getattr(form, "cleaned_data", {}) for form in self.forms)
        return [row for row in said if row and not row.get("DELETE")]

    def clean(self) -> None:
        if self.is_strict and self.needed and not self.kept:
            raise forms.ValidationError(rules.MISSING[self.needed])


class Row(house.Form):
    """Emptied, it counts as removed: nobody has to find the right way to take a line out."""

    def __init__(self, *args: Any, user: Any, kept: tuple[parties.Party, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.already = user, kept
        self.empty_permitted = True

    def has_changed(self) -> bool:
        """Whether anything is in it: an unchanged row is kept, too."""
        shown = (field for field in self.visible_fields() if field.name != "DELETE")
        return any(str(field.data or "").strip() for field in shown)


class CounterpartRow(Row):
    """A name typed or found. What is not on the register can be added here: the row then asks what it is and where."""

    name = forms.CharField(
        max_length=200, widget=house.LookupInput(reverse_lazy("counterparts:lookup"), into="reference")
    )
    reference = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if f"{self.prefix}-which" in self.data:
            self._ask(str(self.data.get(f"{self.prefix}-name", "")))

    def _ask(self, name: str) -> None:
        """Those that sound alike, and the way to add a new one."""
        alike = list(Counterpart.objects.visible_to(self.user).named_like(name, most=5))
        known = [(body.reference, f"{body} ({body.place or body.get_kind_display()})") for body in alike]
        choices = [*known, (NEW, f"A new one: put “{name}” on the register")]
        words = {"required": "Choose which one you mean."}
        if_new = "If it is new: " if alike else ""
        new: dict[str, forms.Field] = {
            "which": forms.ChoiceField(
                label="Which one is it?",
                choices=choices,
                widget=forms.RadioSelect,
                initial=NEW,
                error_messages=words,
            ),
            "kind": forms.ChoiceField(
                label=f"{if_new}what is it?".capitalize(),
                choices=[("", house.NOTHING_CHOSEN), *Counterpart.Kind.choices],
                required=not alike,
                error_messages={"required": "Say what kind of counterpart it is."},
            ),
            "country": forms.ChoiceField(
                label=f"{if_new}its country".capitalize(),
                choices=countries,
                widget=house.LongSelect,
                required=False,
            ),
        }
        for field in new.values():
            self._dress(field)
        self.fields.update(new)
        if not alike:
            new["which"].widget = forms.HiddenInput()
        if not alike and f"{self.prefix}-which" not in self.data:
            said: Any = self.data.copy()  # type: ignore[attr-defined]  # a bound form's data is a QueryDict
            said[f"{self.prefix}-which"] = NEW
            self.data = said

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if name := cleaned.get("name", ""):
            self._settle(cleaned, name)
        return cleaned

    def _settle(self, cleaned: dict[str, Any], name: str) -> None:
        found = find(name, cleaned.get("reference", ""), self.user)
        if len(found) == 1:
            cleaned["counterpart"] = found[0]
        elif "which" in self.fields:
            self._choose(cleaned)
        elif not fold(name):
            self.add_error("name", "Give a name with letters or digits in it.")
        else:
            self._ask(name)
            known = "is the name of several on the register" if found else "is not on the register"
            ask = (
                "Say what it is and where, and it is added."
                if self["which"].is_hidden
                else "Say which one you mean."
            )
            self.add_error("name", f"“{name}” {known}. {ask}")

    def _choose(self, cleaned: dict[str, Any]) -> None:
        which = cleaned.get("which", "")
        if which and which != NEW:
            rows = Counterpart.objects.visible_to(self.user)
            cleaned["counterpart"] = rows.filter(reference=which).first()
        elif which == NEW:
            self._require_new(cleaned)

    def _require_new(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("kind") and "kind" not in self.errors:
            self.add_error("kind", "Say what kind of counterpart it is.")
        elif not cleaned.get("country") and counterpart_rules.needs_country(cleaned.get("kind", "")):
            self.add_error("country", "Choose its country.")
        cleaned["new"] = {name: cleaned.get(name, "") for name in ("name", "kind", "country")}


class OurPersonRow(Row):
    side = Side.OURS
    name = forms.CharField(
        max_length=200, widget=house.LookupInput(reverse_lazy("engagements:people"), into="who")
    )
    who = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    title = forms.CharField(max_length=200, required=False, label="Title or role")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        party = parties.taking_part(cleaned.get("name", ""), cleaned.get("who", ""), self.user)
        cleaned["title"] = cleaned.get("title") or (party.title if party else "")
        cleaned["person"] = {_record_field(party): party.record} if party else {}
        return cleaned

    def said(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {"side": self.side, "name": cleaned["name"], "title": cleaned["title"], **cleaned["person"]}


def _record_field(party: parties.Party) -> str:
    return "user" if party.reference.startswith("u-") else "official"


class TheirPersonRow(OurPersonRow):
    side = Side.THEIRS
    name = forms.CharField(
        max_length=200, widget=house.LookupInput(reverse_lazy("counterparts:lookup_people"), into="who")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super(OurPersonRow, self).clean() or self.cleaned_data
        chosen = (
            find(cleaned.get("name", ""), cleaned.get("who", ""), self.user) if cleaned.get("who") else []
        )
        cleaned["person"] = {"counterpart": chosen[0]} if len(chosen) == 1 else {}
        cleaned.setdefault("title", "")
        return cleaned


class StopRow(Place, Row):
    """The country may be left to the region, where only one country has a region of that name."""

    city = forms.CharField(label="City or place", max_length=100)
    country = forms.ChoiceField(choices=destinations, widget=house.LongSelect, required=False)
    starts_on = forms.DateField(label="From", required=False)
    ends_on = forms.DateField(label="Until", required=False)

    field_order = ["city", "country", "region", "starts_on", "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].required = not self.data.get(f"{self.prefix}-region")
        self.fields["country"].error_messages["required"] = "Choose the country."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "The last day here cannot be before the first.")
        return cleaned

    def said(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in ("city", "country", "subdivision", "starts_on", "ends_on")
        }


class NamedRow(Row):
    name = forms.CharField(
        label="Office, coalition or person",
        max_length=254,
        widget=house.LookupInput(reverse_lazy("engagements:parties"), into="reference"),
    )
    reference = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if name := cleaned.get("name", ""):
            found = self._found(name, cleaned.get("reference", ""))
            if len(found) == 1:
                cleaned["party"] = found[0]
            else:
                self.add_error("name", _unclear(name, len(found)))
        return cleaned

    def _found(self, name: str, reference: str) -> list[parties.Party]:
        already = [
            party for party in self.already if party.reference == reference and fold(party.name) == fold(name)
        ]
        return already or parties.shared_with(name, reference, self.user)


def _unclear(name: str, count: int) -> str:
    if count:
        return "Several have this name. Choose one from the list that opens as you type."
    if "@" in name:
        return "No member of an office has this e-mail address now."
    return f"We know no office, coalition or colleague called “{name}”. For a person elsewhere give their e-mail address."


class Counterparts(Rows):
    row_name, add_words, needed = "Counterpart", "Add another counterpart", "counterparts"


class Ours(Rows):
    row_name, add_words = "Person on our side", "Add another person on our side"


class Theirs(Rows):
    row_name, add_words = "Person on their side", "Add another person on their side"


class Stops(Rows):
    row_name, add_words, needed = "Stop", "Add another stop", "stops"


class Named(Rows):
    row_name, add_words = "Reader", "Name another"


def rows_of(kind: type[Rows], row: type[Row], *, is_more: bool, initial: list[Any], most: int = 30) -> Any:
    """A formset class with one blank row where there is nothing yet, or where another was asked for."""
    extra = 1 if is_more or not initial else 0
    return forms.formset_factory(
        row,
        formset=kind,
        extra=extra,
        can_delete=True,
        max_num=most,
        validate_max=True,
        absolute_max=most + 10,
    )


def counterpart_rows(engagement: Engagement | None) -> list[dict[str, Any]]:
    bodies = engagement.counterparts.all() if engagement else []
    return [{"name": body.name, "reference": body.reference} for body in bodies]


def people_rows(engagement: Engagement | None, side: Side) -> list[dict[str, Any]]:
    people = engagement.participants.filter(side=side) if engagement else []
    return [{"name": person.name, "title": person.title, "who": _who(person)} for person in people]


def _who(person: Participant) -> str:
    if person.user_id:
        return f"u-{person.user_id}"
    if person.official_id:
        return f"o-{person.official_id}"
    return person.counterpart.reference if person.counterpart else ""


def stop_rows(engagement: Engagement | None) -> list[dict[str, Any]]:
    return [_stop(stop) for stop in engagement.stops.all()] if engagement else []


def _stop(stop: Stop) -> dict[str, Any]:
    region = places.subdivision_name(stop.subdivision) if stop.subdivision else ""
    said = {name: getattr(stop, name) for name in ("city", "country", "subdivision", "starts_on", "ends_on")}
    return {**said, "region": region}
