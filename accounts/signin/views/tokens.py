from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.models import ApiToken
from accounts.models.tokens import LONGEST_DAYS
from accounts.requests import MemberRequest
from accounts.signin.step_up import step_up_required
from diplomacy.lib import forms as house


class TokenForm(house.Form):
    name = forms.CharField(
        max_length=80, label="What is it for", help_text="Such as “calendar of the press office”."
    )
    scope = forms.ChoiceField(
        choices=ApiToken.Scope, widget=forms.RadioSelect, label="What it may do", initial=ApiToken.Scope.READ
    )
    days = forms.IntegerField(
        label="For how many days",
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=30,
        help_text=f"At most {LONGEST_DAYS}.",
    )


@require_safe
def listed(request: MemberRequest) -> HttpResponse:
    mine = ApiToken.objects.visible_to(request.user).unrevoked().select_related("member__office")
    return render(request, "signin/tokens.html", {"tokens": mine.order_by("-pk")})


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def make(request: MemberRequest) -> HttpResponse:
    """The secret is in this one answer and nowhere else."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, secret = actions.make_token(**form.cleaned_data, by=request.acting)
        return render(request, "signin/token_made.html", {"token": token, "secret": secret})
    return render(request, "signin/make_token.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: MemberRequest, reference: str) -> HttpResponse:
    token: Any = get_object_or_404(ApiToken.objects.visible_to(request.user), reference=reference)
    if request.method == "POST":
        actions.revoke_token(token, by=request.acting)
        messages.success(request, "The token does not work any more.")
        return redirect("signin:tokens")
    words = {
        "question": f"Take back the token “{token}”?",
        "consequence": "Programs that use it are refused from now on. This cannot be undone.",
        "action": "Take it back",
        "danger": True,
    }
    return render(request, "signin/revoke_token.html", words)
