"""The office's side of advice: what desks said, a question to answer, and what the office did with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Member, Office
from accounts.requests import MemberRequest
from diplomacy.lib.errors import Conflict, Invalid
from engagements import actions, advice_clock, advice_page, clock, rules
from engagements.choices import AdviceStatus, Status
from engagements.forms.advice import AnswerForm, AskDeskForm, ResponseForm
from engagements.models import Advice, AdviceRequest, Engagement
from engagements.views.once import once


def advice_context(engagement: Engagement, request: MemberRequest) -> dict[str, Any]:
    """For `engagements/advice/_panel.html` on the engagement's page. Nothing unreleased is in it."""
    member = request.acting
    asked = advice_page.panels(engagement, request.user)
    return {
        "requests": asked,
        "advice_panels": [_panel(held, member) for held in asked],
        "may_ask_again": _may_ask_again(engagement, request, asked),
        "may_ask_desk": rules.may("ask", engagement, member),
        "disagree": len({held.released[-1].position for held in asked if held.released}) > 1,
        "engagement": engagement,
    }


def _may_ask_again(engagement: Engagement, request: MemberRequest, asked: list[Any]) -> set[int]:
    """The lapsed requests that the page offers to ask again: the desk would have its whole time."""
    is_offered = (
        engagement.status == Status.FILED
        and rules.may("ask", engagement, request.acting)
        and any(held.status == AdviceStatus.LAPSED for held in asked)
        and clock.is_whole_time(clock.today(), engagement.starts_on or clock.today())
    )
    return {held.pk for held in advice_page.lapsed(engagement, request.user)} if is_offered else set()


def _panel(held: Any, member: Member | None) -> dict[str, Any]:
    questions = list(held.questions.all())
    released: list[Advice] = held.released
    return {
        "held": held,
        "standing": advice_clock.read(held),
        "open_question": next((one for one in questions if one.answered_at is None), None),
        "answered": [one for one in questions if one.answered_at],
        "released": released,
        "latest": released[-1] if released else None,
        "is_ours": member is not None and member.office_id == held.desk_id and member.advises,
        "answer_form": _form(AnswerForm, "answer", held, len(questions))
        if rules.may_advise("answer", held, member)
        else None,
        "respond_form": _form(ResponseForm, "respond", held, len(released))
        if rules.may_advise("respond", held, member)
        else None,
    }


def _form(kind: type, move: str, held: AdviceRequest, number: int, data: Any = None) -> Any:
    """Several desks' forms stand on one page: the reference keeps their ids apart."""
    return kind(data or None, prefix=f"{move}-{held.reference}", initial={"number": number})


def _found(request: MemberRequest, reference: str) -> AdviceRequest:
    requests = AdviceRequest.objects.visible_to(request.user).select_related("engagement__office", "desk")
    found: AdviceRequest = get_object_or_404(requests, reference=reference)
    actions.note_opened(found.engagement, by=request.acting)
    return found


def _write(
    request: MemberRequest, held: AdviceRequest, form: Any, make: Callable[[], Model], said: dict[str, Any]
) -> HttpResponse:
    """A page of its own for one form: where it was sent from shows again only when it worked."""
    status = 200
    if not form.is_bound:
        rules.require_advice(said["move"], held, request.acting)
    else:
        status = 400
        if form.is_valid():
            try:
                once(form, request.user.pk, make)
            except Invalid as invalid:
                form.take(invalid)
            except Conflict as conflict:
                form.move_on_to(said["number"])
                form.add_error(None, conflict.reason)
                status = conflict.status
            else:
                messages.success(request, said["done"])
                return redirect(held.engagement.get_absolute_url() + "#advice")
    context = said | {"form": form, "held": held, "engagement": held.engagement}
    return render(request, "engagements/advice/office_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: MemberRequest, reference: str) -> HttpResponse:
    held, member = _found(request, reference), request.acting
    questions = list(held.questions.all())
    if not questions:
        raise Http404
    form = _form(AnswerForm, "answer", held, len(questions), request.POST)
    said = {
        "move": "answer",
        "number": len(questions),
        "title": f"Answer {held.desk}",
        "asked": questions[-1].text,
        "action": "Send the answer",
        "done": f"Sent. {held.desk} has been told, and its clock runs again.",
    }

    def make() -> Model:
        said = form.cleaned_data
        return actions.answer_question(questions[: said["number"]][-1], by=member, text=said["text"])

    return _write(request, held, form, make, said)


@require_http_methods(["GET", "HEAD", "POST"])
def respond(request: MemberRequest, reference: str) -> HttpResponse:
    held, member = _found(request, reference), request.acting
    words = list(advice_page.words(request.user).filter(request=held, released_at__isnull=False))
    if not words:
        raise Http404
    form = _form(ResponseForm, "respond", held, len(words), request.POST)
    said = {
        "move": "respond",
        "number": len(words),
        "title": f"What you did with the advice of {held.desk}",
        "word": words[-1],
        "action": "Record what we did",
        "done": f"Recorded. {held.desk} has been told.",
    }

    def make() -> Model:
        said = form.cleaned_data
        word = words[: said["number"]][-1]
        return actions.respond(word, by=member, kind=said["kind"], reason=said["reason"])

    return _write(request, held, form, make, said)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_desk(request: MemberRequest, reference: str) -> HttpResponse:
    engagement = get_object_or_404(Engagement.objects.visible_to(request.user), reference=reference)
    member = request.acting
    rules.require("ask", engagement, member)
    asked = engagement.advice_requests.exclude(status=AdviceStatus.LAPSED).values("desk")
    desks = Office.objects.visible_to(request.user).desks()
    left = desks.exclude(pk__in=asked)
    # Pressed twice: it is no mistake to choose who was asked by the first.
    form = AskDeskForm(request.POST or None, desks=desks if request.POST else left)
    if form.is_valid():
        try:
            actions.request_advice(engagement, by=member, desk=form.cleaned_data["desk"])
        except (
            Conflict
        ) as conflict:  # sent twice, or a colleague was faster: it has been asked, which is all one wanted
            messages.info(request, conflict.reason)
        else:
            messages.success(request, f"{form.cleaned_data['desk']} has been asked.")
        return redirect(engagement.get_absolute_url() + "#advice")
    context = {"form": form, "engagement": engagement, "has_desks": left.exists()}
    return render(request, "engagements/advice/ask_desk.html", context, status=400 if form.errors else 200)
