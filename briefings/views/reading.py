from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import MemberRequest
from briefings import actions, tailoring
from briefings.choices import ALLOWS, Label
from briefings.forms import AskForm
from briefings.models import Delivery
from briefings.views import found
from diplomacy.lib.errors import Invalid
from diplomacy.lib.paging import page_of
from engagements import clock
from engagements.models import Engagement

SHOWN = 50


@require_safe
def mine(request: MemberRequest) -> HttpResponse:
    """What was made for this reader: to acknowledge, new, and everything."""
    copies = Delivery.objects.visible_to(request.user).with_labels()
    owed = list(copies.to_acknowledge()[:SHOWN])
    new = copies.unopened().exclude(pk__in=[copy.pk for copy in owed]).order_by("-delivered_at", "-pk")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    context = {
        "owed": owed,
        "new": new[:SHOWN],
        "page": page_of(copies, order="-delivered_at", after=after, before=before),
        "today": clock.today(),
    }
    return render(request, "briefings/mine.html", context)


@require_safe
def read(request: MemberRequest, reference: str) -> HttpResponse:
    delivery = found.delivery(request, reference)
    if not delivery.is_readable:
        return render(request, "briefings/gone.html", {"delivery": delivery})
    if request.method == "GET":
        delivery = actions.mark_opened(delivery, by=request.acting)
    return _page(request, delivery, AskForm())


def _page(request: MemberRequest, delivery: Delivery, form: AskForm, status: int = 200) -> HttpResponse:
    sections = delivery.cut
    label = tailoring.narrowest(section.label for section in sections)
    context = {
        "delivery": delivery,
        "briefing": delivery.briefing,
        "sections": sections,
        "label": label,
        "allows": ALLOWS[Label(label)],
        "engagement": Engagement.objects.visible_to(request.user)
        .filter(pk=delivery.briefing.engagement_id)
        .first(),
        "questions": delivery.questions.select_related("answered_by__office"),
        "form": form,
        "today": clock.today(),
    }
    return render(request, "briefings/read.html", context, status=status)


@require_POST
def acknowledge(request: MemberRequest, reference: str) -> HttpResponse:
    delivery = found.delivery(request, reference)
    actions.acknowledge(delivery, by=request.acting)
    messages.success(request, "Thank you. The briefers see that you have read it.")
    return redirect(delivery)


@require_POST
def ask(request: MemberRequest, reference: str) -> HttpResponse:
    delivery = found.delivery(request, reference)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            actions.ask(delivery, by=request.acting, text=form.cleaned_data["text"])
        except Invalid as invalid:
            form.take(invalid)
        else:
            messages.success(request, "Your question is with the briefers. You are told when they answer.")
            return redirect(f"{delivery.get_absolute_url()}#questions")
    if not delivery.is_readable:
        return redirect(delivery)
    return _page(request, delivery, form, status=400)
