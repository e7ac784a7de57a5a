from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import MemberRequest
from accounts.signin import limits, sessions
from accounts.signin.step_up import step_up_required


@require_safe
def listed(request: MemberRequest) -> HttpResponse:
    held = [
        {"row": session, "device": sessions.device(session), "is_this": session.is_current()}
        for session in sessions.of(request.user)
    ]
    context = {"sessions": held, "limits": limits.words(request.user)}
    return render(request, "signin/sessions.html", context)


@require_POST
@step_up_required
def end(request: MemberRequest, pk: int) -> HttpResponse:
    """Somebody else's session answers like one that does not exist."""
    if not sessions.end(request.user, pk):
        raise Http404
    messages.success(request, "That session is ended.")
    return redirect("signin:sessions")


@require_POST
@step_up_required
def end_others(request: MemberRequest) -> HttpResponse:
    sessions.end_all(request.user, but=request.session.session_key)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("signin:sessions")
