"""The desk's side: its queue, and one page to decide on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Member
from accounts.requests import MemberRequest
from counterparts import places
from diplomacy.lib.errors import Conflict, Invalid, Stale
from diplomacy.lib.paging import page_of
from engagements import actions, advice_clock, advice_page, rules
from engagements.forms.advice import (
    AdviceForm,
    GiveToForm,
    NoteForm,
    QuestionForm,
    QueueFilter,
)
from engagements.models import AdviceRequest
from engagements.views import overlaps
from engagements.views.once import once


def adviser(request: MemberRequest) -> Member:
    """The liaison or desk lead somebody acts as. To everybody else a desk's pages do not exist."""
    member = request.acting
    if not member.advises:
        raise Http404
    return member


@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    member = adviser(request)
    is_closed = request.GET.get("tab") == "closed"
    requests = AdviceRequest.objects.visible_to(request.user).of_desk(member.office)
    opened, closed = requests.open(), requests.closed()
    form = QueueFilter(request.GET or None, countries=[code for code, _ in places.destinations()])
    page = page_of(
        form.narrow(closed if is_closed else opened, member).in_rows(),
        order="-status_since" if is_closed else "due_on",
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    if request.session.get("queue") != request.GET.urlencode():
        request.session["queue"] = request.GET.urlencode()
    context = {
        "desk": member.office,
        "form": form,
        "page": page,
        "rows": [(row, advice_clock.read(row), advice_page.region(row.met)) for row in page.rows],
        "is_closed": is_closed,
        "is_narrowed": form.is_bound and any(form.cleaned_data.values()),
        "open_count": opened.count(),
    }
    return render(request, "engagements/advice/queue.html", context)


def _found(request: MemberRequest, reference: str) -> AdviceRequest:
    requests = AdviceRequest.objects.visible_to(request.user).with_engagement()
    found: AdviceRequest = get_object_or_404(requests, reference=reference)
    actions.note_opened(found.engagement, by=request.acting)
    return found


@require_safe
def show(request: MemberRequest, reference: str) -> HttpResponse:
    held = _found(request, reference)
    if not any(member.advises for member in request.user.standing):
        return redirect(held.engagement.get_absolute_url() + "#advice")
    if advice_page.version_read(held.engagement, request.user) is None:
        actions.mark_version_read(held.engagement, user=request.user)
    return _page(request, held)


def _page(request: MemberRequest, held: AdviceRequest, status: int = 200, **forms: Any) -> HttpResponse:
    context = advice_page.context(held, reader=request.user, member=request.acting)
    moves = context["moves"]
    context |= {
        "advice_form": AdviceForm(initial=_drafted(context), prefix="advice"),
        "question_form": QuestionForm(prefix="question"),
        "note_form": NoteForm(prefix="note"),
        "give_form": GiveToForm(colleagues=_colleagues(request, held), prefix="give")
        if "give_to" in moves
        else None,
        "queue_url": _queue_url(request),
        **overlaps.panel(request, held.engagement),
        **forms,
    }
    context["form"] = next((form for form in forms.values() if form.errors), None)
    return render(request, "engagements/advice/request.html", context, status=status)


def _drafted(context: dict[str, Any]) -> dict[str, Any]:
    """What the form starts from: the desk's draft, else the last word that a new version would follow."""
    draft, released = context["draft"], context["released"]
    start = draft or (released[-1] if released else None)
    return {
        "version": draft.version if draft else 0,
        "number": draft.number if draft else len(released) + 1,
        "position": start.position if start else None,
        "reasoning": start.reasoning if start else "",
    }


def _colleagues(request: MemberRequest, held: AdviceRequest) -> Any:
    found = Member.objects.visible_to(request.user).of_office(held.desk).select_related("user")
    return found.filter(role__in=rules.ADVICE_MOVES["take"].roles).order_by("user__name", "pk")


def _queue_url(request: MemberRequest) -> str:
    """Back to the queue as it was filtered."""
    said = request.session.get("queue", "")
    return reverse("engagements:queue") + (f"?{said}" if said else "")


def _write(
    request: MemberRequest, held: AdviceRequest, name: str, form: Any, make: Callable[[], Model], done: str
) -> HttpResponse:
    """Do it, or show the page again with everything that was written still in its field."""
    status = 400
    if form.is_valid():
        try:
            once(form, request.user.pk, make)
        except Invalid as invalid:
            form.take(invalid)
        except Conflict as conflict:
            form.add_error(None, conflict.reason)
            status = conflict.status
        except Stale:
            _refuse_stale(form, held)
            status = 409
        else:
            actions.mark_version_read(held.engagement, user=request.user)
            messages.success(request, done)
            return redirect(held)
    return _page(request, _found(request, held.reference), status, **{name: form})


def _refuse_stale(form: AdviceForm, held: AdviceRequest) -> None:
    draft = held.advice.filter(released_at=None).first()
    form.refuse_stale(draft.version if draft else 0)
    form.move_on_to(draft.number if draft else held.advice.count() + 1)


@require_http_methods(["GET", "HEAD", "POST"])
def advise(request: MemberRequest, reference: str) -> HttpResponse:
    """Save inside the desk, or release to the office: two buttons of one form."""
    held = _found(request, reference)
    if request.method != "POST":
        return redirect(held)
    member, form = adviser(request), AdviceForm(request.POST, prefix="advice")
    is_release = request.POST.get("do") == "release"
    form.button = "release" if is_release else "save"
    act = actions.give_advice if is_release else actions.draft_advice

    def make() -> Model:
        said = {name: form.cleaned_data[name] for name in ("position", "reasoning", "number")}
        return act(held, by=member, version=form.version_read, **said)

    office = held.engagement.office
    done = f"Released. {office} has been told." if is_release else f"Saved. Only {held.desk} reads it."
    return _write(request, held, "advice_form", form, make, done)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MemberRequest, reference: str) -> HttpResponse:
    held = _found(request, reference)
    if request.method != "POST":
        return redirect(held)
    member, form = adviser(request), QuestionForm(request.POST, prefix="question")
    return _write(
        request,
        held,
        "question_form",
        form,
        lambda: actions.ask_question(held, by=member, text=form.cleaned_data["text"]),
        f"Sent to {held.engagement.office}. The clock waits for their answer.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: MemberRequest, reference: str) -> HttpResponse:
    held = _found(request, reference)
    if request.method != "POST":
        return redirect(held)
    member, form = adviser(request), NoteForm(request.POST, prefix="note")
    return _write(
        request,
        held,
        "note_form",
        form,
        lambda: actions.note_for_desk(held, by=member, text=form.cleaned_data["text"]),
        f"Noted. Only {held.desk} reads it.",
    )


@require_POST
def take(request: MemberRequest, reference: str) -> HttpResponse:
    held = _found(request, reference)
    actions.take(held, by=adviser(request))
    messages.success(request, "It is yours now.")
    return redirect(held)


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: MemberRequest, reference: str) -> HttpResponse:
    held = _found(request, reference)
    if request.method != "POST":
        return redirect(held)
    member = adviser(request)
    rules.require_giver(member)
    form = GiveToForm(request.POST, colleagues=_colleagues(request, held), prefix="give")
    if form.is_valid():
        try:
            actions.take(held, by=member, to=form.cleaned_data["to"])
        except Invalid as invalid:
            form.take(invalid)
        else:
            messages.success(request, f"{form.cleaned_data['to'].user} has it now, and has been told.")
            return redirect(held)
    return _page(request, held, 400, give_form=form)


@require_POST
def mark_read(request: MemberRequest, reference: str) -> HttpResponse:
    held = _found(request, reference)
    actions.mark_version_read(held.engagement, user=request.user)
    return redirect(held)
