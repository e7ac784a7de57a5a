"""Somebody has lost every passkey and code: a lead's word, and the person's own way back in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, invitations, recovery, rules
from accounts.forms import NewPasswordForm, RecoveryForm
from accounts.requests import MemberRequest
from accounts.signin.step_up import step_up_required
from accounts.views import found
from diplomacy.lib.errors import Conflict

OPENED = "recovery"
"""Where the session keeps the digest of the link that was opened."""


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def sign_out_member(request: MemberRequest, key: UUID) -> HttpResponse:
    held = found.member(request, key)
    rules.require_change(request.acting, held)
    if request.method == "POST":
        actions.end_sessions(held, by=request.acting)
        messages.success(request, f"{held.user} is signed out everywhere.")
        return redirect("accounts:office")
    context = {
        "question": f"Sign {held.user} out everywhere?",
        "consequence": "Their sessions end at once, and their tokens for programs stop working. They can sign in again.",
        "action": "Sign them out",
        "back": reverse("accounts:member", args=[held.key]),
        "danger": True,
    }
    return render(request, "confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def start_recovery(request: MemberRequest, key: UUID) -> HttpResponse:
    held = found.member(request, key)
    rules.require_recovery(request.acting, held, recovery.seats(held.user))
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.start_recovery(held, by=request.acting, proof=form.cleaned_data["proof"])
        messages.success(
            request, f"A link is on its way to {held.user.email}. It holds {recovery.days()} days."
        )
        return redirect("accounts:office")
    context = {"form": form, "member": held, "days": recovery.days()}
    return render(request, "accounts/start_recovery.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_recovery(request: MemberRequest, reference: str) -> HttpResponse:
    held = found.recovery(request, reference)
    rules.require_withdrawal(request.acting, held)
    if request.method == "POST":
        actions.withdraw_recovery(held, by=request.acting)
        messages.success(request, "The link does not work any more.")
        return redirect("accounts:office")
    context = {
        "question": f"Take back the link for {held.user}?",
        "consequence": "It stops working at once, and they are told.",
        "action": "Take it back",
        "back": reverse("accounts:office"),
        "danger": True,
    }
    return render(request, "confirm.html", context)


@login_not_required
@require_safe
def open_recovery(request: HttpRequest, secret: str) -> HttpResponse:
    """Takes the secret out of the address, as with invitations."""
    request.session[OPENED] = invitations.digest(secret)
    return redirect("accounts:recover")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    held = recovery.behind(str(request.session.get(OPENED, "")))
    if held is None:
        return render(request, "accounts/recover_gone.html", status=404)
    form: Any = NewPasswordForm(request.POST if request.method == "POST" else None, user=held.user)
    if form.is_valid():
        try:
            actions.recover(held, password=form.cleaned_data["password"])
        except Conflict:
            return render(request, "accounts/recover_gone.html", status=404)
        request.session.pop(OPENED, None)
        messages.success(request, "Sign in with the new password, then set up a passkey or an app.")
        return redirect("account_login")
    context = {"recovery": held, "form": form}
    return render(request, "accounts/recover.html", context, status=400 if form.errors else 200)
