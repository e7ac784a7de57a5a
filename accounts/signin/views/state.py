"""In by the account of one's state."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.signin.entrance import RATE, failures_noted, let_in
from accounts.signin.saml import protocol, providers
from accounts.signin.saml.providers import Provider


@login_not_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    held = sorted(providers.offered().values(), key=lambda provider: provider.name)
    if not held:
        raise Http404
    if len(held) == 1:
        return redirect("signin:state_begin", slug=held[0].slug)
    return render(request, "signin/states.html", {"providers": held})


@login_not_required
@require_safe
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    provider = _found(slug)
    if request.user.is_authenticated:
        return redirect("home")
    too_often: HttpResponse | None = ratelimit.consume_or_429(request, **RATE)
    return too_often or protocol.begin(request, provider)


@csrf_exempt
@login_not_required
@require_POST
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """A form of the provider's page: its signature stands where ours has its token, and it signs nobody in yet."""
    provider = _found(slug)
    too_often: HttpResponse | None = ratelimit.consume_or_429(request, **RATE)
    if too_often:
        return too_often
    protocol.take(provider, request.POST.get("SAMLResponse", ""))
    return redirect("signin:state_done", slug=slug)


@login_not_required
@require_safe
def done(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has a passkey or an app here is asked for it too, as after a password."""
    provider = _found(slug)
    with failures_noted(request, "saml"):
        said = protocol.finish(request, provider)
    return let_in(request, said, "saml", provider=slug)


@login_not_required
@require_safe
def metadata(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse(protocol.metadata(_found(slug)), content_type="application/samlmetadata+xml")


def _found(slug: str) -> Provider:
    provider = providers.offered().get(slug)
    if provider is None:
        raise Http404
    return provider
