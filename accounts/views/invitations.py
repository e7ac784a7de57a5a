"""Inviting somebody, and the way in for who was invited."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, invitations, rules
from accounts.forms import InviteForm, NewAccountForm
from accounts.models import Invitation
from accounts.requests import ACTING_FOR, MemberRequest
from accounts.signin.step_up import step_up_required
from accounts.views import found
from diplomacy.lib.errors import Invalid

OPENED = "invitation"
"""Where the session keeps the digest of the link that was opened."""


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def invite(request: MemberRequest) -> HttpResponse:
    here = request.acting.office
    rules.require_manager(request.acting, here.pk)
    form = InviteForm(request.POST or None, office=here)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.invite(office=here, by=request.acting, **said)
        except Invalid as invalid:
            form.take(invalid)
        else:
            days = invitations.days()
            messages.success(request, f"{said['email']} is invited. The link holds for {days} days.")
            return redirect("accounts:office")
    status = 400 if form.errors else 200
    return render(request, "accounts/invite.html", {"form": form, "office": here}, status=status)


@require_POST
@step_up_required
def send_again(request: MemberRequest, reference: str) -> HttpResponse:
    held = actions.send_again(found.invitation(request, reference), by=request.acting)
    messages.success(request, f"A new link is on its way to {held.email}. The old one is dead.")
    return redirect("accounts:office")


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    held = found.invitation(request, reference)
    if request.method == "POST":
        actions.withdraw(held, by=request.acting)
        messages.success(request, f"The invitation of {held.email} is withdrawn.")
        return redirect("accounts:office")
    context = {
        "question": f"Withdraw the invitation of {held.email}?",
        "consequence": "The link that was sent stops working at once.",
        "action": "Withdraw it",
        "back": reverse("accounts:office"),
        "danger": True,
    }
    return render(request, "confirm.html", context)


@login_not_required
@require_safe
def open_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Takes the secret out of the address, where histories and logs would keep it. Every link leads to one page."""
    request.session[OPENED] = invitations.digest(secret)
    return redirect("accounts:join")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    invitation = invitations.behind(str(request.session.get(OPENED, "")))
    if invitation is None:
        return render(request, "accounts/join_gone.html", status=404)
    if request.user.is_authenticated:
        return _join_as_oneself(request, invitation)
    account = invitations.account_of(invitation)
    if account is not None and invitations.has_begun(account):
        return render(request, "accounts/join_sign_in.html", {"invitation": invitation})
    return _join_as_new(request, invitation)


def _join_as_oneself(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    user: Any = request.user
    is_theirs = user.email.lower() == invitation.email
    if request.method == "POST" and is_theirs:
        member = actions.accept(invitation, user=user)
        del request.session[OPENED]
        request.session[ACTING_FOR] = member.pk
        return redirect("home")
    context = {"invitation": invitation, "is_theirs": is_theirs}
    return render(request, "accounts/join.html", context, status=200 if is_theirs else 403)


def _join_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    said = request.POST if request.method == "POST" else None
    form = NewAccountForm(said, email=invitation.email, initial={"name": invitation.name})
    if form.is_valid():
        actions.accept_as_new(invitation, **form.cleaned_data)
        del request.session[OPENED]
        messages.success(request, f"Your account is ready. Sign in as {invitation.email}.")
        return redirect("account_login")
    context = {"invitation": invitation, "form": form}
    return render(request, "accounts/join_new.html", context, status=400 if form.errors else 200)
