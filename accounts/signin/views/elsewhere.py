"""In by an OpenID provider's account, and out again there."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.pace import is_too_fast
from accounts.signin import oidc, provider_logout
from accounts.signin.claims import NotTrusted
from accounts.signin.entrance import RATE, failures_noted, let_in
from accounts.signin.saml import providers

LOGOUTS_A_MINUTE = 300
"""From one address, which is the provider's own: many people may sign out there at once."""


@login_not_required
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    if not oidc.is_offered():
        raise Http404
    if request.user.is_authenticated:
        return redirect("home")
    too_often: HttpResponse | None = ratelimit.consume_or_429(request, **RATE)
    return too_often or oidc.begin(request)


@login_not_required
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Back from the provider. Who has a passkey or an app here is asked for it too, as after a password."""
    if not oidc.is_offered():
        raise Http404
    too_often: HttpResponse | None = ratelimit.consume_or_429(request, **RATE)
    return too_often or _sign_in(request)


def _sign_in(request: HttpRequest) -> HttpResponse:
    with failures_noted(request, "oidc"):
        said = oidc.finish(request)
    return let_in(request, said, "oidc", provider=oidc.SLUG)


@login_not_required
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Here, and not yet where one came from. The address names the provider; nobody's session is left to ask."""
    came_from = request.GET.get("from", "")
    held = providers.offered().get(came_from)
    leads = came_from == oidc.SLUG and oidc.is_offered()
    name = held.name if held else oidc.name() if leads else ""
    return render(request, "signin/signed_out.html", {"provider": name, "leads": leads})


@login_not_required
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    if not oidc.is_offered():
        raise Http404
    too_often: HttpResponse | None = ratelimit.consume_or_429(request, **RATE)
    return too_often or provider_logout.leave(request)


@csrf_exempt
@login_not_required
@require_POST
def ended(request: HttpRequest) -> HttpResponse:
    """From the provider itself, over no browser: its signature stands where a form has its token."""
    if not oidc.is_offered():
        raise Http404
    if is_too_fast(request, "logout", most=LOGOUTS_A_MINUTE, seconds=60):
        return JsonResponse({"error": "slow_down"}, status=429, headers={"Retry-After": "60"})
    try:
        provider_logout.ended(request.POST.get("logout_token", ""))
    except NotTrusted:
        return JsonResponse({"error": "invalid_request"}, status=400)
    return HttpResponse(status=200)
