"""Who serves in the office one acts for, and what its leads say of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, roster, rules
from accounts.forms import OfficeSettingsForm
from accounts.models import Delegation, Invitation, Member, Office, Recovery
from accounts.querysets import MemberQuerySet
from accounts.requests import MemberRequest
from accounts.signin.step_up import step_up_required


@require_safe
def office(request: MemberRequest) -> HttpResponse:
    """Who serves in the office one acts for, themselves included; its leads see whose access waits or rests, too."""
    here, manages = request.acting.office, request.acting.manages
    context = {
        "office": here,
        "manages": manages,
        "rows": roster.rows(_members(request, everybody=manages), request.acting),
        "invitations": _invitations(request) if manages else [],
        "recoveries": _recoveries(request),
        "delegations": _delegations(request),
        "may_delegate": rules.may_delegate(request.acting),
        "decides": rules.decides(request.acting, "city"),
    }
    return render(request, "accounts/office.html", context)


def _members(request: MemberRequest, *, everybody: bool) -> MemberQuerySet:
    rows = Member.objects.visible_to(request.user).filter(office=request.acting.office_id)
    rows = rows.not_over() if everybody else rows.current()
    related = rows.select_related("user", "office", "official", "delegation__seat__user")
    return related.prefetch_related("official__terms").by_role()


def _invitations(request: MemberRequest) -> Any:
    rows = Invitation.objects.visible_to(request.user).filter(office=request.acting.office_id).waiting()
    return rows.select_related("invited_by__user").order_by("-pk")


def _recoveries(request: MemberRequest) -> Any:
    """Of the office's own word: those of other offices are theirs to take back."""
    rows = Recovery.objects.visible_to(request.user).filter(office=request.acting.office_id).open()
    return rows.select_related("user", "asked_by__user").order_by("-pk") if request.acting.manages else []


def _delegations(request: MemberRequest) -> Any:
    rows = Delegation.objects.visible_to(request.user).filter(seat__office=request.acting.office_id)
    return rows.not_over().select_related("seat__user", "to__user", "membership").order_by("pk")


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def confirm_members(request: MemberRequest) -> HttpResponse:
    """All members at once: who still serves, and for the others the way to end it."""
    _require_word(request)
    rows = roster.to_confirm(_members(request, everybody=True), request.acting)
    said = request.POST.getlist("member")
    if request.method == "POST" and said:
        read = roster.read_in(rows, said)
        confirmed = actions.confirm_members(read, by=request.acting)
        names = ", ".join(str(member.user) for member in confirmed)
        messages.success(request, f"Confirmed: {names}.")
        return redirect("accounts:confirm_members")
    is_empty = request.method == "POST"
    context = {"office": request.acting.office, "rows": rows, "is_empty": is_empty}
    return render(request, "accounts/confirm_members.html", context, status=400 if is_empty else 200)


def _require_word(request: MemberRequest) -> None:
    if request.acting.role not in rules.CONFIRMING_ROLES:
        rules.require_manager(request.acting, request.acting.office_id)


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def settings(request: MemberRequest) -> HttpResponse:
    here = request.acting.office
    rules.require_manager(request.acting, here.pk)
    now = {"days": here.term_grace_days, "sign_in": here.sign_in}
    form = OfficeSettingsForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        _change(here, request.acting, {name: form.cleaned_data[name] for name in form.changed_data})
        messages.success(request, "The office’s settings are saved.")
        return redirect("accounts:office")
    status = 400 if form.errors else 200
    return render(request, "accounts/settings.html", {"form": form, "office": here}, status=status)


def _change(here: Office, by: Member, changed: dict[str, Any]) -> None:
    if "days" in changed:
        actions.set_term_grace(here, by=by, days=changed["days"])
    if "sign_in" in changed:
        actions.set_sign_in(here, by=by, sign_in=changed["sign_in"])
