"""Lists of engagements: those of one's office, those that other offices share, and for desks all that is filed."""

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import MemberRequest
from counterparts.models import Counterpart
from engagements import acquaintance, pages
from engagements.filters import EngagementFilter, OwnFilter
from engagements.models import Engagement
from engagements.querysets import EngagementQuerySet

WITH_COUNTERPART = 50


class Listing(NamedTuple):
    title: str
    caption: str
    empty: str
    hint: str
    shows_office: bool = False
    shows_status: bool = True
    filters: type[EngagementFilter] = EngagementFilter


OURS = Listing(
    "Engagements",
    "What our office plans and has done, the latest first day first",
    "No engagements yet",
    "Log what your office plans with a foreign counterpart. It takes about two minutes.",
    filters=OwnFilter,
)
DRAFTS = Listing(
    "Engagements",
    "What we have not filed yet. Only our office sees it.",
    "No drafts",
    "A draft is kept here until you file it.",
    shows_status=False,
    filters=OwnFilter,
)
SHARED = Listing(
    "Engagements",
    "What other offices let us see",
    "Nothing is shared with you yet",
    "When another office names yours, or you, on an engagement, it is listed here.",
    shows_office=True,
)
FILED = Listing(
    "Engagements",
    "What offices have filed, the latest first day first",
    "Nothing has been filed yet",
    "Engagements appear here when an office files them.",
    shows_office=True,
)


@require_safe
def ours(request: MemberRequest) -> HttpResponse:
    """What the office one acts for owns. A federal office owns none: its people read what is filed."""
    rows = _visible(request)
    if request.acting.office.is_federal:
        return _list(request, FILED, rows.filed())
    return _list(request, OURS, rows.of_office(request.acting.office))


@require_safe
def drafts(request: MemberRequest) -> HttpResponse:
    return _list(request, DRAFTS, _visible(request).of_office(request.acting.office).drafts())


@require_safe
def shared(request: MemberRequest) -> HttpResponse:
    return _list(request, SHARED, _visible(request).filed().exclude(office=request.acting.office))


def _visible(request: MemberRequest) -> EngagementQuerySet:
    rows: EngagementQuerySet = Engagement.objects.visible_to(request.user)
    return rows.in_rows()


def _list(request: MemberRequest, listing: Listing, rows: EngagementQuerySet) -> HttpResponse:
    found = listing.filters(request.GET, queryset=rows)
    if not listing.shows_status:
        found.form.fields.pop("status", None)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    context = {
        "listing": listing,
        "filter": found,
        "page": pages.page_of(found.qs, after=after, before=before),
        "tabs": _tabs(request),
        "may_log": request.acting.writes_engagements,
    }
    return render(request, "engagements/list.html", context)


def _tabs(request: MemberRequest) -> list[tuple[str, str, bool]]:
    if request.acting.office.is_federal:
        return []
    tabs = (
        ("Ours", "engagements:list"),
        ("Drafts", "engagements:drafts"),
        ("From other offices", "engagements:shared"),
    )
    return [(label, reverse(name), request.path == reverse(name)) for label, name in tabs]


@require_safe
def with_counterpart(request: MemberRequest, reference: str) -> HttpResponse:
    """A part of the counterpart's page, which loads it; a page of its own without script."""
    counterpart = get_object_or_404(Counterpart.objects.visible_to(request.user), reference=reference)
    rows: list[Any] = list(
        _visible(request).meeting(counterpart=counterpart).latest_first()[: WITH_COUNTERPART + 1]
    )
    bodies = acquaintance.bodies_of(counterpart)
    signings = acquaintance.signings(counterpart, request.user)
    is_part = bool(getattr(request, "htmx", False))
    context = {
        "counterpart": counterpart,
        "rows": rows[:WITH_COUNTERPART],
        "is_cut": len(rows) > WITH_COUNTERPART,
        "known": acquaintance.known_by([counterpart.pk], request.user),
        "bodies": bodies,
        "known_through": acquaintance.known_by([body.pk for body in bodies], request.user)
        if bodies
        else None,
        "signings": signings[: acquaintance.MOST],
        "signings_are_cut": len(signings) > acquaintance.MOST,
        "shows_office": True,
        "shows_status": True,
    }
    template = "engagements/_with_counterpart.html" if is_part else "engagements/with_counterpart.html"
    return render(request, template, context)
