from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.actions.identities import known_by
from accounts.signin import oidc
from activity import signins

RATE: dict[str, Any] = {"app": "allauth.account", "action": "login", "limit_get": True}
"""As often as a password may be tried."""
UNKNOWN = (
    "Nobody here has that account's address. Offices invite people by their e-mail address: ask the lead of "
    "yours to invite the one that you use there."
)


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
    try:
        said = oidc.finish(request)
    except oidc.NotTrusted:
        signins.failed(request, "", shown="oidc")
        raise
    user: Any = known_by(said.issuer, said.subject, email=said.email)
    if user is None:
        signins.failed(request, said.email, shown="oidc")
        raise oidc.NotTrusted(UNKNOWN)
    record_authentication(request, user, "oidc", strength=int(said.strength))
    answer: HttpResponse = perform_login(request, Login(user=user))
    return answer
