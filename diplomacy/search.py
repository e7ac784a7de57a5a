"""Where the forms of lists are sent, so that what is typed into them is in a body and not in an address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_POST

from diplomacy.lib.words import Asked

LISTS = frozenset(
    {"engagements:list", "engagements:drafts", "engagements:shared", "engagements:queue", "counterparts:list"}
    | {"engagements:crossings", "engagements:crossings_calendar", "engagements:crossings_map"}
    | {"engagements:referrals", "engagements:referrals_sent", "activity:log"}
)
NOT_ASKED = frozenset({"csrfmiddlewaretoken", "to"})


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """To the list that was asked. It decides who may see what; here nothing is looked up."""
    try:
        name = resolve(request.POST.get("to", "")).view_name
    except Resolver404:
        raise Http404 from None
    if name not in LISTS:
        raise Http404
    asked = Asked(mutable=True)
    for field, values in request.POST.lists():
        if field not in NOT_ASKED:
            asked.setlist(field, values)
    return redirect(f"{reverse(name)}?{asked.urlencode()}")
