"""What becomes of a filed engagement: new dates, an end, a report, and what was promised."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import MemberRequest
from activity import timeline
from diplomacy.lib.errors import Forbidden, Invalid, Stale
from diplomacy.lib.forms import House, problems_of
from engagements import actions, advice_page, rules
from engagements.forms.outcomes import (
    CloseForm,
    CommitmentRows,
    HoldForm,
    NoteForm,
    OneCommitmentForm,
    PostponeForm,
    ReportForm,
    ResumeForm,
)
from engagements.models import Commitment, Engagement
from engagements.views.once import once
from engagements.views.records import fetch


class Question(NamedTuple):
    """A move that is asked about on a page of its own."""

    form: type[Any]
    question: str
    consequence: str
    button: str
    done: str
    act: Callable[..., Any]
    is_grave: bool = False


QUESTIONS = {
    "postpone": Question(
        PostponeForm,
        "Postpone this engagement?",
        "It stays on record without new dates. Those who follow it are told.",
        "Postpone it",
        "It is postponed. Set new dates when you know them.",
        actions.postpone,
    ),
    "resume": Question(
        ResumeForm,
        "Set new dates",
        "It is filed again with these dates. Those who follow it are told.",
        "Set these dates",
        "The new dates are filed.",
        actions.resume,
    ),
    "cancel": Question(
        PostponeForm,
        "Cancel this engagement?",
        "It stays on record as cancelled, and cannot be taken up again. Those who follow it are told; "
        "of a draft nobody outside your office ever hears.",
        "Cancel the engagement",
        "It is cancelled.",
        actions.cancel,
        is_grave=True,
    ),
    "hold": Question(
        HoldForm,
        "Did it take place?",
        "It is marked as held. Next you are asked for a short outcome report.",
        "Yes, it took place",
        "Marked as held. Now say what came of it, while it is fresh.",
        actions.hold,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: MemberRequest, reference: str, move: str) -> HttpResponse:
    engagement = fetch(request, reference)
    asked = QUESTIONS[move]
    more = {"lapsed": advice_page.lapsed(engagement, request.user)} if move == "resume" else {}
    form = asked.form(request.POST or None, initial={"version": engagement.version}, **more)
    if request.method != "POST":
        rules.require(move, engagement, request.acting)
        return _ask(request, engagement, asked, form)
    if not form.is_valid():
        rules.require(move, engagement, request.acting)
        return _ask(request, engagement, asked, form)
    said = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    try:
        asked.act(engagement, by=request.acting, version=form.version_read or 0, **said)
    except Invalid as invalid:
        form.take(invalid)
        return _ask(request, engagement, asked, form, status=400)
    except Stale:
        engagement = fetch(request, engagement.reference)
        rules.require(move, engagement, request.acting)
        form.refuse_stale(engagement.version)
        return _ask(request, engagement, asked, form, status=409)
    messages.success(request, asked.done)
    return redirect("engagements:report", engagement.reference) if move == "hold" else redirect(engagement)


def _ask(
    request: MemberRequest, engagement: Engagement, asked: Question, form: House, status: int = 200
) -> HttpResponse:
    context = {
        "engagement": engagement,
        "question": asked.question,
        "consequence": asked.consequence,
        "action": asked.button,
        "danger": asked.is_grave,
        "back": engagement.get_absolute_url(),
        "form": form,
        "last": next(iter(timeline.of(engagement, request.user)), None) if status == 409 else None,
    }
    return render(request, "engagements/question.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: MemberRequest, reference: str) -> HttpResponse:
    """What came of it, and what was promised, on one page."""
    engagement = fetch(request, reference)
    data = request.POST or None
    form = ReportForm(data, engagement=engagement, initial=_prefilled(engagement))
    promised: Any = CommitmentRows(data, prefix="commitments")
    is_sent = request.method == "POST"
    is_valid = is_sent and promised.is_valid() & form.is_valid()
    if not is_valid or promised.asks_for_more:
        rules.require("report", engagement, request.acting)
        return _show_report(request, engagement, form, _one_more(request, promised))
    try:
        _report(request, engagement, form, promised.kept)
    except Stale:
        engagement = fetch(request, engagement.reference)
        rules.require("report", engagement, request.acting)
        form.refuse_stale(engagement.version)
        return _show_report(request, engagement, form, promised, status=409)
    messages.success(request, "The outcome report is filed.")
    return redirect(engagement)


def _one_more(request: MemberRequest, promised: Any) -> Any:
    """Without script: the same page with all that was typed, and one more blank row."""
    if not promised.asks_for_more:
        return promised
    data = request.POST.copy()
    data["commitments-TOTAL_FORMS"] = str(len(promised.forms) + 1)
    return CommitmentRows(data, prefix="commitments")


@transaction.atomic
def _report(
    request: MemberRequest, engagement: Engagement, form: ReportForm, promised: list[dict[str, Any]]
) -> None:
    actions.report(engagement, by=request.acting, version=form.version_read or 0, **form.said())
    for row in promised:
        said = {name: row[name] for name in ("text", "side", "owner", "due_on")}
        actions.add_commitment(engagement, by=request.acting, **said)


def _prefilled(engagement: Engagement) -> dict[str, str]:
    met = ", ".join(str(body) for body in engagement.counterparts.all())
    places = "; ".join(stop.place for stop in engagement.stops.all())
    start = (
        f"{engagement.get_kind_display()}{f' with {met}' if met else ''}{f' in {places}' if places else ''}."
    )
    is_hosted = engagement.payer in {"host", "third_party", "mixed"}
    return {
        "summary": f"{start}\nPlanned: {engagement.purpose}\n\nWhat came of it: ",
        "hosted_travel": engagement.payer_note or engagement.get_payer_display() if is_hosted else "",
    }


def _show_report(
    request: MemberRequest, engagement: Engagement, form: Any, promised: Any, status: int = 200
) -> HttpResponse:
    parts = [form, promised]
    for part in parts:
        part.is_summed_up = True
    context = {
        "engagement": engagement,
        "form": form,
        "commitments": promised,
        "problems": [problem for part in parts if part.is_bound for problem in problems_of(part)],
    }
    return render(request, "engagements/report.html", context, status=status)


# Notes and commitments, which may be added at any time -----------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: MemberRequest, reference: str) -> HttpResponse:
    engagement = fetch(request, reference)
    rules.require("note", engagement, request.acting)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        once(form, request.user.pk, lambda: actions.note_for_office(engagement, by=request.acting, text=text))
        messages.success(request, "Your note is saved. Only your office reads it.")
        return redirect(f"{engagement.get_absolute_url()}#notes")
    return _show_small(request, engagement, form, "Add an office note", "Save the note")


@require_http_methods(["GET", "HEAD", "POST"])
def commit(request: MemberRequest, reference: str) -> HttpResponse:
    engagement = fetch(request, reference)
    rules.require("commit", engagement, request.acting)
    form = OneCommitmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        once(form, request.user.pk, lambda: actions.add_commitment(engagement, by=request.acting, **said))
        messages.success(request, "The commitment is on record.")
        return redirect(f"{engagement.get_absolute_url()}#commitments")
    return _show_small(request, engagement, form, "Add a commitment", "Add it")


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: MemberRequest, reference: str) -> HttpResponse:
    rows = Commitment.objects.visible_to(request.user).select_related("engagement__office")
    commitment = get_object_or_404(rows, reference=reference)
    engagement = commitment.engagement
    if not rules.owns(request.acting, engagement) or not request.acting.writes_engagements:
        raise Forbidden(
            "Only staff and leads of the office that owns this engagement may close its commitments."
        )
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.close_commitment(commitment, by=request.acting, evidence=form.cleaned_data["evidence"])
        messages.success(request, "The commitment is closed.")
        return redirect(f"{engagement.get_absolute_url()}#commitments")
    return _show_small(request, engagement, form, "Close this commitment", "Close it", lead=commitment.text)


def _show_small(
    request: MemberRequest,
    engagement: Engagement,
    form: House,
    heading: str,
    button: str,
    lead: str = "",
) -> HttpResponse:
    context = {
        "engagement": engagement,
        "form": form,
        "heading": heading,
        "button": button,
        "lead": lead,
    }
    return render(request, "engagements/small_form.html", context)
