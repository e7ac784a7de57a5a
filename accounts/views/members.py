"""One membership: another role, a term that it rests on, its end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import actions, rules, terms
from accounts.forms import EndForm, MemberForm, TermForm
from accounts.models import Member
from accounts.requests import MemberRequest
from accounts.signin.step_up import step_up_required
from accounts.views import found
from diplomacy.lib.errors import Invalid, Stale

Save = Callable[[dict[str, Any], int], Member]


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def member(request: MemberRequest, key: UUID) -> HttpResponse:
    """Another role or title. Nobody comes here for themselves."""
    held = found.member(request, key)
    rules.require_change(request.acting, held)
    form = MemberForm(request.POST or None, member=held)

    def save(said: dict[str, Any], version: int) -> Member:
        return actions.change_member(
            held, by=request.acting, version=version, role=said["role"], title=said["title"]
        )

    return _answer(request, held, form, save, "accounts/member.html", "The membership is changed.")


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def term(request: MemberRequest, key: UUID) -> HttpResponse:
    held = found.member(request, key)
    rules.require_change(request.acting, held)
    form = TermForm(request.POST or None, member=held, terms=terms.choices_for(held.office))

    def save(said: dict[str, Any], version: int) -> Member:
        return actions.rest_on_term(held, by=request.acting, version=version, term=said["term"])

    return _answer(request, held, form, save, "accounts/term.html", "Saved.")


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def end(request: MemberRequest, key: UUID) -> HttpResponse:
    """Of somebody else's by a lead, or of one's own: everybody may leave."""
    held = found.member(request, key)
    rules.require_end(request.acting, held)
    form = EndForm(request.POST or None, member=held)

    def save(said: dict[str, Any], version: int) -> Member:
        return actions.end_member(held, by=request.acting, on=said["on"], version=version)

    words = "The end of the membership is saved, and they are told."
    return _answer(request, held, form, save, "accounts/end_member.html", words)


def _answer(
    request: MemberRequest, held: Member, form: Any, save: Save, template: str, words: str
) -> HttpResponse:
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data, form.version_read or 0)
        except Invalid as invalid:
            form.take(invalid)
        except Stale:
            held.refresh_from_db()
            form.refuse_stale(held.version)
            status = 409
        else:
            messages.success(request, words)
            return redirect("accounts:office")
    if form.errors and status == 200:
        status = 400
    context = {"form": form, "member": held, "is_own": held.user_id == request.user.pk}
    return render(request, template, context, status=status)
