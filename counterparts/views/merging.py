from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import MemberRequest
from counterparts import actions, duplicates, rules
from counterparts.forms.merging import ApartForm
from counterparts.models import Alike, Counterpart, Merge
from diplomacy.lib.errors import Conflict, Invalid
from diplomacy.lib.paging import page_of
from diplomacy.lib.text import tidy


@require_safe
def alike(request: MemberRequest) -> HttpResponse:
    """Pairs on the register that may be one, most alike first; and what was merged."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    rows = Alike.objects.visible_to(request.user).in_rows()
    merges = Merge.objects.visible_to(request.user).select_related("kept", "gone", "by__user", "by__office")
    context = {
        "page": page_of(rows, order="-score", after=after, before=before),
        "merges": merges.order_by("-pk")[:10],
        "may_merge": rules.may_merge(request.acting),
    }
    return render(request, "counterparts/alike.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: MemberRequest, reference: str, other: str) -> HttpResponse:
    """Two beside each other: merge the second into the first, or say that they are two."""
    one, second = _get(request, reference), _get(request, other)
    form = ApartForm(request.POST if request.POST.get("do") == "apart" else None)
    if request.method == "POST":
        answer = _decide(request, one, second, form)
        if answer:
            return answer
    context = {
        "pair": (one, second),
        "one": one,
        "other": second,
        "form": form if rules.may_write(request.acting) else None,
        "may_merge": rules.may_merge(request.acting) and not (one.merged_into_id or second.merged_into_id),
    }
    return render(request, "counterparts/compare.html", context, status=400 if form.errors else 200)


def _decide(
    request: MemberRequest, one: Counterpart, other: Counterpart, form: ApartForm
) -> HttpResponse | None:
    if request.POST.get("do") == "merge":
        return _merge(request, one, other)
    rules.require_writer(request.acting)
    if not form.is_valid():
        return None
    actions.keep_apart(one, other, by=request.acting, reason=form.cleaned_data["reason"])
    messages.success(request, "They are not suggested as one any more.")
    return redirect("counterparts:alike")


def _merge(request: MemberRequest, one: Counterpart, other: Counterpart) -> HttpResponse:
    try:
        actions.merge(one, other, by=request.acting)
    except Invalid as invalid:
        messages.error(request, " ".join(said for words in invalid.fields.values() for said in words))
        return redirect("counterparts:compare", one.reference, other.reference)
    messages.success(request, f"{other} is {one} now. You can undo this in the list of duplicates.")
    return redirect(one)


@require_POST
def undo(request: MemberRequest, reference: str) -> HttpResponse:
    rules.require_merger(request.acting)
    merge = get_object_or_404(Merge.objects.visible_to(request.user), reference=reference)
    try:
        actions.undo_merge(merge, by=request.acting)
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        messages.success(request, f"{merge.gone} stands on the register again.")
    return redirect("counterparts:alike")


@require_POST
def already_here(request: MemberRequest) -> HttpResponse:
    """While somebody types a name: is it on the register? Posted, so that the name stands in no address."""
    name = tidy(request.POST.get("name", ""))[:200]
    kind, country = request.POST.get("kind", ""), request.POST.get("country", "")
    part_of = request.POST.get("parent_reference", "")[:12]
    found = duplicates.like(name, kind=kind, country=country, part_of=part_of) if len(name) > 2 else []
    return render(request, "counterparts/_already_here.html", {"found": found})


def _get(request: MemberRequest, reference: str) -> Counterpart:
    rows = Counterpart.objects.visible_to(request.user).select_related("parent", "added_for")
    held: Counterpart = get_object_or_404(rows.prefetch_related("aliases"), reference=reference)
    return held
