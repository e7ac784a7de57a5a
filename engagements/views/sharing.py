"""Who may see an engagement, and the names that fields find as one types."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import MemberRequest
from activity import timeline
from diplomacy.lib.errors import Invalid, Stale
from diplomacy.lib.forms import problems_of
from diplomacy.lib.text import tidy
from engagements import actions, parties, rules
from engagements.forms.plans import SharingOnly
from engagements.models import Engagement
from engagements.views.records import fetch, posted_version
from engagements.whereabouts import SEEN_BY


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: MemberRequest, reference: str) -> HttpResponse:
    engagement = fetch(request, reference)
    rules.require("share", engagement, request.acting)
    data = request.POST if request.method == "POST" else None
    section = SharingOnly(engagement, member=request.acting, data=data, more=request.GET.get("more", ""))
    if data is None or not section.is_valid():
        return _show(request, engagement, section)
    if section.asks_for_more:
        return _show(request, engagement, _with_another(engagement, request))
    try:
        chosen = {**section.audience(), **section.fields()}
        actions.share(engagement, by=request.acting, version=posted_version(request), **chosen)
    except Invalid as invalid:
        section.add_errors(invalid.fields)
        return _show(request, engagement, section, status=400)
    except Stale:
        engagement = fetch(request, engagement.reference)
        return _show(request, engagement, section, status=409)
    messages.success(request, "It is changed who may see this engagement.")
    return redirect(engagement)


def _with_another(engagement: Engagement, request: MemberRequest) -> SharingOnly:
    data = request.POST.copy()
    section = SharingOnly(engagement, member=request.acting, data=data)
    data["named-TOTAL_FORMS"] = str(len(section.parts["named"].forms) + 1)
    return SharingOnly(engagement, member=request.acting, data=data)


def _show(
    request: MemberRequest, engagement: Engagement, section: SharingOnly, status: int = 200
) -> HttpResponse:
    parts = section.parts
    for part in parts.values():
        part.is_summed_up = True
    problems = [problem for part in parts.values() if part.is_bound for problem in problems_of(part)]
    is_first_look = request.method != "POST" or status == 409
    context = {
        "engagement": engagement,
        "parts": parts,
        "problems": problems,
        "form": {"errors": problems},
        "version": engagement.version if is_first_look else posted_version(request),
        "last": next(iter(timeline.of(engagement, request.user)), None) if status == 409 else None,
        "seen_by": SEEN_BY[engagement.visibility],
        "named_now": list(parties.named_on(engagement)) if status == 409 else [],
    }
    return render(request, "engagements/share.html", context, status=status)


@require_safe
def find_parties(request: MemberRequest) -> JsonResponse:
    return _answer(parties.to_share_with(_asked(request), request.user))


@require_safe
def find_people(request: MemberRequest) -> JsonResponse:
    return _answer(parties.to_take_part(_asked(request), request.user))


def _asked(request: MemberRequest) -> str:
    return tidy(request.GET.get("q", "")).strip()[:200]


def _answer(found: list[parties.Party]) -> JsonResponse:
    results = [{"reference": party.reference, "name": party.name, "detail": party.detail} for party in found]
    return JsonResponse({"results": results})
