from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import MemberRequest
from counterparts import actions, rules
from counterparts.filters import HitFilter
from counterparts.forms.screening import DisposeForm
from counterparts.models import Disposition, Hit, ListEdition
from diplomacy.lib.errors import Conflict, Invalid
from diplomacy.lib.paging import page_of


@require_safe
def hits(request: MemberRequest) -> HttpResponse:
    """Possible matches that the reader's office has not spoken about."""
    rows = Hit.objects.visible_to(request.user).live().in_rows(request.acting)
    found = HitFilter(request.GET, queryset=rows)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    context = {
        "filter": found,
        "page": page_of(found.qs, order="-score", after=after, before=before),
        "editions": ListEdition.objects.visible_to(request.user).current(),
    }
    return render(request, "counterparts/hits.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def hit(request: MemberRequest, reference: str) -> HttpResponse:
    """Both sides of a possible match, and what one's own office says of it."""
    held = _get(request, reference)
    form = DisposeForm(request.POST or None, initial={"digest": held.digest})
    if request.method == "POST":
        rules.require_writer(request.acting)
        if form.is_valid():
            try:
                actions.dispose(held, by=request.acting, **form.cleaned_data)
            except Invalid as invalid:
                form.take(invalid)
            except Conflict as conflict:
                return _page(request, held, form.over(held.digest, conflict.reason), 409)
            else:
                messages.success(
                    request,
                    f"Your office’s word on {held.counterpart} is kept. It stands on the counterpart’s page.",
                )
                return redirect("counterparts:hits")
    return _page(request, held, form, 400 if form.errors else 200)


def _page(request: MemberRequest, held: Hit, form: DisposeForm, status: int) -> HttpResponse:
    context = {
        "hit": held,
        "counterpart": held.counterpart,
        "listing": held.listing,
        "names": held.listing.names.all(),
        "aliases": held.counterpart.aliases.all(),
        "said": Disposition.objects.visible_to(request.user).of(held),
        "form": form if rules.may_write(request.acting) else None,
    }
    return render(request, "counterparts/hit.html", context, status=status)


def _get(request: MemberRequest, reference: str) -> Hit:
    rows = Hit.objects.visible_to(request.user).select_related("counterpart", "listing__edition")
    held: Hit = get_object_or_404(rows, reference=reference)
    return held
