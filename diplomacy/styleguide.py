"""Every component in every state, on one page, with names as long as real ones. Served only under DEBUG."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse_lazy
from django.utils import timezone

from diplomacy.context import Place
from diplomacy.lib import forms as house

LONG = (
    "Binational Commission on Transboundary Aquifers of the Lower Colorado River and the Gulf of California"
)
COUNTRIES = [
    ("", "---------"),
    ("AU", "Australia"),
    ("CA", "Canada"),
    ("CI", "Côte d’Ivoire"),
    ("MX", "Mexico"),
]
STATUSES = (
    ("draft", "Draft"),
    ("filed", "Filed"),
    ("postponed", "Postponed"),
    ("cancelled", "Cancelled"),
    ("held", "Held"),
    ("reported", "Reported"),
    ("requested", "Waiting for a desk"),
    ("given", "Advice given"),
    ("lapsed", "No comment by date"),
)
MARKDOWN = """\
# Water allocation after 2026

The **delegation** will ask about [Minute 323](https://www.ibwc.gov/). Expect two points:

1. Deliveries in *dry* years
2. Treatment plants at the border

| Year | Delivered |
|------|-----------|
| 2025 | 1.2       |

<script>alert("never")</script>
"""


class Sample(house.Form):
    title = forms.CharField(max_length=120, help_text="What you would call it in your calendar.")
    purpose = forms.CharField(widget=forms.Textarea, max_length=500, help_text="Two sentences are enough.")
    starts_on = forms.DateField(label="First day")
    ends_on = forms.DateField(label="Last day", required=False)
    starts_at = forms.TimeField(label="Time of the first meeting", required=False)
    country = forms.ChoiceField(choices=COUNTRIES, widget=house.LongSelect)
    level = forms.ChoiceField(
        choices=[("", "---------"), ("n", "National"), ("s", "Subnational")], required=False
    )
    counterpart_name = forms.CharField(
        label="Counterpart",
        widget=house.LookupInput(reverse_lazy("styleguide-lookup"), into="counterpart"),
        help_text="Type two letters. A name that is not found is added.",
    )
    counterpart = forms.CharField(widget=forms.HiddenInput, required=False)
    visibility = forms.ChoiceField(
        choices=[
            ("office", "Our office only"),
            ("federal", "Our office and the federal desks that advise on it"),
            ("shared", "Also the offices, coalitions and people we name"),
        ],
        widget=forms.RadioSelect,
        help_text="You can change this later.",
    )
    topics = forms.MultipleChoiceField(
        choices=[("water", "Water"), ("trade", "Trade"), ("health", "Public health"), ("energy", "Energy")],
        widget=forms.CheckboxSelectMultiple,
    )
    is_hosted = forms.BooleanField(
        label="The host pays for travel or lodging",
        required=False,
        help_text="Kept for your own gift ledger.",
    )
    secret = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)


class Stop(house.Form):
    city = forms.CharField(max_length=80)
    arrives_on = forms.DateField(label="Arrival", required=False)


class Arrivals(house.FilterForm):
    city = forms.CharField(max_length=80, required=False)
    since = forms.DateField(label="Arrives after", required=False)


class Stops(house.Rows):
    row_name = "Stop"
    add_words = "Add another stop"


StopRows = forms.formset_factory(Stop, formset=Stops, extra=1, can_delete=True, max_num=5)


def _person() -> SimpleNamespace:
    offices = [
        ("Office of International Affairs, Governor of California", "Staff"),
        ("City and County of San Francisco, Mayor’s Office of Protocol and Sister Cities", "Lead"),
    ]
    standing = [
        SimpleNamespace(pk=pk, office=office, get_role_display=role)
        for pk, (office, role) in enumerate(offices)
    ]
    return SimpleNamespace(
        is_authenticated=True,
        get_full_name="Guadalupe Featherstonehaugh-Castellanos",
        unread_notices=128,
        standing=standing,
    )


def _timeline() -> list[SimpleNamespace]:
    now = timezone.now()
    said: tuple[tuple[str, str, list[tuple[str, str, str]], int], ...] = (
        ("asked for advice", "", [], 0),
        (
            "amended this engagement",
            "",
            [("Title", "Water talks", "Water talks and site visit"), ("Stops", "", "Mexicali")],
            3,
        ),
        (
            "asked the office a question",
            "Does the host pay for the flight from Tijuana?\nAnd who invited you?",
            [],
            26,
        ),
    )
    return [
        SimpleNamespace(
            actor="Maria Lopez",
            office="Desk for Mexico",
            words=SimpleNamespace(said=words),
            note=note,
            changes=changes,
            at=now - timedelta(hours=hours),
        )
        for words, note, changes, hours in said
    ]


def _rows(count: int) -> list[dict[str, Any]]:
    day = date(2027, 5, 3)
    return [
        {
            "title": LONG if number % 4 == 1 else f"Trade mission {number}",
            "reference": f"E-7K3M{number:02}",
            "counterpart": "State of Baja California" if number % 3 else LONG,
            "starts_on": day + timedelta(days=number),
            "ends_on": day + timedelta(days=number * 2),
            "status": SimpleNamespace(status=STATUSES[number % len(STATUSES)][0]),
            "people": number * 7,
        }
        for number in range(count)
    ]


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    person = _person()
    bad = {"title": "", "starts_on": "2027-13-40", "country": "XX", "purpose": "x" * 501, "visibility": ""}
    refused = Sample(bad, prefix="bad")
    refused.data = {f"bad-{name}": value for name, value in bad.items()}
    refused.add_error(None, "The last day is before the first day.")
    now = timezone.now()
    context = {
        "long": LONG,
        "statuses": [
            SimpleNamespace(status=value, get_status_display=label.__str__) for value, label in STATUSES
        ],
        "tones": ("plain", "open", "waiting", "good", "done", "stopped", "quiet"),
        "labels": ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"),
        "rows": _rows(9),
        "entries": _timeline(),
        "markdown_sample": MARKDOWN,
        "steps_sample": [
            ("What", "#steps", True),
            ("When and where", "#steps", True),
            ("With whom", "", False),
            ("Who pays", "", False),
            ("Who may see it", "", False),
            ("Check and file", "", False),
        ],
        "page": SimpleNamespace(previous="abc", next="def"),
        "now": now,
        "earlier": now - timedelta(hours=3),
        "later": now + timedelta(days=2),
        "day": date(2027, 5, 3),
        "same_month": date(2027, 5, 5),
        "other_month": date(2027, 6, 2),
        "other_year": date(2028, 1, 2),
        "sample": Sample(prefix="good"),
        "refused": refused,
        "stops": StopRows(prefix="stops", initial=[{"city": "Mexicali", "arrives_on": date(2027, 5, 3)}]),
        "filters": Arrivals(prefix="filter"),
        "user": person,
        "acting": person.standing[1],
        "places": [
            Place(label, "#", label == "Engagements")
            for label in ("Today", "Advice queue", "Engagements", "Briefings", "Counterparts")
        ],
        "where": {
            "home": "#",
            "notices": "#",
            "act_for": "#",
            "preferences": "#",
            "sign_out": "#",
            "password": "#",
        },
        "is_demo": True,
    }
    return render(request, "styleguide.html", context)


@login_not_required
def lookup(request: HttpRequest) -> JsonResponse:
    asked = request.GET.get("q", "").lower()
    known = (
        ("C-7K3M9Q", "State of Baja California", "Mexico · state government"),
        ("C-2H8P4T", "State of Victoria", "Australia · state government"),
        ("C-9X1B6W", LONG, "Mexico and United States · commission"),
    )
    found = [row for row in known if asked in row[1].lower()]
    return JsonResponse(
        {"results": [dict(zip(("reference", "name", "detail"), row, strict=True)) for row in found]}
    )


urlpatterns = [
    path("", styleguide, name="styleguide"),
    path("lookup/", lookup, name="styleguide-lookup"),
]
