"""Plans that cross: an office's half of each, and both halves for coordinators."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import MemberRequest
from activity import timeline
from diplomacy.lib.errors import Conflict, Invalid
from engagements import actions, overlap, pages, rules
from engagements.actions.overlaps import ACTS
from engagements.forms.overlaps import AsideForm, CoordinatorAnswerForm, CoordinatorForm, MessageForm
from engagements.models import (
    CoordinatorQuestion,
    Engagement,
    Overlap,
    OverlapMessage,
    OverlapSide,
)
from engagements.querysets import OverlapSideQuerySet
from engagements.views.once import once

FEW = 10
DONE = {
    "ask": "The other office is asked. If it agrees, both of you are told who the other is.",
    "introduce": "The other office is told who you are.",
    "decline": "The other office hears nothing of it.",
    "withdraw": "The other office no longer sees who you are, and is told so.",
    "take_up": "It is among the open ones again.",
}


class Tab(NamedTuple):
    label: str
    counted: str
    narrow: Callable[[OverlapSideQuerySet], OverlapSideQuerySet]


TABS = {
    "open": Tab("Open", "open", lambda rows: rows.open()),
    "aside": Tab("Set aside", "set_aside", lambda rows: rows.set_aside()),
    "ended": Tab("Over", "ended", lambda rows: rows.ended()),
}


def panel(request: MemberRequest, engagement: Engagement) -> dict[str, Any]:
    """For the engagement's page: an office's own half, or what coordinators see."""
    sides = OverlapSide.objects.visible_to(request.user).filter(engagement=engagement).open()
    rows = Overlap.objects.visible_to(request.user).of(engagement).filter(ended_at=None).with_plans()
    ours = list(sides.with_plan().soonest_first()[: FEW + 1])
    both = list(rows.order_by("touch", "reference")[: FEW + 1])
    return {
        "sides": [_row(side) for side in ours[:FEW]],
        "sides_are_cut": len(ours) > FEW,
        "overlaps": both[:FEW],
        "overlaps_are_cut": len(both) > FEW,
    }


def _row(side: OverlapSide) -> dict[str, Any]:
    return {
        "side": side,
        "who": side.who,
        "matched": overlap.words(side.sees),
        "month": overlap.month(side.sees),
        "state": overlap.state(side),
    }


@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "open"
    mine = OverlapSide.objects.visible_to(request.user).of_office(request.acting.office)
    counts = mine.counts()
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = pages.overlaps_page_of(TABS[tab].narrow(mine).with_plan(), after=after, before=before)
    context = {
        "tab": tab,
        "tabs": [(name, one.label, counts[one.counted]) for name, one in TABS.items()],
        "count": counts[TABS[tab].counted],
        "page": page,
        "rows": [_row(side) for side in page],
    }
    return render(request, "engagements/overlaps/list.html", context)


def _found(request: MemberRequest, reference: str) -> OverlapSide:
    rows = OverlapSide.objects.visible_to(request.user).with_plan().with_whom_to_ask()
    found: OverlapSide = get_object_or_404(rows, reference=reference)
    return found


@require_safe
def show(request: MemberRequest, reference: str) -> HttpResponse:
    return _page(request, _found(request, reference))


def _page(request: MemberRequest, side: OverlapSide, status: int = 200, **forms: Any) -> HttpResponse:
    questions = list(
        CoordinatorQuestion.objects.visible_to(request.user)
        .filter(side=side)
        .select_related("asked_by__user", "answered_by__user", "answered_by__office")
    )
    said = OverlapMessage.objects.visible_to(request.user).filter(overlap=side.overlap_id)
    has_question = any(question.answered_at is None for question in questions)
    member = request.acting
    context = {
        **_row(side),
        "engagement": side.engagement,
        "days": overlap.days(side.sees),
        "asked": overlap.whom_to_ask(side),
        "link": _link(request, side),
        "messages_said": list(said.select_related("office", "written_by__user")),
        "questions": questions,
        "moves": [
            move for move in rules.SIDE_MOVES if rules.may_side(move, side, member, has_question=has_question)
        ],
        "entries": timeline.of(side, request.user),
        "message_form": MessageForm(prefix="message"),
        "aside_form": AsideForm(prefix="aside"),
        "coordinator_form": CoordinatorForm(prefix="coordinator"),
        **forms,
    }
    context["form"] = next((form for form in forms.values() if form.errors), None)
    return render(request, "engagements/overlaps/side.html", context, status=status)


def _link(request: MemberRequest, side: OverlapSide) -> Engagement | None:
    """The other plan itself, for who may read it in any case."""
    named = side.sees.get("engagement", "")
    rows = Engagement.objects.visible_to(request.user).filter(reference=named)
    return rows.first() if named else None


@require_POST
def move(request: MemberRequest, reference: str, move: str) -> HttpResponse:
    side = _found(request, reference)
    return _done(request, side, move)


def _done(request: MemberRequest, side: OverlapSide, move: str) -> HttpResponse:
    ACTS[move](side, by=request.acting)
    messages.success(request, DONE[move])
    return redirect(side)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    """The one move of these that takes something away from both: what it takes is said before."""
    side = _found(request, reference)
    if request.method == "POST":
        return _done(request, side, "withdraw")
    rules.require_side("withdraw", side, request.acting)
    context = {
        "question": "Take the introduction back?",
        "consequence": " ".join(_what_ends(side)),
        "action": "Take the introduction back",
        "back": side.get_absolute_url(),
        "danger": True,
    }
    return render(request, "confirm.html", context)


def _what_ends(side: OverlapSide) -> Iterator[str]:
    yield "The other office no longer sees who you are, and is told that it does not."
    if side.asked_at or side.was_asked_at:
        yield "What you agreed on ends for both: you see who it is only if its plan says so by itself."
    if side.is_mutual:
        yield "What you wrote to each other is closed to both of you until you know each other again."


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: MemberRequest, reference: str) -> HttpResponse:
    side = _found(request, reference)
    form = MessageForm(request.POST or None, prefix="message")
    return _send(
        request,
        side,
        "message_form",
        form,
        lambda: actions.write_to_other(side, by=request.acting, text=form.cleaned_data["text"]),
        "Sent.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ask_coordinator(request: MemberRequest, reference: str) -> HttpResponse:
    side = _found(request, reference)
    form = CoordinatorForm(request.POST or None, prefix="coordinator")
    return _send(
        request,
        side,
        "coordinator_form",
        form,
        lambda: actions.ask_coordinator(side, by=request.acting, text=form.cleaned_data["text"]),
        "Sent to the coordinators.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def set_aside(request: MemberRequest, reference: str) -> HttpResponse:
    side = _found(request, reference)
    form = AsideForm(request.POST or None, prefix="aside")
    return _send(
        request,
        side,
        "aside_form",
        form,
        lambda: actions.set_aside(side, by=request.acting, reason=form.cleaned_data["reason"]),
        "Set aside. You find it under “Set aside”.",
    )


def _send(
    request: MemberRequest, side: OverlapSide, name: str, form: Any, make: Callable[[], Model], done: str
) -> HttpResponse:
    """Do it, or show the page again with what was written still in its field. The address alone leads back to the page."""
    if request.method != "POST":
        return redirect(side)
    status = 400
    if form.is_valid():
        try:
            once(form, request.user.pk, make)
        except Invalid as invalid:
            form.take(invalid)
        except Conflict as conflict:
            form.add_error(None, conflict.reason)
            status = 409
        else:
            messages.success(request, done)
            return redirect(side)
    elif not rules.owns_side(request.acting, side):
        rules.require_side("write", side, request.acting)  # whoever may not is told so, whatever they wrote
    return _page(request, _found(request, side.reference), status, **{name: form})


# Both halves ----------------------------------------------------------------------------------------------------------


def _overlap(request: MemberRequest, reference: str) -> Overlap:
    rows = Overlap.objects.visible_to(request.user).with_plans()
    found: Overlap = get_object_or_404(
        rows.prefetch_related(
            *(f"{side}__{part}" for side in ("first", "second") for part in ("counterparts", "stops"))
        ),
        reference=reference,
    )
    return found


@require_safe
def coordination(request: MemberRequest, reference: str) -> HttpResponse:
    return _both(request, _overlap(request, reference))


def _both(request: MemberRequest, row: Overlap, status: int = 200, written: Any = None) -> HttpResponse:
    """`written`: an answer that was refused, in the place of its question's form."""
    rows = CoordinatorQuestion.objects.visible_to(request.user).filter(overlap=row)
    questions: list[Any] = list(
        rows.select_related("asked_by__user", "asked_by__office", "answered_by__user")
    )
    for question in questions:
        prefix = f"answer-{question.reference}"
        is_written = written is not None and written.prefix == prefix
        question.answer_form = written if is_written else CoordinatorAnswerForm(prefix=prefix)
    context = {
        "overlap": row,
        "plans": [row.first, row.second],
        "matched": overlap.words({"matched": list(overlap.matched(row.first, row.second))}),
        "questions": questions,
        "entries": timeline.of(row, request.user),
        "may_answer": request.acting.advises,
        "answer_form": written or CoordinatorAnswerForm(prefix="answer"),
        "form": written,
    }
    return render(request, "engagements/overlaps/coordination.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: MemberRequest, reference: str, question: str) -> HttpResponse:
    row = _overlap(request, reference)
    rows = CoordinatorQuestion.objects.visible_to(request.user)
    asked: CoordinatorQuestion = get_object_or_404(rows, overlap=row, reference=question)
    if request.method != "POST":
        return redirect(row)
    form = CoordinatorAnswerForm(request.POST, prefix=f"answer-{asked.reference}")
    if not form.is_valid():
        rules.require_coordinator(request.acting)
        return _both(request, row, 400, form)
    try:
        once(
            form,
            request.user.pk,
            lambda: actions.answer_office(asked, by=request.acting, text=form.cleaned_data["text"]),
        )
    except (Invalid, Conflict) as refusal:
        form.add_error("text" if isinstance(refusal, Invalid) else None, refusal.reason)
        return _both(request, row, refusal.status, form)
    messages.success(request, "Sent to the office that asked.")
    return redirect(row)
