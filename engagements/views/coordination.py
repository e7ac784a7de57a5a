"""Where and when plans cross, and what waits for coordinators: a table of countries and weeks, a calendar, a map."""

from datetime import date
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import MemberRequest
from diplomacy.lib import shown
from diplomacy.lib.paging import page_of
from engagements import clock, coordination, routing
from engagements.filters import OverlapFilter
from engagements.models import CoordinatorQuestion, Overlap
from engagements.querysets import OverlapQuerySet
from engagements.views.desk import adviser

FEW = 10
A_DAY = 3
TABS = (
    ("Weeks", "engagements:crossings"),
    ("Calendar", "engagements:crossings_calendar"),
    ("Map", "engagements:crossings_map"),
)


class Asked(NamedTuple):
    rows: OverlapQuerySet
    only: list[str]
    """Countries that were asked for; none: all."""
    context: dict[str, Any]


def _asked(request: MemberRequest) -> Asked:
    """The open overlaps that fit the filters; where they name no country, those that the desk covers."""
    covered = routing.countries_of(adviser(request).office)
    seen = Overlap.objects.visible_to(request.user).open()
    found = OverlapFilter(request.GET, queryset=seen, request=request)
    if not covered:
        found.form.fields.pop("scope")
    rows: OverlapQuerySet = found.qs
    said = found.form.cleaned_data
    only = [said["country"]] if said.get("country") else [] if said.get("scope") else covered
    if only and not said.get("country"):
        rows = rows.crossing_in(only)
    context = {
        "filter": found,
        "tabs": TABS,
        "covered": [coordination.country_name(code) for code in covered],
        "is_narrowed_to_desk": bool(covered) and only == covered and not said.get("country"),
        "desk": request.acting.office,
    }
    return Asked(rows, only, context)


def _said_day(asked: Asked) -> date | None:
    """From which day on somebody asked to see."""
    said = asked.context["filter"].form.cleaned_data
    day: date | None = said.get("week") or said.get("since")
    return day if day and coordination.EARLIEST < day.year < coordination.LATEST else None


@require_safe
def weeks(request: MemberRequest) -> HttpResponse:
    asked = _asked(request)
    now = coordination.monday(clock.today())
    start = coordination.read_week(request.GET.get("at", "")) or coordination.monday(_said_day(asked) or now)
    is_first = start == now
    last = coordination.sunday(start + (coordination.WEEKS - 1) * coordination.A_WEEK)
    earlier = start - coordination.A_WEEK
    counted = asked.rows.between(None if is_first else start, last).by_week_and_country(earlier)
    page = page_of(
        asked.rows.by_place(),
        order="crosses_on",
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    rows = Overlap.objects.visible_to(request.user).with_plans().in_bulk([row.pk for row in page])
    context = asked.context | {
        "grid": coordination.grid(counted, start, asked.only),
        "questions": _questions(request, asked.rows),
        "page": page,
        "rows": [(row, _countries(row)) for row in (rows[found.pk] for found in page if found.pk in rows)],
        "asking": _asking(request, page.rows),
        "before": earlier + 6 * coordination.A_DAY,
        "previous": coordination.week_name(start - coordination.WEEKS * coordination.A_WEEK),
        "next": coordination.week_name(start + coordination.WEEKS * coordination.A_WEEK),
        "is_first": is_first,
    }
    return render(request, "engagements/coordination/weeks.html", context)


def _countries(row: Overlap) -> str:
    return ", ".join(coordination.country_name(code) for code in row.countries)


def _questions(request: MemberRequest, rows: OverlapQuerySet) -> dict[str, Any]:
    """Those that wait, the longest first."""
    waiting = CoordinatorQuestion.objects.visible_to(request.user).filter(answered_at=None, overlap__in=rows)
    related = ("overlap__first__office", "overlap__second__office", "asked_by__office")
    found = list(waiting.select_related(*related).order_by("asked_at", "pk")[: FEW + 1])
    shown.note(found[:FEW])
    return {"rows": found[:FEW], "is_cut": len(found) > FEW}


def _asking(request: MemberRequest, rows: Any) -> set[int]:
    """Of these overlaps those about which an office waits for an answer."""
    waiting = CoordinatorQuestion.objects.visible_to(request.user).filter(answered_at=None)
    return set(waiting.filter(overlap__in=[row.pk for row in rows]).values_list("overlap", flat=True))


@require_safe
def calendar(request: MemberRequest) -> HttpResponse:
    asked = _asked(request)
    now = clock.today().replace(day=1)
    chosen = coordination.read_month(request.GET.get("month", ""))
    said = _said_month(asked, chosen) or chosen
    first = said or _opening(asked.rows, now)
    rows = asked.rows.between(first, coordination.last_of(first))
    few = list(rows.few_a_day(A_DAY).with_plans())
    shown.note(few)
    for row in few:
        row.where = _countries(row)
    held = coordination.month(first, rows.by_day(), few)
    context = asked.context | {
        "first": first,
        "month": held,
        "count": sum(row.total for row in held),
        "today": clock.today(),
        "passed_over": None if said or first == now else now,
        "kept": [("month", f"{chosen:%Y-%m}")] if chosen else [],
        "reset": f"{request.path}?month={chosen:%Y-%m}" if chosen else request.path,
        "previous": coordination.month_before(first),
        "next": coordination.next_month(first),
    }
    return render(request, "engagements/coordination/calendar.html", context)


def _said_month(asked: Asked, chosen: date | None) -> date | None:
    """Of the days that the filters name, where nothing that fits them could be in the month that was chosen."""
    day, week = _said_day(asked), asked.context["filter"].form.cleaned_data.get("week")
    if day is None or (chosen and not week and day <= coordination.last_of(chosen)):
        return None
    return day.replace(day=1)


def _opening(rows: OverlapQuerySet, now: date) -> date:
    """This month, or the next in which something begins to cross, or else the last in which something did."""
    places = rows.by_place()
    found = places.between(now).order_by("crosses_on", "pk").first()
    found = found or places.order_by("-crosses_on", "-pk").first()
    first: date = found.crosses_on.replace(day=1) if found else now
    return first


@require_safe
def world(request: MemberRequest) -> HttpResponse:
    asked = _asked(request)
    found = coordination.world(asked.rows.by_country(), asked.only)
    return render(request, "engagements/coordination/map.html", asked.context | {"world": found})
