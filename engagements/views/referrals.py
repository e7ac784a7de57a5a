"""What offices refer to each other: lists, the form that sends one, and one with what can be done about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Member
from accounts.requests import MemberRequest
from activity import timeline
from counterparts.models import Counterpart
from diplomacy.lib.errors import Conflict, Invalid, Stale
from diplomacy.lib.forms import problems_of
from diplomacy.lib.text import tidy
from engagements import actions, pages, parties, rules, whereabouts
from engagements.actions.referrals import WRONG
from engagements.choices import Outcome, Visibility
from engagements.forms import rows
from engagements.forms.referrals import (
    CloseReferralForm,
    DeclineForm,
    Met,
    MetRow,
    MoveForm,
    ReferralFilter,
    ReferralForm,
)
from engagements.models import Engagement, Referral, ReferralEngagement
from engagements.querysets import ReferralQuerySet
from engagements.views.once import once

LISTED = 10
BELOW = {"counterpart_name", "useful_by", "contact", "about"}
"""Fields of the form that stand below those who came."""
SAYS_WHAT_CAME = {"close", "correct"}
PLANNED_BEFORE = "An engagement was planned from this referral before. This is it: no second one is begun."
FORMS: dict[str, type[Any]] = {
    "take_up": MoveForm,
    "decline": DeclineForm,
    "close": CloseReferralForm,
    "correct": CloseReferralForm,
    "plan": MoveForm,
    "withdraw": MoveForm,
}
DONE = {
    "take_up": "Taken up. The other office is told. When you know what came of it, say so here.",
    "decline": "Declined. The other office is told, with your reason.",
    "close": "Thank you. The other office is told what came of it.",
    "correct": "Corrected. The other office is told.",
    "plan": "A draft is begun with what the referral says. Only your office sees it.",
    "withdraw": "Withdrawn. The other office is told.",
}


# Lists -----------------------------------------------------------------------------------------------------------------


@require_safe
def received(request: MemberRequest) -> HttpResponse:
    return _list(request, _visible(request).received_by(request.acting.office), is_sent=False)


@require_safe
def sent(request: MemberRequest) -> HttpResponse:
    return _list(request, _visible(request).sent_by(request.acting.office), is_sent=True)


def _visible(request: MemberRequest) -> ReferralQuerySet:
    found: ReferralQuerySet = Referral.objects.visible_to(request.user).with_offices()
    return found


def _list(request: MemberRequest, referrals: ReferralQuerySet, *, is_sent: bool) -> HttpResponse:
    form = ReferralFilter(request.GET)
    context = {
        **_one_page(request, form.narrow(referrals)),
        "is_sent": is_sent,
        "form": form,
        "is_narrowed": form.has_changed(),
        "tabs": _tabs(request),
        "may_refer": request.acting.writes_engagements,
    }
    return render(request, "engagements/referrals/list.html", context)


def _one_page(request: MemberRequest, referrals: ReferralQuerySet) -> dict[str, Any]:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    rows = referrals.prefetch_related("counterparts")
    page = pages.referrals_page_of(rows, after=after, before=before)
    return {"page": page, "rows": [(row, whereabouts.of_referral(row)) for row in page]}


def _tabs(request: MemberRequest) -> list[tuple[str, str, bool]]:
    """Desks are asked; they send none."""
    if request.acting.office.is_federal:
        return []
    tabs = (("Received", "engagements:referrals"), ("Sent", "engagements:referrals_sent"))
    return [(label, reverse(name), request.path == reverse(name)) for label, name in tabs]


@require_safe
def about_counterpart(request: MemberRequest, reference: str) -> HttpResponse:
    """A part of the counterpart's page, which loads it; a page of its own without script."""
    counterpart = get_object_or_404(Counterpart.objects.visible_to(request.user), reference=reference)
    context = {"counterpart": counterpart, **_one_page(request, _visible(request).about(counterpart))}
    is_part = context["is_part"] = bool(getattr(request, "htmx", False))
    template = "_about_counterpart" if is_part else "about_counterpart"
    return render(request, f"engagements/referrals/{template}.html", context)


def panel(request: MemberRequest, engagement: Engagement) -> list[ReferralEngagement]:
    """For the engagement's page: the referrals that its reader may read too."""
    found = ReferralEngagement.objects.visible_to(request.user).filter(engagement=engagement)
    return list(found.select_related("referral__sender", "referral__receiver").order_by("pk")[:LISTED])


# Sending ---------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def refer(request: MemberRequest) -> HttpResponse:
    rules.require_sender(request.acting)
    if request.method != "POST":
        return _show_form(request, _parts(request, about=_asked_about(request)))
    parts = _parts(request, request.POST)
    if parts["met"].asks_for_more:
        return _show_form(request, _with_another(request, parts))
    wrong = [part for part in parts.values() if not part.is_valid()]
    if wrong:
        _ask_who_came(parts)
        return _show_form(request, parts)
    form = parts["what"]
    matter = _matter(parts)
    form.cleaned_data["met"] = [body.reference for body in matter.counterparts]
    try:
        pk = once(form, request.user.pk, lambda: actions.refer(matter, by=request.acting))
    except Invalid as invalid:
        _take(parts, invalid)
        return _show_form(request, parts)
    messages.success(request, f"Sent to {matter.receiver}. Your office is told when it answers.")
    return redirect(get_object_or_404(_visible(request), pk=pk))


def _matter(parts: dict[str, Any]) -> actions.Matter:
    said = parts["what"].cleaned_data
    names = ("subject", "text", "counterpart_name", "topics", "useful_by", "contact", "engagement")
    met = list(dict.fromkeys(row["counterpart"] for row in parts["met"].kept))
    return actions.Matter(receiver=said["office"], counterparts=met, **{name: said[name] for name in names})


def _ask_who_came(parts: dict[str, Any]) -> None:
    """With the rest of what is missing, and not only once that is there."""
    if parts["met"].is_valid() and not parts["met"].kept and not parts["what"]["counterpart_name"].data:
        _take(parts, Invalid({"counterparts": [WRONG["counterparts"]]}))


def _take(parts: dict[str, Any], invalid: Invalid) -> None:
    """What is said of the counterparts stands at the first of them."""
    said = dict(invalid.fields)
    for message in said.pop("counterparts", []):
        parts["met"].forms[0].add_error("name", message)
    parts["what"].take(Invalid({"about" if name == "engagement" else name: said[name] for name in said}))


def _parts(request: MemberRequest, data: Any = None, about: Engagement | None = None) -> dict[str, Any]:
    by, met = request.acting, _met(about)
    colleagues = Member.objects.visible_to(request.user).of_office(by.office).select_related("user", "office")
    kind = rows.rows_of(Met, MetRow, is_more=False, initial=met)
    started = (
        {"about": about.title, "about_reference": about.reference, "topics": about.topics} if about else {}
    )
    return {
        "what": ReferralForm(
            data, by=by, colleagues=colleagues.order_by("user__name", "pk"), initial=started
        ),
        "met": kind(data, initial=met, prefix="met", form_kwargs={"user": request.user}),
    }


def _met(about: Engagement | None) -> list[dict[str, Any]]:
    """Whom it is with, unless that is for the people named on it alone: who refers it decides what to say."""
    return rows.counterpart_rows(None if about and about.visibility == Visibility.RESTRICTED else about)


def _asked_about(request: MemberRequest) -> Engagement | None:
    ours = Engagement.objects.visible_to(request.user).of_office(request.acting.office)
    found: Engagement | None = ours.filter(reference=request.GET.get("engagement", "")[:12].upper()).first()
    return found


def _with_another(request: MemberRequest, parts: dict[str, Any]) -> dict[str, Any]:
    data = request.POST.copy()
    data["met-TOTAL_FORMS"] = str(len(parts["met"].forms) + 1)
    return _parts(request, data)


def _show_form(request: MemberRequest, parts: dict[str, Any]) -> HttpResponse:
    for part in parts.values():
        part.is_summed_up = True
    is_asked_more = parts["met"].is_bound and parts["met"].asks_for_more
    problems = [problem for part in parts.values() if part.is_bound for problem in problems_of(part)]
    problems.sort(key=_where)
    context = {"parts": parts, "problems": [] if is_asked_more else problems}
    context["form"] = {"errors": context["problems"]}
    return render(
        request, "engagements/referrals/write.html", context, status=400 if context["problems"] else 200
    )


def _where(problem: tuple[str, str, str]) -> int:
    """The rows stand in the middle of the form: the summary goes down the page as its reader does."""
    name = problem[0].removeprefix("id_")
    return 2 if name in BELOW else 1 if name.startswith("met-") else 0


@require_safe
def find_offices(request: MemberRequest) -> JsonResponse:
    found = parties.to_refer_to(_typed(request), request.user, request.acting.office)
    results = [{"reference": party.reference, "name": party.name, "detail": party.detail} for party in found]
    return JsonResponse({"results": results})


@require_safe
def find_engagements(request: MemberRequest) -> JsonResponse:
    """Of the office that one acts for."""
    text = _typed(request)
    ours = Engagement.objects.visible_to(request.user).of_office(request.acting.office)
    named = ours.filter(title__icontains=text) if len(text) > 1 else ours.none()
    found = [*ours.filter(reference__iexact=text), *named.latest_first()[:LISTED]]
    results = [
        {
            "reference": one.reference,
            "name": one.title,
            "detail": f"{one.reference} · {one.get_status_display()}",
        }
        for one in found
    ]
    return JsonResponse({"results": results})


def _typed(request: MemberRequest) -> str:
    return tidy(request.GET.get("q", "")).strip()[:200]


# One referral ----------------------------------------------------------------------------------------------------------


def _found(request: MemberRequest, reference: str) -> Referral:
    people = ("contact__user", "written_by__user", "answered_by__user", "closed_by__user")
    found: Referral = get_object_or_404(_visible(request).select_related(*people), reference=reference)
    return found


@require_safe
def show(request: MemberRequest, reference: str) -> HttpResponse:
    return _page(request, _found(request, reference))


def _page(
    request: MemberRequest, referral: Referral, status: int = 200, written: tuple[str, Any] | None = None
) -> HttpResponse:
    """`written`: a move, and its form that was refused."""
    move, form = written or ("", None)
    allowed = rules.allowed_referral(referral, request.acting)
    links = ReferralEngagement.objects.visible_to(request.user).filter(referral=referral)
    beside: dict[str, list[Engagement]] = {}
    for link in links.select_related("engagement").order_by("pk"):
        beside.setdefault(link.part, []).append(link.engagement)
    context = {
        "referral": referral,
        "standing": whereabouts.of_referral(referral),
        "counterparts": referral.counterparts.all(),
        "links": beside,
        "is_ours": request.acting.office_id == referral.sender_id,
        "moves": {
            name: form if name == move else _form(name, referral, request.acting)
            for name in FORMS
            if name in allowed or name == move
        },
        "planned": actions.planned_from(referral, by=request.acting) if "plan" in allowed else None,
        "entries": timeline.of(referral, request.user),
        "form": form,
    }
    return render(request, "engagements/referrals/detail.html", context, status=status)


def _form(move: str, referral: Referral, by: Member, data: Any = None) -> Any:
    given: dict[str, Any] = {"initial": {"version": referral.version}, "prefix": move.replace("_", "-")}
    if move in SAYS_WHAT_CAME:
        given["by"] = by
        given["initial"] |= _said_so_far(move, referral, by)
    return FORMS[move](data, **given)


def _said_so_far(move: str, referral: Referral, by: Member) -> dict[str, Any]:
    planned = actions.planned_from(referral, by=by)
    about = {"about": planned.title, "about_reference": planned.reference} if planned else {}
    if move == "close":
        return about
    is_planned = referral.outcome == Outcome.PLANNED
    said = {"outcome": referral.outcome, "text": referral.outcome_text}
    return said | (about if is_planned else {}) | {"is_unnamed": is_planned and planned is None}


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: MemberRequest, reference: str, move: str) -> HttpResponse:
    """A move, or the page again with what was written still in its field. The address alone leads back to the page."""
    referral = _found(request, reference)
    if request.method != "POST":
        return redirect(referral)
    form = _form(move, referral, request.acting, request.POST)
    if not form.is_valid():
        rules.require_referral(move, referral, request.acting)
        return _page(request, referral, 400, (move, form))
    try:
        return _do(request, referral, move, form)
    except (Invalid, Conflict, Stale) as refusal:
        return _refused(request, reference, move, form, refusal)


def _do(request: MemberRequest, referral: Referral, move: str, form: Any) -> HttpResponse:
    if move == "plan":
        return _plan(request, referral, form)
    once(form, request.user.pk, _make(move, referral, form, request.acting))
    messages.success(request, DONE[move])
    return redirect(referral)


def _refused(
    request: MemberRequest, reference: str, move: str, form: Any, refusal: Invalid | Conflict | Stale
) -> HttpResponse:
    """The page as it is now, with what was written and why it was not taken."""
    now = _found(request, reference)
    if isinstance(refusal, Invalid):
        said = {"about" if name == "engagement" else name: words for name, words in refusal.fields.items()}
        form.take(Invalid(said))
    elif isinstance(refusal, Stale):
        form.refuse_stale(now.version)
    else:
        form.add_error(None, refusal.reason)
    return _page(request, now, 400 if isinstance(refusal, Invalid) else 409, (move, form))


def _plan(request: MemberRequest, referral: Referral, form: Any) -> HttpResponse:
    """To the draft; pressed again, to the one that is there."""
    before = actions.planned_from(referral, by=request.acting)
    pk = once(
        form, request.user.pk, lambda: actions.plan_from_referral(referral, by=request.acting).engagement
    )
    planned = get_object_or_404(Engagement.objects.visible_to(request.user), pk=pk)
    messages.success(request, PLANNED_BEFORE if before else DONE["plan"])
    return (
        redirect("engagements:step", planned.reference, "what") if not planned.is_filed else redirect(planned)
    )


def _make(move: str, referral: Referral, form: Any, by: Member) -> Callable[[], Model]:
    said = form.cleaned_data
    names = ("reason", "outcome", "text", "engagement", "is_unnamed")
    words = {name: said[name] for name in names if name in said}
    do: dict[str, Callable[..., Model]] = {
        "take_up": actions.take_up_referral,
        "decline": actions.decline_referral,
        "close": actions.close_referral,
        "correct": actions.correct_referral,
        "withdraw": actions.withdraw_referral,
    }
    return lambda: do[move](referral, by=by, version=form.version_read, **words)
