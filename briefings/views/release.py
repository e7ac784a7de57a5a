from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import MemberRequest
from accounts.signin.step_up import step_up_required
from activity import timeline
from briefings import actions, preview, receipts, rules
from briefings.forms import AnswerForm, RecallForm, ReleaseForm, ReturnForm, SubmitForm
from briefings.models import Briefing, ReaderQuestion
from briefings.views import found
from briefings.views.writing import steps
from diplomacy.lib.errors import Conflict, Invalid, Stale
from diplomacy.lib.paging import page_of
from engagements.models import Engagement

SHOWN = 50


@require_safe
def listed(request: MemberRequest) -> HttpResponse:
    """The briefers' list; everyone else is sent to what was made for them."""
    if not request.acting.briefs:
        return redirect("briefings:mine")
    mine = (
        Briefing.objects.visible_to(request.user)
        .of_office(request.acting)
        .select_related("author", "released_by")
    )
    sent = mine.sent().with_counts()
    context = {
        "waiting": mine.waiting(),
        "drafts": mine.drafts(),
        "page": page_of(
            sent,
            order="-released_at",
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        ),
        "questions": _open_questions(request).select_related("delivery__briefing", "delivery__recipient")[
            :SHOWN
        ],
    }
    return render(request, "briefings/list.html", context)


def _open_questions(request: MemberRequest) -> Any:
    asked = ReaderQuestion.objects.visible_to(request.user).unanswered()
    return asked.filter(
        delivery__briefing__office=request.acting.office_id,
        delivery__briefing__status__in=["released", "expired"],
    )


@require_safe
def detail(request: MemberRequest, reference: str) -> HttpResponse:
    briefing = found.briefing(request, reference)
    deliveries = briefing.deliveries.select_related("briefing", "recipient", "member__office")
    page = page_of(
        deliveries.with_labels(),
        order="id",
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=SHOWN,
    )
    context = {
        "briefing": briefing,
        "sections": list(briefing.sections.all()),
        "audience": briefing.audience.select_related(
            "user", "office", "coalition", "division", "counterpart", "section"
        ),
        "engagement": Engagement.objects.visible_to(request.user).filter(pk=briefing.engagement_id).first(),
        "counts": Briefing.objects.visible_to(request.user).with_counts().get(pk=briefing.pk),
        "page": page,
        "receipts": receipts.of(page.rows),
        "questions": _questions(request, briefing),
        "entries": timeline.of(briefing, request.user),
        "moves": rules.allowed(briefing, request.acting),
        "is_author": briefing.author_id == request.user.pk,
    }
    return render(request, "briefings/detail.html", context)


def _questions(request: MemberRequest, briefing: Briefing) -> Any:
    seen = ReaderQuestion.objects.visible_to(request.user).filter(delivery__briefing=briefing)
    return seen.select_related("delivery__recipient", "delivery__member__office", "answered_by__user")


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: MemberRequest, reference: str) -> HttpResponse:
    """Who would receive which cut. The author asks for release from here."""
    briefing = found.briefing(request, reference)
    form = SubmitForm(request.POST or None, initial={"version": briefing.version})
    if request.method == "POST" and form.is_valid():
        try:
            actions.submit(briefing, by=request.acting, version=form.version_read)
        except Invalid as invalid:
            form.take(invalid)
        except Stale:
            briefing.refresh_from_db()
            form.refuse_stale(briefing.version)
            return _check_page(request, briefing, form, status=409)
        else:
            messages.success(request, "The other briefers of your office have been asked to release it.")
            return redirect(briefing)
        return _check_page(request, briefing, form, status=400)
    if request.method != "POST" and briefing.status not in {"draft", "submitted"}:
        return redirect(briefing)
    return _check_page(request, briefing, form)


def _check_page(
    request: MemberRequest, briefing: Briefing, form: SubmitForm, status: int = 200
) -> HttpResponse:
    context = {
        "briefing": briefing,
        "form": form,
        "preview": preview.of(briefing),
        "steps": steps(briefing, 3),
        "moves": rules.allowed(briefing, request.acting),
    }
    return render(request, "briefings/check.html", context, status=status)


@require_safe
def cut(request: MemberRequest, reference: str, number: int) -> HttpResponse:
    """One cut as its readers would see it, and all of their names."""
    briefing = found.briefing(request, reference)
    if briefing.status not in {"draft", "submitted"}:
        return redirect(briefing)
    group = next((group for group in preview.of(briefing).groups if group.number == number), None)
    if group is None:
        raise Http404
    return render(
        request, "briefings/cut.html", {"briefing": briefing, "group": group, "sections": group.sections}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def release(request: MemberRequest, reference: str) -> HttpResponse:
    briefing = found.briefing(request, reference)
    if request.method != "POST":
        rules.require("release", briefing, request.acting)
        return _release_page(request, briefing)
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _release_page(request, briefing, status=400)
    try:
        actions.release(
            briefing, by=request.acting, version=form.version_read or 0, seen=form.cleaned_data["seen"]
        )
    except Stale as stale:
        briefing.refresh_from_db()
        return _release_page(request, briefing, status=409, refused=stale.reason)
    messages.success(request, "Released. Every reader has their copy and is being told, without content.")
    return redirect(briefing)


def _release_page(
    request: MemberRequest, briefing: Briefing, status: int = 200, refused: str = ""
) -> HttpResponse:
    """Always the audience of this moment: after a refusal, what is confirmed is what now stands on the page."""
    rules.require("release", briefing, request.acting)
    shown = preview.of(briefing)
    form = ReleaseForm(initial={"version": briefing.version, "seen": shown.fingerprint})
    context = {
        "briefing": briefing,
        "form": form,
        "preview": shown,
        "sections": shown.sections,
        "refused": refused,
        "audience": briefing.audience.select_related(
            "user", "office", "coalition", "division", "counterpart", "section"
        ),
    }
    return render(request, "briefings/release.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def return_to_author(request: MemberRequest, reference: str) -> HttpResponse:
    briefing = found.briefing(request, reference)
    is_author = briefing.author_id == request.user.pk
    form = ReturnForm(request.POST or None, initial={"version": briefing.version})
    if is_author:
        del form.fields["reason"]
    words = {
        "question": "Take this briefing back?"
        if is_author
        else f"Return this briefing to {briefing.author}?",
        "consequence": "It becomes a draft again, and can be changed. It must be submitted anew.",
        "action": "Take it back" if is_author else "Return it",
    }
    return _confirm(request, briefing, form, "return_to_author", words, "It is a draft again.")


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def recall(request: MemberRequest, reference: str) -> HttpResponse:
    briefing = found.briefing(request, reference)
    form = RecallForm(request.POST or None, initial={"version": briefing.version})
    words = {
        "question": "Recall this briefing from every reader?",
        "consequence": "Each reader is told that it was recalled. From then on they can read nothing of it, not even its "
        "title. This cannot be undone.",
        "action": "Recall it",
        "danger": True,
    }
    return _confirm(request, briefing, form, "recall", words, "Recalled. The readers are being told.")


def _confirm(
    request: MemberRequest, briefing: Briefing, form: Any, move: str, words: dict[str, Any], done: str
) -> HttpResponse:
    """A question page that does one move; what was typed survives a refusal."""
    status = 200
    if request.method == "POST" and form.is_valid():
        reason = {"reason": form.cleaned_data["reason"]} if "reason" in form.cleaned_data else {}
        try:
            getattr(actions, move)(briefing, by=request.acting, version=form.version_read or 0, **reason)
        except Invalid as invalid:
            form.take(invalid)
        except Stale:
            briefing.refresh_from_db()
            form.refuse_stale(briefing.version)
            status = 409
        else:
            messages.success(request, done)
            return redirect(briefing)
    if request.method == "POST":
        status = 400 if status == 200 else status
    else:
        rules.require(move, briefing, request.acting)
    context = {**words, "form": form, "back": briefing.get_absolute_url(), "over": briefing}
    return render(request, "briefings/confirm.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: MemberRequest, reference: str, question: str) -> HttpResponse:
    briefing = found.briefing(request, reference)
    asked = get_object_or_404(
        _questions(request, briefing).select_related("delivery__briefing"), reference=question
    )
    rules.require_person("answer", briefing, request.acting)
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                actions.answer(asked, by=request.acting, text=form.cleaned_data["answer"])
            except Invalid as invalid:
                form.take(invalid)
            except Conflict as conflict:
                asked.refresh_from_db()
                form.add_error(None, f"{conflict.reason} What you wrote is still below and is not sent.")
                status = 409
            else:
                messages.success(request, f"Your answer is with {asked.delivery.recipient}.")
                return redirect(f"{briefing.get_absolute_url()}#questions")
    else:
        rules.require("answer", briefing, request.acting)
    context = {"briefing": briefing, "question": asked, "form": form}
    return render(request, "briefings/answer.html", context, status=status)
