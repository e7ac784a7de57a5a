from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.actions.identities import known_by
from accounts.signin import oidc

UNKNOWN = (
    "Nobody here has that account's address. Offices invite people by their e-mail address: ask the lead of "
    "yours to invite the one that you use there."
)


@login_not_required
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    if not oidc.is_offered():
        raise Http404
    return redirect("home") if request.user.is_authenticated else oidc.begin(request)


@login_not_required
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Back from the provider. Who has a passkey or an app here is asked for it too, as after a password."""
    if not oidc.is_offered():
        raise Http404
    said = oidc.finish(request)
    user: Any = known_by(said.issuer, said.subject, email=said.email)
    if user is None:
        raise oidc.NotTrusted(UNKNOWN)
    record_authentication(request, user, "oidc", strength=int(said.strength))
    answer: HttpResponse = perform_login(request, Login(user=user))
    return answer
