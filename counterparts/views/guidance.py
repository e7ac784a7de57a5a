from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import MemberRequest
from activity import timeline
from counterparts import actions, rules
from counterparts.filters import GuidanceFilter
from counterparts.forms.guidance import EndForm, GuidanceForm, NoteForm
from counterparts.models import Counterpart, CountryGuidance
from diplomacy.lib.errors import Conflict, Invalid
from diplomacy.lib.paging import page_of

OVERTAKEN = (
    "A newer version has been published since you opened this page. What you wrote is still below and is not published yet. "
    "Read the newer one, then send again: yours becomes the version after it."
)


@require_safe
def guidance_list(request: MemberRequest) -> HttpResponse:
    """What desks say about dealing with each country: what is in force, or all that was ever said."""
    rows = CountryGuidance.objects.visible_to(request.user).select_related("desk")
    found = GuidanceFilter(request.GET, queryset=rows)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_of(found.qs, order="country", after=after, before=before)
    context = {"filter": found, "page": page, "may_publish": rules.may_publish(request.acting)}
    return render(request, "counterparts/guidance_list.html", context)


@require_safe
def guidance(request: MemberRequest, reference: str) -> HttpResponse:
    held = _get(request, reference)
    context = {
        "guidance": held,
        "newer": CountryGuidance.objects.visible_to(request.user).filter(replaces=held).first(),
        "entries": timeline.of(held, request.user),
        "may_change": rules.may_change_guidance(held, request.acting),
    }
    return render(request, "counterparts/guidance.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: MemberRequest) -> HttpResponse:
    rules.require_desk(request.acting)
    form = GuidanceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.publish_guidance(by=request.acting, **form.said())
        except Invalid as invalid:
            form.take(invalid)
        else:
            messages.success(request, "Everyone signed in can read it now.")
            return redirect(made)
    return _form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change_guidance(request: MemberRequest, reference: str) -> HttpResponse:
    held = _get(request, reference)
    rules.require_own_guidance(held, request.acting)
    form = GuidanceForm(request.POST or None, instance=copy(held))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.replace_guidance(held, by=request.acting, **form.said())
        except Invalid as invalid:
            form.take(invalid)
        except Conflict:
            form.add_error(None, OVERTAKEN)
            return _form(request, form, held, newest=_newest(request, held))
        else:
            messages.success(
                request, f"Version {made.number} is published. The one before it can still be read."
            )
            return redirect(made)
    return _form(request, form, held)


@require_http_methods(["GET", "HEAD", "POST"])
def end_guidance(request: MemberRequest, reference: str) -> HttpResponse:
    held = _get(request, reference)
    rules.require_own_guidance(held, request.acting)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.end_guidance(held, by=request.acting, ends_on=form.cleaned_data["ends_on"])
        except (Invalid, Conflict) as refusal:
            form.add_error("ends_on" if isinstance(refusal, Invalid) else None, refusal.reason)
        else:
            messages.success(request, "It says now until when it is in force.")
            return redirect(made)
    context = {"form": form, "guidance": held, "title": f"Until when is “{held}” in force?"}
    return render(request, "counterparts/small_form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: MemberRequest, reference: str) -> HttpResponse:
    counterpart: Counterpart = get_object_or_404(
        Counterpart.objects.visible_to(request.user), reference=reference
    )
    rules.require_writer(request.acting)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.note(counterpart, by=request.acting, text=form.cleaned_data["text"])
        messages.success(request, "The note is kept for your office.")
        return redirect(counterpart)
    context = {"form": form, "counterpart": counterpart, "title": f"Add a note about {counterpart}"}
    return render(request, "counterparts/small_form.html", context, status=400 if form.errors else 200)


def _form(
    request: MemberRequest,
    form: GuidanceForm,
    held: CountryGuidance | None,
    newest: CountryGuidance | None = None,
) -> HttpResponse:
    """`newest`: published meanwhile. Sent again, the form changes that one."""
    status = 409 if newest else 400 if form.errors else 200
    context = {"form": form, "guidance": held, "newest": newest}
    return render(request, "counterparts/guidance_form.html", context, status=status)


def _newest(request: MemberRequest, held: CountryGuidance) -> CountryGuidance:
    rows = CountryGuidance.objects.visible_to(request.user)
    while newer := rows.filter(replaces=held).first():
        held = newer
    return held


def _get(request: MemberRequest, reference: str) -> CountryGuidance:
    rows = CountryGuidance.objects.visible_to(request.user).select_related(
        "desk", "written_by__user", "replaces"
    )
    held: CountryGuidance = get_object_or_404(rows, reference=reference)
    return held
