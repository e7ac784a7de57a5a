import uuid
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
from briefings import actions, directory, rules
from briefings.forms import AudienceForm, BriefingForm, digest, rule_rows, section_rows
from briefings.models import Briefing
from briefings.views import found
from diplomacy.lib.errors import Conflict, Invalid, Stale
from diplomacy.lib.text import tidy
from engagements.models import Engagement

LISTED = 8


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: MemberRequest) -> HttpResponse:
    rules.require_briefer(request.acting)
    data = request.POST or None
    form, rows = BriefingForm(data, by=request.acting), section_rows(data, [])
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        try:
            return _onwards(request, _draft_once(request, form, rows), rows)
        except Invalid as invalid:
            form.take(invalid)
        except Conflict:
            form.begin_anew()
            return _write_page(request, form, rows, None, status=409)
    return _write_page(request, form, rows, None, status=400 if request.method == "POST" else 200)


def _draft_once(request: MemberRequest, form: BriefingForm, rows: Any) -> Briefing:
    """A page sent twice starts one draft."""
    writing = actions.Writing(form.said(), sections=rows.said())
    pk, _ = activity.once(
        f"briefing:{form.cleaned_data['key'] or uuid.uuid4()}",
        user_id=request.user.pk,
        digest=digest(writing.fields, writing.sections),
        make=lambda: actions.draft(writing, by=request.acting),
    )
    made: Briefing = get_object_or_404(Briefing.objects.visible_to(request.user), pk=pk)
    return made


def _onwards(request: MemberRequest, briefing: Briefing, rows: Any) -> HttpResponse:
    """To the readers, or back to this page when there is more to write."""
    here = reverse("briefings:change", args=[briefing.reference])
    if rows.asks_for_more:
        return redirect(f"{here}?more=1#add")
    messages.success(request, "The draft is saved.")
    return redirect(
        here if "stay" in request.POST else reverse("briefings:audience", args=[briefing.reference])
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: MemberRequest, reference: str) -> HttpResponse:
    briefing = found.briefing(request, reference)
    rules.require_person("change", briefing, request.acting)
    sections = list(briefing.sections.all())
    data = request.POST or None
    form = BriefingForm(data, instance=copy(briefing), by=request.acting)
    rows = section_rows(data, sections, blank=1 if "more" in request.GET else 0)
    if request.method != "POST":
        rules.require("change", briefing, request.acting)
        return _write_page(request, form, rows, briefing)
    if form.is_valid() and rows.is_valid():
        writing = actions.Writing(form.said(), sections=rows.said())
        try:
            actions.change(briefing, writing, by=request.acting, version=form.version_read or 0)
            return _onwards(request, briefing, rows)
        except Invalid as invalid:
            form.take(invalid)
        except Stale:
            return _stale_write(request, form, rows, briefing)
        except Conflict as conflict:
            form.add_error(None, f"{conflict.reason} What you wrote is still below and is not saved.")
            return _write_page(request, form, rows, briefing, status=409)
    return _write_page(request, form, rows, briefing, status=400)


def _write_page(
    request: MemberRequest,
    form: BriefingForm,
    rows: Any,
    briefing: Briefing | None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "rows": rows, "briefing": briefing, "steps": steps(briefing, 1), **more}
    return render(request, "briefings/write.html", context, status=status)


def _stale_write(request: MemberRequest, form: BriefingForm, rows: Any, briefing: Briefing) -> HttpResponse:
    briefing.refresh_from_db()
    seen = Engagement.objects.visible_to(request.user).filter(pk=briefing.engagement_id).first()
    now = _said(briefing.title, briefing.acknowledge_by, briefing.expires_on, seen)
    now |= _sections_said([vars(part) for part in briefing.sections.all()])
    said = form.cleaned_data
    chosen = None if said["engagement"] == form.hidden else said["engagement"]
    yours = _said(said["title"], said["acknowledge_by"], said["expires_on"], chosen)
    yours |= _sections_said(rows.said())
    form.refuse_stale(briefing.version)
    context = {"differing": differing(now, yours), "last": timeline.of(briefing, request.user)[0]}
    return _write_page(request, form, rows, briefing, status=409, **context)


def _said(title: str, acknowledge_by: Any, expires_on: Any, engagement: Any) -> dict[str, str]:
    said = {
        "Title": title,
        "Engagement": engagement,
        "To be acknowledged by": acknowledge_by,
        "Last day it can be read": expires_on,
    }
    return {label: str(value or "") for label, value in said.items()}


def _sections_said(parts: list[dict[str, Any]]) -> dict[str, str]:
    return {
        f"Section {at}": f"{part['heading']} (TLP:{part['label']})\n{part['body']}"
        for at, part in enumerate(parts, 1)
    }


def differing(now: dict[str, str], yours: dict[str, str]) -> list[tuple[str, str, str]]:
    labels = dict.fromkeys([*now, *yours])
    return [
        (label, now.get(label, ""), yours.get(label, ""))
        for label in labels
        if now.get(label, "") != yours.get(label, "")
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def audience(request: MemberRequest, reference: str) -> HttpResponse:
    briefing = found.briefing(request, reference)
    rules.require_person("change", briefing, request.acting)
    data = request.POST or None
    form = AudienceForm(data, initial={"version": briefing.version})
    rows = _rule_rows(request, briefing, data)
    if request.method != "POST":
        rules.require("change", briefing, request.acting)
        return _audience_page(request, form, rows, briefing)
    if form.is_valid() and rows.is_valid():
        writing = actions.Writing(audience=rows.said())
        try:
            actions.change(briefing, writing, by=request.acting, version=form.version_read or 0)
            return _after_audience(request, briefing, rows)
        except Stale:
            return _stale_audience(request, form, rows, briefing)
        except Conflict as conflict:
            form.add_error(None, f"{conflict.reason} What you chose is still below and is not saved.")
            return _audience_page(request, form, rows, briefing, status=409)
    return _audience_page(request, form, rows, briefing, status=400)


def _rule_rows(request: MemberRequest, briefing: Briefing, data: Any) -> Any:
    return rule_rows(
        data,
        _rules(briefing),
        by=request.acting,
        sections=list(briefing.sections.all()),
        blank=1 if "more" in request.GET else 0,
    )


def _rules(briefing: Briefing) -> list[Any]:
    return list(briefing.audience.select_related("user", "office", "coalition", "division", "counterpart"))


def _after_audience(request: MemberRequest, briefing: Briefing, rows: Any) -> HttpResponse:
    here = reverse("briefings:audience", args=[briefing.reference])
    if rows.asks_for_more:
        return redirect(f"{here}?more=1#add")
    messages.success(request, "The readers are saved.")
    return redirect(
        here if "stay" in request.POST else reverse("briefings:preview", args=[briefing.reference])
    )


def _audience_page(
    request: MemberRequest, form: AudienceForm, rows: Any, briefing: Briefing, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "rows": rows, "briefing": briefing, "steps": steps(briefing, 2), **more}
    return render(request, "briefings/audience.html", context, status=status)


def _stale_audience(
    request: MemberRequest, form: AudienceForm, rows: Any, briefing: Briefing
) -> HttpResponse:
    briefing.refresh_from_db()
    now = {"Rules": "\n".join(str(rule) for rule in _rules(briefing))}
    yours = {"Rules": "\n".join(row.target.name for row in rows.forms if getattr(row, "target", None))}
    form.refuse_stale(briefing.version)
    context = {"differing": differing(now, yours), "last": timeline.of(briefing, request.user)[0]}
    return _audience_page(request, form, rows, briefing, status=409, **context)


def steps(briefing: Briefing | None, current: int) -> list[tuple[str, str, bool]]:
    """(label, address, is done) of the way to release."""
    names = [
        ("Write", "change"),
        ("Choose the readers", "audience"),
        ("Check and ask for release", "preview"),
    ]
    return [
        (label, reverse(f"briefings:{name}", args=[briefing.reference]) if briefing else "", at < current)
        for at, (label, name) in enumerate(names, 1)
    ]


@require_safe
def lookup(request: MemberRequest) -> JsonResponse:
    """Whom a rule can go by, as one types."""
    targets = directory.find(request.GET.get("q", ""), by=request.acting)
    results = [{"reference": found.token, "name": found.name, "detail": found.detail} for found in targets]
    return JsonResponse({"results": results})


@require_safe
def lookup_engagements(request: MemberRequest) -> JsonResponse:
    text = tidy(request.GET.get("q", "")).strip()[:200]
    seen = Engagement.objects.visible_to(request.user).select_related("office")
    named = seen.titled(text) if len(text) > 1 else seen.none()
    given = seen.filter(reference=text.upper())
    results = [
        {"reference": row.reference, "name": row.title, "detail": f"{row.reference} · {row.office}"}
        for row in [*given, *named.latest_first()[:LISTED]]
    ]
    return JsonResponse({"results": results})
