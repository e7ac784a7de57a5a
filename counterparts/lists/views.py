"""Public lists: which are loaded and of which day, their entries, and, for desk leads, loading another edition."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import MemberRequest
from accounts.signin.step_up import step_up_required
from activity import timeline
from counterparts import rules
from counterparts.lists import actions
from counterparts.lists.forms import MOST_BYTES_TOGETHER, ListingFilter, LoadForm
from counterparts.models import ListEdition, Listing, ListingName, PublicList, RefusedRow
from diplomacy.lib.errors import Conflict
from diplomacy.lib.paging import Page, page_of
from diplomacy.lib.uploads import admits_files


def may_bring_files(request: HttpRequest) -> bool:
    return rules.may_load_lists(getattr(request, "acting", None))


@require_safe
def index(request: MemberRequest) -> HttpResponse:
    editions = ListEdition.objects.visible_to(request.user).select_related("by__user", "by__office")
    context = {
        "lists": _lists(request, editions),
        "page": _page(request, editions, "-id"),
        "may_load": rules.may_load_lists(request.acting),
    }
    return render(request, "counterparts/lists/index.html", context)


def _lists(request: MemberRequest, editions: Any) -> list[dict[str, Any]]:
    """Each list that is known here, loaded or not."""
    current = {edition.source: edition for edition in editions.current()}
    live = Listing.objects.visible_to(request.user).live()
    entries = dict(live.order_by().values_list("source").annotate(Count("pk")))
    names = ListingName.objects.visible_to(request.user).filter(is_live=True).order_by()
    of_names = dict(names.values_list("listing__source").annotate(Count("pk")))
    return [
        {
            "label": kind.label,
            "source": kind.value,
            "edition": current.get(kind.value),
            "entries": entries.get(kind.value, 0),
            "names": of_names.get(kind.value, 0),
        }
        for kind in PublicList
    ]


@admits_files(may_bring_files, actions.incoming, MOST_BYTES_TOGETHER)
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: MemberRequest) -> HttpResponse:
    rules.require_loader(request.acting)
    return _load(request)


@step_up_required
def _load(request: MemberRequest) -> HttpResponse:
    """Files of a form that waited for a proof are not kept: it comes back and asks for them again."""
    form = LoadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            edition = actions.ask(
                source=said["source"],
                uploads=said["sent"],
                published_on=said["published_on"],
                by=request.acting,
            )
        except Conflict as conflict:
            form.add_error(None, conflict.reason)
            status = 409
        else:
            return redirect(edition)
    return render(request, "counterparts/lists/load.html", {"form": form}, status=status)


@require_safe
def edition(request: MemberRequest, reference: str) -> HttpResponse:
    rows = ListEdition.objects.visible_to(request.user).select_related("by__user", "by__office")
    found = get_object_or_404(rows, reference=reference)
    refused = RefusedRow.objects.visible_to(request.user).filter(edition=found)
    context = {"edition": found, "page": _page(request, refused, "id")}
    if getattr(request, "htmx", False):
        return render(request, "counterparts/lists/_edition.html", context)
    context["entries"] = timeline.of(found, request.user)
    return render(request, "counterparts/lists/edition.html", context)


@require_safe
def entries(request: MemberRequest) -> HttpResponse:
    rows = Listing.objects.visible_to(request.user).select_related("edition")
    found = ListingFilter(request.GET, queryset=rows if request.GET.get("vanished") else rows.live())
    is_narrowed = any(request.GET.get(name) for name in ListingFilter.Meta.fields)
    context = {"filter": found, "page": _page(request, found.qs, "name"), "is_narrowed": is_narrowed}
    is_part = getattr(request, "htmx", False)
    return render(request, f"counterparts/lists/{'_entries' if is_part else 'entries'}.html", context)


@require_safe
def entry(request: MemberRequest, reference: str) -> HttpResponse:
    rows = Listing.objects.visible_to(request.user).select_related("edition", "first_edition")
    listing = get_object_or_404(rows, reference=reference)
    context = {"listing": listing, "names": listing.names.exclude(kind="primary")}
    return render(request, "counterparts/lists/entry.html", context)


def _page(request: HttpRequest, rows: Any, order: str) -> Page[Any]:
    return page_of(
        rows, order=order, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
