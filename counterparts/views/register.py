import hashlib
from copy import copy
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import MemberRequest
from activity import actions as activity
from activity import timeline
from counterparts import actions, finding, places, rules, screening
from counterparts.filters import SHOWN, CounterpartFilter
from counterparts.folding import is_latin
from counterparts.forms import CounterpartForm
from counterparts.models import Counterpart, CounterpartNote, CountryGuidance, Hit, ListEdition, Screening
from diplomacy.lib.errors import Conflict, Invalid, Stale
from diplomacy.lib.paging import Page, page_of
from diplomacy.lib.references import new_reference
from diplomacy.lib.text import tidy
from diplomacy.lib.words import Asked

LISTED = 10
SENT_BEFORE = (
    "This page was sent before with other words, and a counterpart was added then. Change that one, or send this again "
    "to add another."
)


@require_safe
def register(request: MemberRequest) -> HttpResponse:
    rows = Counterpart.objects.visible_to(request.user).standing().select_related("parent")
    found = CounterpartFilter(request.GET, queryset=rows)
    page = _page(request, found)
    text = request.GET.get("q", "").strip()
    context = {
        "rows": [(row, finding.why(row, text)) for row in list(page)[:SHOWN]],
        "guidance": _guidance_for(request, found),
        "filter": found,
        "page": page,
        "is_cut": bool(text) and len(page) > SHOWN,
        "shown": SHOWN,
        "may_write": rules.may_write(request.acting),
        "add_url": f"{reverse('counterparts:add')}{_asked_for(request, text)}",
    }
    is_part = getattr(request, "htmx", False)
    return render(request, "counterparts/_rows.html" if is_part else "counterparts/list.html", context)


def _asked_for(request: MemberRequest, text: str) -> str:
    """What was searched for, so that who is not found is not typed again. The name is sealed, as in the list's address."""
    asked = Asked(mutable=True)
    asked["q"] = text
    for name in ("kind", "country"):
        asked[name] = request.GET.get(name, "")
    said = asked.urlencode()
    return f"?{said}" if said else ""


def _guidance_for(request: MemberRequest, found: CounterpartFilter) -> Any:
    """Of the country that the register is narrowed down to."""
    country = found.form.cleaned_data.get("country", "") if found.is_valid() else ""
    if not country:
        return []
    return CountryGuidance.objects.visible_to(request.user).in_force().about([(country, "")]).in_rows()


def _page(request: MemberRequest, found: CounterpartFilter) -> Page[Any]:
    """What one searches for comes best first, without further pages; the whole register by name."""
    if request.GET.get("q", "").strip():
        return Page(list(found.qs.prefetch_related("aliases")))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    return page_of(found.qs, order="name", after=after, before=before)


@require_safe
def detail(request: MemberRequest, reference: str) -> HttpResponse:
    counterpart = _get(request, reference)
    if counterpart.merged_into:
        return redirect(counterpart.merged_into)
    context = {
        "counterpart": counterpart,
        "aliases": counterpart.aliases.all(),
        "parts": Counterpart.objects.visible_to(request.user).standing().filter(parent=counterpart)[:SHOWN],
        "posts": counterpart.posts.select_related("body").order_by("pk"),
        "holders": list(counterpart.holders.in_office_first().select_related("person")[:SHOWN]),
        "shown": SHOWN,
        "guidance": CountryGuidance.objects.visible_to(request.user)
        .in_force()
        .about([(counterpart.country, counterpart.subdivision)])
        .in_rows(),
        "guidance_place": places.describe("", counterpart.subdivision, counterpart.country),
        "notes": CounterpartNote.objects.visible_to(request.user).of(counterpart),
        "sources": counterpart.sources.all(),
        "hits": Hit.objects.visible_to(request.user)
        .live()
        .in_rows(request.acting)
        .filter(counterpart=counterpart),
        **_compared(request, counterpart),
        "entries": timeline.of(counterpart, request.user),
        "may_write": rules.may_write(request.acting),
    }
    return render(request, "counterparts/detail.html", context)


def _compared(request: MemberRequest, counterpart: Counterpart) -> dict[str, Any]:
    """With which lists, and whether that still holds: a list that brought nothing new is not compared again."""
    done = Screening.objects.visible_to(request.user).filter(counterpart=counterpart).first()
    editions = list(ListEdition.objects.visible_to(request.user).current())
    held = (done.mark, done.version) if done else None
    return {
        "screening": done,
        "editions": editions,
        "is_compared": held == (screening.mark(), counterpart.version),
        "is_same_since": any(done and one.ended_at and one.ended_at > done.done_at for one in editions),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: MemberRequest) -> HttpResponse:
    rules.require_writer(request.acting)
    form = CounterpartForm(request.POST or None, user=request.user, initial=_searched(request))
    token = request.POST.get("token") or new_reference("T")
    if request.method == "POST" and form.is_valid():
        try:
            counterpart = _add_once(request, form, token)
        except Invalid as invalid:
            form.take(invalid)
        except Conflict:
            form.add_error(None, SENT_BEFORE)
            return _form(request, form, None, status=409, token=new_reference("T"))
        else:
            messages.success(request, f"{counterpart} is on the register.")
            return redirect(counterpart)
    return _form(request, form, None, token=token)


def _searched(request: MemberRequest) -> dict[str, str]:
    """The name that was searched for stands in the field of its letters."""
    name = tidy(request.GET.get("q", "")).strip()[:200]
    field = "name" if is_latin(name) else "native_name"
    return {field: name, **{part: request.GET.get(part, "") for part in ("kind", "country")}}


def _add_once(request: MemberRequest, form: CounterpartForm, token: str) -> Counterpart:
    """A form sent twice adds one counterpart."""
    pk, _ = activity.once(
        f"counterpart:{tidy(token)[:40]}",
        user_id=request.user.pk,
        digest=hashlib.sha256(repr(sorted(form.said().items())).encode()).hexdigest(),
        make=lambda: actions.add(by=request.acting, **form.said()),
    )
    counterpart: Counterpart = get_object_or_404(Counterpart.objects.visible_to(request.user), pk=pk)
    return counterpart


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: MemberRequest, reference: str) -> HttpResponse:
    counterpart = _get(request, reference)
    rules.require_writer(request.acting)
    form = CounterpartForm(request.POST or None, user=request.user, instance=copy(counterpart))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(counterpart, by=request.acting, version=form.version_read or 0, **form.said())
        except Invalid as invalid:
            form.take(invalid)
        except Stale:
            return _stale(request, form, counterpart)
        else:
            messages.success(request, "Your changes are saved.")
            return redirect(counterpart)
    return _form(request, form, counterpart)


def _stale(request: MemberRequest, form: CounterpartForm, counterpart: Counterpart) -> HttpResponse:
    """What they typed stays; beside it stands what is saved now, and who saved it."""
    counterpart.refresh_from_db()
    now = CounterpartForm(user=request.user, instance=counterpart)
    differing = [
        (now[name].label, _words(now, name, now[name].initial), _words(now, name, form.data.get(name)))
        for name in now.field_order
        if _words(now, name, now[name].initial) != _words(now, name, form.data.get(name))
    ]
    form.refuse_stale(counterpart.version)
    return _form(
        request,
        form,
        counterpart,
        status=409,
        differing=differing,
        last=timeline.of(counterpart, request.user)[:1],
    )


def _words(form: CounterpartForm, name: str, value: Any) -> str:
    choices = dict(getattr(form.fields[name], "choices", ()) or ())
    return str(choices.get(value, value) or "") if value else ""


def _form(
    request: MemberRequest,
    form: CounterpartForm,
    counterpart: Counterpart | None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "counterpart": counterpart, **more}
    return render(request, "counterparts/form.html", context, status=status)


@require_safe
def lookup(request: MemberRequest, kind: str = "") -> JsonResponse:
    """Names for a field in which one types: `{"results": [{"reference", "name", "detail"}]}`, at most ten."""
    text = tidy(request.GET.get("q", ""))[:200]
    rows = Counterpart.objects.visible_to(request.user)
    if kind:
        rows = rows.filter(kind=kind)
    found = rows.named_like(text, most=LISTED).prefetch_related("aliases")
    return JsonResponse({"results": [_result(body, text) for body in found]})


def _result(body: Counterpart, text: str) -> dict[str, str]:
    said = (body.place, body.get_kind_display(), finding.why(body, text) or body.native_name)
    return {"reference": body.reference, "name": body.name, "detail": " · ".join(filter(None, said))}


@require_safe
def regions(request: MemberRequest) -> JsonResponse:
    codes = places.subdivisions_like(tidy(request.GET.get("q", ""))[:100], limit=LISTED)
    found = [
        {"reference": code, "name": places.subdivision_name(code), "detail": places.country_name(code[:2])}
        for code in codes
    ]
    return JsonResponse({"results": found})


def _get(request: MemberRequest, reference: str) -> Counterpart:
    rows = Counterpart.objects.visible_to(request.user).select_related(
        "parent", "added_for", "added_by", "merged_into"
    )
    counterpart: Counterpart = get_object_or_404(rows, reference=reference)
    return counterpart
