from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity import actions, inbox, retention
from activity.filters import EntryFilter
from activity.forms import URGENT, HoldForm, Preferences
from activity.models import Alarm, Entry, Hold, Notice, Preference
from activity.querysets import AlarmQuerySet, NoticeQuerySet, is_auditor
from activity.rules import OVERSIGHT, WATCHING
from diplomacy.lib.errors import Invalid
from diplomacy.lib.paging import page_of
from diplomacy.lib.sheets import csv_of

MOST_EXPORTED = 20_000
COLUMNS = ("when", "who", "office", "kind", "what", "record")


def _own(request: HttpRequest) -> NoticeQuerySet:
    return Notice.objects.visible_to(request.user).in_lines()


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The unread first; those that were read are the other tab, and the page when nothing is unread."""
    own = _own(request)
    is_read = request.GET.get("tab") == "read" or not request.user.unread_notices  # type: ignore[union-attr]
    page = page_of(
        own.exclude(read_at=None) if is_read else own.unread(),
        order="-id",
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    newest = max((notice.pk for notice in page.rows), default=0)
    lines = inbox.lines(page.rows, request.user)
    context = {"page": page, "lines": lines, "newest": newest, "is_read": is_read}
    return render(request, "activity/notices.html", context)


@require_safe
def open_notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """To what the notice is about. A subject that is gone answers as a notice that never was."""
    notice = get_object_or_404(_own(request), delivery_key=key)
    (line,) = inbox.lines([notice], request.user)
    if line.subject is None:
        raise Http404
    actions.mark_read(Notice.objects.visible_to(request.user).filter(pk=notice.pk))
    return redirect(line.address)


@require_POST
def read_one(request: HttpRequest, key: UUID) -> HttpResponse:
    notice = get_object_or_404(_own(request), delivery_key=key)
    actions.mark_read(Notice.objects.visible_to(request.user).filter(pk=notice.pk))
    return redirect("activity:notices")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Up to the newest one that was on the page: what came in meanwhile stays unread."""
    newest = request.POST.get("newest", "")
    if newest.isdecimal() and len(newest) < 19:
        actions.mark_read(Notice.objects.visible_to(request.user).filter(pk__lte=int(newest)))
    return redirect("activity:notices")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    form = Preferences(request.POST or None, quiet=_quiet(request.user))
    if request.method == "POST" and form.is_valid():
        for kind, channel in form.changed_choices():
            actions.prefer(request.user.pk or 0, kind=kind, channel=channel)
        messages.success(request, "Your choices are saved.")
        return redirect("activity:preferences")
    context = {"form": form, "urgent": URGENT}
    return render(request, "activity/preferences.html", context, status=400 if form.errors else 200)


def _quiet(user: Any) -> list[str]:
    """The kinds this person wants in the application only."""
    chosen = user.notice_preferences.filter(channel=Preference.Channel.APPLICATION)
    return list(chosen.values_list("kind", flat=True))


def _require_auditor(request: HttpRequest) -> None:
    """Others get the answer of a page that does not exist."""
    if getattr(request.acting, "role", "") not in OVERSIGHT:  # type: ignore[attr-defined]
        raise Http404


def _log(request: HttpRequest, asked: QueryDict) -> EntryFilter:
    _require_auditor(request)
    entries = Entry.objects.visible_to(request.user).select_related("actor", "office")
    return EntryFilter(asked, queryset=entries)


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Who did what kind of thing, and when. Never what it said: an auditor reads no content."""
    found = _log(request, request.GET)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    asked = [(name, request.GET[name]) for name in found.filters if request.GET.get(name)]
    context = {
        "filter": found,
        "page": page_of(found.qs, order="-at", after=after, before=before, size=50),
        "asked": asked,
        "most": f"{MOST_EXPORTED:,}",
    }
    return render(request, "activity/log.html", context)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The lines that the filters leave, as a file. Fetching it is itself an entry."""
    found = _log(request, request.POST)
    if not found.is_valid():
        raise Invalid({name: [str(word) for word in words] for name, words in found.form.errors.items()})
    rows = list(found.qs.order_by("-at", "-pk")[:MOST_EXPORTED])
    actions.note_export(request.acting, lines=len(rows))  # type: ignore[attr-defined]
    sheet = csv_of(COLUMNS, (_cells(entry) for entry in rows))
    headers = {"Content-Disposition": 'attachment; filename="activity-log.csv"'}
    return HttpResponse(sheet, content_type="text/csv; charset=utf-8", headers=headers)


def _cells(entry: Entry) -> tuple[object, ...]:
    return (
        entry.at.isoformat(),
        entry.actor or "",
        entry.office or "",
        entry.kind,
        entry.words.said,
        entry.subject_reference,
    )


def _require_watcher(request: HttpRequest) -> None:
    """For those who answer for people."""
    if getattr(request.acting, "role", "") not in WATCHING:  # type: ignore[attr-defined]
        raise Http404


def _watching(request: HttpRequest) -> AlarmQuerySet:
    _require_watcher(request)
    return Alarm.objects.visible_to(request.user).select_related("user", "office")


@require_safe
def alarms(request: HttpRequest) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_of(_watching(request), order="-at", after=after, before=before)
    return render(request, "activity/alarms.html", {"page": page})


@require_safe
def alarm(request: HttpRequest, reference: str) -> HttpResponse:
    found = get_object_or_404(_watching(request), reference=reference)
    context = {"alarm": found, "limit": found.opened - 1, "is_auditor": is_auditor(request.user)}
    return render(request, "activity/alarm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def holds(request: HttpRequest) -> HttpResponse:
    """Legal holds, and placing one: for the lead of an office, and for auditors."""
    _require_watcher(request)
    form = HoldForm(request.POST or None, by=request.acting)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        hold = actions.place_hold(**form.said, by=request.acting)  # type: ignore[attr-defined]
        messages.success(request, f"The hold {hold.reference} stands. Nothing it covers expires.")
        return redirect("activity:holds")
    rows = Hold.objects.visible_to(request.user).select_related("office", "placed_by", "lifted_by")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_of(rows, order="-placed_at", after=after, before=before)
    context = {"form": form, "page": page, "schedule": retention.schedule()}
    return render(request, "activity/holds.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def lift_hold(request: HttpRequest, reference: str) -> HttpResponse:
    _require_watcher(request)
    hold = get_object_or_404(Hold.objects.visible_to(request.user), reference=reference)
    if request.method == "POST":
        actions.lift_hold(hold, by=request.acting)  # type: ignore[attr-defined]
        messages.success(request, "The hold is lifted.")
        return redirect("activity:holds")
    context = {
        "question": f"Lift the hold {hold.reference}?",
        "consequence": f"{hold}: what the schedule no longer keeps expires within a day, and does not come back.",
        "action": "Lift the hold",
        "back": reverse("activity:holds"),
        "danger": True,
    }
    return render(request, "confirm.html", context)
