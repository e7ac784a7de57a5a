from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import actions, rules
from accounts.forms import DelegateForm
from accounts.models import Member
from accounts.requests import MemberRequest
from accounts.signin.step_up import step_up_required
from accounts.views import found
from diplomacy.lib.errors import Forbidden, Invalid


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def delegate(request: MemberRequest) -> HttpResponse:
    """Let a colleague act in the role one acts in now."""
    if not rules.may_delegate(request.acting):
        raise Forbidden("Leads and principals let somebody act in their place, each in their own.")
    form = DelegateForm(request.POST or None, colleagues=_colleagues(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.delegate(by=request.acting, **form.cleaned_data)
        except Invalid as invalid:
            form.take(invalid)
        else:
            messages.success(request, f"{made.to.user} may act in your place on these days, and is told.")
            return redirect("accounts:office")
    status = 400 if form.errors else 200
    return render(request, "accounts/delegate.html", {"form": form, "acting": request.acting}, status=status)


def _colleagues(request: MemberRequest) -> Any:
    rows = Member.objects.visible_to(request.user).current().filter(office=request.acting.office_id)
    others = rows.in_their_own_right().exclude(user=request.user).exclude(role__in=rules.OVERSIGHT_ROLES)
    return others.exclude(role=request.acting.role).select_related("user").order_by("user__name", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
def end_delegation(request: MemberRequest, reference: str) -> HttpResponse:
    held = found.delegation(request, reference)
    if request.method == "POST":
        actions.revoke_delegation(held, by=request.acting)
        messages.success(request, "The delegation is over, and both are told.")
        return redirect("accounts:office")
    context = {
        "question": f"End what {held.to.user} may do in the place of {held.seat.user}?",
        "consequence": "It ends at once. What was done in that time stays on the record.",
        "action": "End the delegation",
        "back": held.seat.get_absolute_url(),
        "danger": True,
    }
    return render(request, "confirm.html", context)
