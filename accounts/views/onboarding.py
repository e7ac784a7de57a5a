"""Asking for an office, which anybody may, and answering, which few may."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, attestation, onboarding, pace, roster, rules
from accounts.forms import AskForOfficeForm, DeclineForm, OpenForm
from accounts.models import OfficeRequest
from accounts.requests import MemberRequest
from accounts.signin.step_up import step_up_required
from accounts.views import found
from diplomacy.lib.errors import Forbidden, Invalid
from diplomacy.lib.paging import page_of


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The same thanks whether or not the office, the person or the request exist already."""
    form = AskForOfficeForm(request.POST or None)
    if request.method == "POST":
        if pace.is_too_fast(request, "office", most=settings.OFFICE_REQUESTS_AN_HOUR):
            return render(request, "429.html", status=429)
        if form.is_valid():
            who: Any = request.user if request.user.is_authenticated else None
            actions.ask_for_office(asked_by=who, **form.cleaned_data)
            return redirect("accounts:asked")
    return render(request, "accounts/ask.html", {"form": form}, status=400 if form.errors else 200)


@login_not_required
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/asked.html")


@require_safe
def office_requests(request: MemberRequest) -> HttpResponse:
    _require_part(request)
    rows = OfficeRequest.objects.visible_to(request.user).select_related("decided_by")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    context = {
        "waiting": rows.waiting().order_by("pk"),
        "left_behind": attestation.left_behind() if attestation.steps_in(request.acting) else [],
        "page": page_of(rows.exclude(status="asked"), order="-id", after=after, before=before),
    }
    return render(request, "accounts/office_requests.html", context)


def _require_part(request: MemberRequest) -> None:
    if not rules.decides(request.acting, "city"):
        raise Forbidden(
            "Requests for offices are answered by desk leads and by the leads of a state's own office."
        )


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def office_request(request: MemberRequest, reference: str) -> HttpResponse:
    held = found.office_request(request, reference)
    is_decline = "decline" in request.POST
    said = request.POST if request.method == "POST" else None
    open_form = OpenForm(None if is_decline else said, held=held, places=onboarding.places(held))
    decline_form = DeclineForm(said if is_decline else None)
    form: Any = decline_form if is_decline else open_form
    if said is not None and form.is_valid():
        try:
            words = _answer(request, held, form.cleaned_data, is_decline=is_decline)
        except Invalid as invalid:
            form.take(invalid)
        else:
            messages.success(request, words)
            return redirect(held)
    context = {"held": held, "open_form": open_form, "decline_form": decline_form, "form": form}
    return render(request, "accounts/office_request.html", context, status=400 if form.errors else 200)


def _answer(request: MemberRequest, held: OfficeRequest, said: dict[str, Any], *, is_decline: bool) -> str:
    if is_decline:
        actions.decline_office(held, by=request.acting, reason=said["reason"])
        return "The request is declined, and whoever asked is told."
    office = actions.confirm_office(held, by=request.acting, **said)
    return f"{office} is open, and {held.email} is invited to lead it."


@require_POST
@step_up_required
def bring_back(request: MemberRequest) -> HttpResponse:
    """Of the leads whose access waits for a word in an office where nobody is left who could say it: this one."""
    if not attestation.steps_in(request.acting):
        raise Forbidden("A desk lead brings back the lead of an office in which nobody is left.")
    listed = attestation.left_behind()
    read = roster.read_among(listed, request.POST.getlist("member"))
    if not read:
        raise Http404
    for member in actions.confirm_members(read, by=request.acting):
        messages.success(request, f"{member.user} leads {member.office} again, and is told.")
    return redirect("accounts:office_requests")
