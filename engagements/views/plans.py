"""Saying what is planned: the step form of a draft, filing, and amending what was filed."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Member
from accounts.requests import MemberRequest
from activity import actions as activity
from activity import timeline
from counterparts import actions as counterpart_actions
from diplomacy.lib.errors import Forbidden, Invalid, Refusal, Stale
from diplomacy.lib.forms import problems_of
from diplomacy.lib.references import new_reference
from diplomacy.lib.templatetags import ui
from diplomacy.lib.text import tidy
from engagements import actions, clock, flags, parties, routing, rules, versions
from engagements.actions.plans import is_late
from engagements.choices import Status
from engagements.forms.plans import STEPS, Money, Section, Sharing, What, When, Who, place_of
from engagements.models import Engagement
from engagements.views.records import fetch, posted_version
from engagements.whereabouts import SEEN_BY

Write = Callable[[int], Engagement]
ANY_DRAFT = hashlib.sha256(b"engagements.draft").hexdigest()
AMENDED: tuple[type[Section], ...] = (What, Who, When, Money)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: MemberRequest) -> HttpResponse:
    """The first step makes the draft; every later one saves it."""
    if not request.acting.writes_engagements:
        raise Forbidden("Only staff and leads of a state or city office log engagements.")
    data = request.POST if request.method == "POST" else None
    section = What(None, member=request.acting, data=data, is_strict=_wants_all(request))
    token = tidy(request.POST.get("token", ""))[:40] or new_reference("T")
    if data is not None and section.is_valid():
        return _start(request, section, token)
    return _show_step(request, None, section, 1, token=token)


def _start(request: MemberRequest, section: Section, token: str) -> HttpResponse:
    """Sent twice, it starts one draft. Sent again with other words, nothing of either is lost."""
    by, plan = request.acting, actions.Plan(fields=section.fields())
    zoned = actions.Plan(fields={**plan.fields, "time_zone": by.office.time_zone})
    pk, is_new = activity.once(
        f"draft:{token}", user_id=request.user.pk, digest=ANY_DRAFT, make=lambda: actions.draft(zoned, by=by)
    )
    engagement = get_object_or_404(Engagement.objects.visible_to(request.user), pk=pk)
    if not is_new and any(getattr(engagement, name) != value for name, value in plan.fields.items()):
        again = What(engagement, member=by, data=request.POST)
        again.is_valid()
        return _stale(
            request, engagement, [again], lambda version: _save(engagement, [again], by, version), 1
        )
    return _onward(request, engagement, 1)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: MemberRequest, reference: str, slug: str) -> HttpResponse:
    number, kind = _step_named(slug)
    engagement = fetch(request, reference)
    data = request.POST if request.method == "POST" else None
    if data is None or not rules.owns(request.acting, engagement):
        rules.require("save", engagement, request.acting)
    section = kind(
        engagement,
        member=request.acting,
        data=data,
        is_strict=_wants_all(request),
        more=request.GET.get("more", ""),
    )
    if data is None or not section.is_valid():
        return _show_step(request, engagement, section, number)

    def write(version: int) -> Engagement:
        return _save(engagement, [section], request.acting, version)

    return _try(request, engagement, [section], write, number) or _onward(
        request, engagement, number, section
    )


def _step_named(slug: str) -> tuple[int, type[Section]]:
    found = next(((n, kind) for n, kind in enumerate(STEPS, 1) if kind.slug == slug), None)
    if found is None:
        raise Http404
    return found


def _wants_all(request: MemberRequest) -> bool:
    """“Save and go on” asks for what filing needs. “Save for later” and “Add another” take what there is."""
    return not ("later" in request.POST or any(name.endswith("-more") for name in request.POST))


def _try(
    request: MemberRequest, engagement: Engagement, sections: Sequence[Section], write: Write, number: int
) -> HttpResponse | None:
    """Write; None when it is done, else the page again with what stood in the way and all that was typed."""
    try:
        write(posted_version(request))
    except Invalid as invalid:
        sections[-1].add_errors(invalid.fields)
        return _show(request, engagement, sections, number, status=400)
    except Stale:
        return _stale(request, engagement, sections, write, number)
    return None


@transaction.atomic
def _save(engagement: Engagement, sections: Sequence[Section], by: Member, version: int) -> Engagement:
    held = actions.save(engagement, _plan(sections, by), by=by, version=version)
    for section in sections:
        if isinstance(section, Sharing):
            held = _share(held, section, by)
    return held


def _share(held: Engagement, section: Sharing, by: Member) -> Engagement:
    wanted = section.audience()
    now = {party.reference for party in parties.named_on(held)}
    if wanted["visibility"] == held.visibility and now == {party.reference for party in section.named}:
        return held
    return actions.share(held, by=by, version=held.version, **wanted)


def _plan(sections: Sequence[Section], by: Member) -> actions.Plan:
    """Counterparts that are new go on the register in the transaction that saves the engagement."""
    fields: dict[str, Any] = {}
    lists: dict[str, Any] = {}
    for section in sections:
        fields |= section.fields()
        if isinstance(section, Who):
            lists["participants"] = section.people()
            lists["counterparts"] = [_counterpart(row, by) for row in section.parts["counterparts"].kept]
        if isinstance(section, When):
            lists["stops"] = section.stops()
    return actions.Plan(fields=fields, **lists)


def _counterpart(row: dict[str, Any], by: Member) -> Any:
    return row.get("counterpart") or counterpart_actions.add(by=by, **row["new"])


def _onward(
    request: MemberRequest, engagement: Engagement, number: int, section: Section | None = None
) -> HttpResponse:
    if section and (more := section.asks_for_more):
        here = reverse("engagements:step", args=[engagement.reference, section.slug])
        return redirect(f"{here}?more={more}#rows-{more}")
    if "later" in request.POST:
        messages.success(request, "Your draft is saved. Only your office sees it.")
        return redirect("engagements:drafts")
    if number == len(STEPS):
        return redirect("engagements:check", engagement.reference)
    return redirect("engagements:step", engagement.reference, STEPS[number].slug)


# Somebody else saved first -----------------------------------------------------------------------------------------


def _stale(
    request: MemberRequest, engagement: Engagement, sections: Sequence[Section], write: Write, number: int
) -> HttpResponse:
    """The page again with all that was typed, what is saved now beside it, and who saved that."""
    engagement = fetch(request, engagement.reference)
    stale = {
        "last": next(iter(timeline.of(engagement, request.user)), None),
        "differing": _differing(engagement, write),
        "cannot_save": number and engagement.status != Status.DRAFT,
    }
    return _show(request, engagement, sections, number, status=409, **stale)


def _differing(engagement: Engagement, write: Write) -> list[versions.Change]:
    """What writing now would change, in a reader's words: it is written, read, and taken back."""
    now = versions.said(engagement)
    try:
        with transaction.atomic():
            mine = versions.said(write(engagement.version))
            transaction.set_rollback(True)
    except Refusal:
        return []
    return versions.changes(now, mine)


# Pages -----------------------------------------------------------------------------------------------------------------


def _show(
    request: MemberRequest, engagement: Engagement, sections: Sequence[Section], number: int, **more: Any
) -> HttpResponse:
    if number:
        return _show_step(request, engagement, sections[0], number, **more)
    return _show_amend(request, engagement, sections, **more)


def _show_step(
    request: MemberRequest,
    engagement: Engagement | None,
    section: Section,
    number: int,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "engagement": engagement,
        "section": section,
        "parts": section.parts,
        **_summed_up(section.parts),
        "version": _version_shown(request, engagement, more),
        "here": reverse("engagements:step", args=[engagement.reference, section.slug])
        if engagement
        else request.path,
        "previous": STEPS[number - 2] if number > 1 else None,
        "steps": _steps(engagement),
        "number": number,
        **more,
    }
    return render(request, f"engagements/steps/{section.slug}.html", context, status=status)


def _version_shown(request: MemberRequest, engagement: Engagement | None, more: dict[str, Any]) -> int:
    """A page with errors keeps the version that its person read; after a stale edit they have read the current one."""
    if request.method == "POST" and engagement and "last" not in more:
        return posted_version(request)
    return engagement.version if engagement else 0


def _summed_up(parts: dict[str, Any]) -> dict[str, Any]:
    """One error summary for all forms of the page; `form.errors` puts “Error” in its title."""
    for part in parts.values():
        part.is_summed_up = True
    problems = [problem for part in parts.values() if part.is_bound for problem in problems_of(part)]
    return {"problems": problems, "form": {"errors": problems}}


def _steps(engagement: Engagement | None) -> list[tuple[str, str, bool]]:
    """For the component: label, address, whether something is in it."""
    if engagement is None:
        return [*((kind.label, "", False) for kind in STEPS), ("Check and file", "", False)]
    lacking = {place_of(name, "E-00000000") for name in _missing(engagement)}
    rows = [
        (
            kind.label,
            reverse("engagements:step", args=[engagement.reference, kind.slug]),
            not any(f"/{kind.slug}/" in place for place in lacking) and _is_begun(engagement, kind),
        )
        for kind in STEPS
    ]
    return [*rows, ("Check and file", reverse("engagements:check", args=[engagement.reference]), False)]


def _is_begun(engagement: Engagement, kind: type[Section]) -> bool:
    return {Money: bool(engagement.payer or engagement.arranged_by), Sharing: False}.get(kind, True)


def _missing(engagement: Engagement) -> dict[str, list[str]]:
    return rules.missing(
        engagement, counterparts=engagement.counterparts.count(), stops=engagement.stops.count()
    )


# Filing ----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: MemberRequest, reference: str) -> HttpResponse:
    """The last look before filing, and the filing."""
    engagement = fetch(request, reference)
    if request.method != "POST":
        rules.require("file", engagement, request.acting)
        return _show_check(request, engagement)
    try:
        actions.file(engagement, by=request.acting, version=posted_version(request))
    except Invalid:
        return _show_check(request, engagement, status=400, was_sent=True)
    except Stale:
        return _filed_or_changed(request, engagement)
    messages.success(request, "Filed. You can amend it at any time.")
    return redirect(engagement)


def _filed_or_changed(request: MemberRequest, engagement: Engagement) -> HttpResponse:
    engagement = fetch(request, engagement.reference)
    if engagement.is_filed and rules.owns(request.acting, engagement):
        messages.info(request, "It has been filed already.")
        return redirect(engagement)
    last = next(iter(timeline.of(engagement, request.user)), None)
    return _show_check(request, engagement, status=409, last=last)


def _show_check(
    request: MemberRequest, engagement: Engagement, status: int = 200, **more: Any
) -> HttpResponse:
    today = clock.today()
    asks = engagement.wants_advice and (not engagement.ends_on or engagement.ends_on >= today)
    context = {
        "engagement": engagement,
        "problems": [
            (place_of(name, engagement.reference), message)
            for name, messages_ in _missing(engagement).items()
            for message in messages_
        ],
        "summary": list(_summary(engagement)),
        "desks": routing.desks_for(engagement) if asks else [],
        "due_on": clock.due_date(today, engagement.starts_on) if engagement.starts_on else None,
        "is_late": bool(engagement.starts_on and is_late(engagement.starts_on)),
        "is_over": bool(engagement.ends_on and engagement.ends_on < today),
        "flags": list(flags.raised_by(engagement)),
        "named": list(parties.named_on(engagement)),
        "seen_by": SEEN_BY[engagement.visibility],
        "steps": _steps(engagement),
        "number": len(STEPS) + 1,
        **more,
    }
    return render(request, "engagements/steps/check.html", context, status=status)


SUMMED_UP: dict[type[Section], tuple[str, ...]] = {
    What: ("Title", "Kind", "Purpose", "Topics", "Mode"),
    Who: ("Counterparts", "Their side", "Our side"),
    When: ("Dates", "Start time", "Time zone", "Stops"),
    Money: (
        "Who pays", "Who pays for what", "Who arranged it", "Foreign agent", "FARA registration number",
        "Something binding may be signed", "Touches critical infrastructure",
    ),
}  # fmt: skip


def _summary(engagement: Engagement) -> Any:
    said = versions.said(engagement) | {"Dates": ui.dates(engagement.starts_on, engagement.ends_on)}
    for kind, labels in SUMMED_UP.items():
        yield (
            kind.label,
            reverse("engagements:step", args=[engagement.reference, kind.slug]),
            [(label, said[label]) for label in labels],
        )


# Amending --------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: MemberRequest, reference: str) -> HttpResponse:
    """All that was filed on one page: one change makes one version and one notice."""
    engagement = fetch(request, reference)
    rules.require("amend", engagement, request.acting)
    data = request.POST if request.method == "POST" else None
    more = next((name.removesuffix("-more") for name in request.POST if name.endswith("-more")), "")
    sections = [kind(engagement, member=request.acting, data=data, is_strict=True) for kind in AMENDED]
    if more and data is not None:
        return _with_another_row(request, engagement, more)
    _read_together(sections)
    # Every section is looked at, so that one page names all that is wrong.
    if data is None or [section for section in sections if not section.is_valid()]:
        return _show_amend(request, engagement, sections)

    def write(version: int) -> Engagement:
        return actions.amend(engagement, _plan(sections, request.acting), by=request.acting, version=version)

    whole = transaction.atomic(write)
    refused = _try(request, engagement, sections, whole, 0)
    if refused is None:
        messages.success(request, "Your change is filed. Those who follow this engagement are told.")
    return refused or redirect(engagement)


def _read_together(sections: Sequence[Section]) -> None:
    """Whether a place is needed depends on the kind chosen on the same page."""
    for section in sections:
        if isinstance(section, When) and section.data is not None:
            section.parts["stops"].is_strict = section.data.get("kind") not in rules.WITHOUT_PLACE


def _with_another_row(request: MemberRequest, engagement: Engagement, more: str) -> HttpResponse:
    """Without script: the same page with all that was typed, and one more blank row."""
    data = request.POST.copy()
    total = data.get(f"{more}-TOTAL_FORMS", "0")
    if total.isascii() and total.isdigit() and len(total) < 4:
        data[f"{more}-TOTAL_FORMS"] = str(int(total) + 1)
    return _show_amend(
        request, engagement, [kind(engagement, member=request.acting, data=data) for kind in AMENDED]
    )


def _show_amend(
    request: MemberRequest,
    engagement: Engagement,
    sections: Sequence[Section],
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    parts = {name: part for section in sections for name, part in section.parts.items()}
    context = {
        "engagement": engagement,
        "parts": parts,
        **_summed_up(parts),
        "version": _version_shown(request, engagement, more),
        **more,
    }
    return render(request, "engagements/amend.html", context, status=status)
