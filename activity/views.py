from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from activity import actions, inbox
from activity.forms import URGENT, Preferences
from activity.models import Entry, Notice, Preference
from activity.querysets import NoticeQuerySet
from diplomacy.lib.paging import page_of


def _own(request: HttpRequest) -> NoticeQuerySet:
    return Notice.objects.visible_to(request.user).select_related(
        "entry__actor", "entry__office", "recipient"
    )


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


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Who did what kind of thing, and when. Never what it said: an auditor reads no content."""
    if getattr(request.acting, "role", "") != "auditor":  # type: ignore[attr-defined]
        raise Http404
    entries = Entry.objects.visible_to(request.user).select_related("actor", "office")
    page = page_of(
        entries,
        order="-id",
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=50,
    )
    return render(request, "activity/log.html", {"page": page})
