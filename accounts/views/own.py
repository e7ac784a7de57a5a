from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, doorstep
from accounts.forms import ProfileForm
from accounts.models import User
from accounts.requests import ACTING_FOR, MemberRequest
from accounts.signin import limits, sessions, strength

LOOPBACK = frozenset({"127.0.0.1", "::1"})
LOCAL_NAMES = LOOPBACK | {"localhost", "[::1]"}


@require_POST
def act_for(request: MemberRequest) -> HttpResponse:
    """Change the office one acts for. Another person's membership answers like one that does not exist."""
    wanted = request.POST.get("member", "")
    member = next((held for held in request.user.standing if str(held.pk) == wanted), None)
    if member is None:
        raise Http404
    request.session[ACTING_FOR] = member.pk
    messages.success(request, f"You now act for {member.office} as {member.get_role_display().lower()}.")
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else settings.LOGIN_REDIRECT_URL


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: MemberRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(request.POST or None, initial={"name": user.name, "time_zone": user.time_zone})
    if request.method == "POST" and form.is_valid():
        actions.change_profile(user, **form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


def access_ended(request: HttpRequest, user: User, *, as_problem: bool = False) -> HttpResponse:
    """For a person who is signed in and serves in no office today. The same whatever they asked for."""
    if as_problem:
        problem = {"type": "about:blank", "title": "You serve in no office now", "status": 403}
        return JsonResponse(problem, status=403, content_type="application/problem+json")
    last = doorstep.last_membership(user)
    context = {"last": last, "why": doorstep.why_ended(last), "to_ask": doorstep.who_could_help(last)}
    return render(request, "accounts/access_ended.html", context, status=403)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Demonstration only: the address does not exist elsewhere, and answers nobody but this machine."""
    if not settings.DEMO or not _is_on_this_machine(request):
        raise Http404
    people = doorstep.demonstration_cast()
    if request.method == "POST":
        return _sign_in(request, people)
    return render(request, "accounts/sign_in_as.html", {"people": people})


def _is_on_this_machine(request: HttpRequest) -> bool:
    host = request.get_host().rpartition(":")[0] or request.get_host()
    is_proxied = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and host in LOCAL_NAMES and not is_proxied


def _sign_in(request: HttpRequest, people: Any) -> HttpResponse:
    member = next((person for person in people if str(person.pk) == request.POST.get("member")), None)
    if member is None:
        raise Http404
    login(request, member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    limits.start(request.session)
    sessions.begin(request)
    strength.record_demonstration(request, member.user)
    request.session[ACTING_FOR] = member.pk
    return redirect(settings.LOGIN_REDIRECT_URL)
