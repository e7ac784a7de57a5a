from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import MemberRequest
from accounts.signin.step_up import step_up_required
from activity import alarms
from activity.rules import MANAGING
from diplomacy.lib.paging import Page, page_of
from engagements.models import Engagement, Referral
from records import actions, contents, disposal, marks, rules
from records.forms import AskForm, MarkForm, marked
from records.models import Disposal, Request


def _require_lead(request: MemberRequest) -> None:
    """Others get the answer of a page that does not exist."""
    if request.acting.role != "lead":
        raise Http404


def _found(request: MemberRequest, reference: str) -> Request:
    _require_lead(request)
    own = Request.objects.visible_to(request.user).filter(office=request.acting.office_id)
    found: Request = get_object_or_404(own.select_related("office", "asked_by__user"), reference=reference)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: MemberRequest) -> HttpResponse:
    """Requests for the office's records, and taking in another."""
    _require_lead(request)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(actions.ask(**form.cleaned_data, by=request.acting))
    own = Request.objects.visible_to(request.user).filter(office=request.acting.office_id)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    context = {"form": form, "page": page_of(own, order="-created_at", after=after, before=before)}
    return render(request, "records/list.html", context, status=400 if form.errors else 200)


@require_safe
def show(request: MemberRequest, reference: str) -> HttpResponse:
    asked = _found(request, reference)
    why_not = marks.why_not_given(asked, request.acting) if asked.has_file else ""
    if getattr(request, "htmx", False):
        return render(request, "records/_progress.html", {"asked": asked, "why_not": why_not})
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    is_referrals = request.GET.get("tab") == "referrals"
    held = contents.referrals if is_referrals else contents.engagements
    page: Page[Any] = page_of(held(asked, request.user), order="-id", after=after, before=before)
    rows: Any = marks.beside_referrals(page.rows, asked.office) if is_referrals else marks.beside(page.rows)
    context = {"asked": asked, "why_not": why_not, "page": page, "rows": rows, "is_referrals": is_referrals}
    return render(request, "records/request.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: MemberRequest, reference: str) -> HttpResponse:
    """What of one engagement is exempt. It holds for every file that is made from now on. Then back to the request."""
    _require_lead(request)
    own = Engagement.objects.visible_to(request.user).filter(office=request.acting.office_id)
    engagement = get_object_or_404(own, reference=reference)
    form = MarkForm(request.POST or None, initial=marked(marks.of(engagement)))
    if request.method == "POST" and form.is_valid():
        actions.mark(engagement, **form.cleaned_data, by=request.acting)
        return _are_saved(request)
    return _marking(request, form, engagement)


@require_http_methods(["GET", "HEAD", "POST"])
def mark_referral(request: MemberRequest, reference: str) -> HttpResponse:
    """The same of a referral, for the office that one acts for."""
    _require_lead(request)
    office = request.acting.office
    own = Referral.objects.visible_to(request.user).filter(Q(sender=office) | Q(receiver=office))
    referral = get_object_or_404(own, reference=reference)
    now = marked(marks.of_referral(referral, office))
    form = MarkForm(request.POST or None, initial=now, labels=rules.REFERRAL_PARTS)
    if request.method == "POST" and form.is_valid():
        actions.mark_referral(referral, **form.cleaned_data, by=request.acting)
        return _are_saved(request, "?tab=referrals")
    return _marking(request, form, referral, "?tab=referrals")


def _asked_from(request: MemberRequest, tab: str) -> tuple[Request | None, str]:
    """The request from which somebody came to mark something, and the way back."""
    found = Request.objects.visible_to(request.user).filter(reference=request.GET.get("request", "")).first()
    return found, f"{found.get_absolute_url()}{tab}" if found else reverse("records:list")


def _are_saved(request: MemberRequest, tab: str = "") -> HttpResponse:
    messages.success(request, "The marks are saved.")
    return redirect(_asked_from(request, tab)[1])


def _marking(
    request: MemberRequest, form: MarkForm, record: Engagement | Referral, tab: str = ""
) -> HttpResponse:
    asked, back = _asked_from(request, tab)
    context = {"form": form, "record": record, "asked": asked, "back": back, "is_referral": bool(tab)}
    return render(request, "records/mark.html", context, status=400 if form.errors else 200)


@require_POST
@step_up_required
def make(request: MemberRequest, reference: str) -> HttpResponse:
    asked = _found(request, reference)
    actions.queue(asked, by=request.acting)
    return redirect(asked)


@require_POST
@step_up_required
def download(request: MemberRequest, reference: str) -> Any:
    asked = _found(request, reference)
    if not asked.has_file or not asked.path.exists():
        raise Http404
    actions.note_download(asked, by=request.acting)
    alarms.count_export(asked.reference, asked.total, by=request.acting)
    name = f"records-{asked.reference}.zip"
    return FileResponse(
        asked.path.open("rb"), as_attachment=True, filename=name, content_type="application/zip"
    )


def _require_leader(request: MemberRequest) -> None:
    """Others get the answer of a page that does not exist."""
    if request.acting.role not in MANAGING:
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def disposals(request: MemberRequest) -> HttpResponse:
    """Old texts that the schedule no longer keeps, and agreeing that they go."""
    _require_leader(request)
    if request.method == "POST":
        return _dispose(request)
    own = Disposal.objects.visible_to(request.user).filter(office=request.acting.office_id)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    rows = own.select_related("confirmed_by__user")
    page = page_of(rows, order="-confirmed_at", after=after, before=before)
    return render(request, "records/disposal.html", {"due": disposal.due(), "page": page})


@step_up_required
def _dispose(request: MemberRequest) -> HttpResponse:
    actions.confirm_disposal(request.POST.get("sort", ""), by=request.acting)
    messages.success(request, "Agreed. The texts that are due go within minutes; this page says how many.")
    return redirect("records:disposal")
