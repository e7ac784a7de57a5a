"""The API's addresses, its description and its answers where no route is reached."""

from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views import defaults
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from accounts import api as accounts
from activity import api as activity
from briefings import api as briefings
from counterparts import api as counterparts
from counterparts.lists import api as lists
from diplomacy.context import Product
from diplomacy.lib import suspicion
from diplomacy.lib.api import problems
from diplomacy.lib.api.views import Route
from engagements import api as engagements

ROUTES: dict[str, type[Route]] = {
    "engagements": engagements.EngagementRoute,
    "advice-requests": engagements.AdviceRequestRoute,
    "commitments": engagements.CommitmentRoute,
    "overlaps": engagements.OverlapSideRoute,
    "coordination": engagements.OverlapRoute,
    "referrals": engagements.ReferralRoute,
    "acquaintances": engagements.AcquaintanceRoute,
    "counterparts": counterparts.CounterpartRoute,
    "guidance": counterparts.GuidanceRoute,
    "merges": counterparts.MergeRoute,
    "possible-matches": counterparts.HitRoute,
    "lists": lists.ListRoute,
    "listings": lists.ListingRoute,
    "briefings": briefings.BriefingRoute,
    "deliveries": briefings.DeliveryRoute,
    "offices": accounts.OfficeRoute,
    "coalitions": accounts.CoalitionRoute,
    "divisions": accounts.DivisionRoute,
    "officials": accounts.OfficialRoute,
    "colleagues": accounts.ColleagueRoute,
    "invitations": accounts.InvitationRoute,
    "delegations": accounts.DelegationRoute,
    "recoveries": accounts.RecoveryRoute,
    "office-requests": accounts.OfficeRequestRoute,
    "notices": activity.NoticeRoute,
    "log": activity.LogRoute,
    "": accounts.MeRoute,
}
PERHAPS = "What you sent may have been saved, or not: look before you send it again."
LOST = "The connection broke just before this was answered."
ENDED = "You were signed out, here or elsewhere, just before this was answered."
router = SimpleRouter()
for prefix, route in ROUTES.items():
    router.register(prefix, route, f"api_{prefix or 'me'}")


class SchemaView(APIView):
    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """The same for everyone: it tells of addresses, not of records."""
        generator: Any = SchemaGenerator(urlconf="diplomacy.urls")  # type: ignore[no-untyped-call]
        return Response(generator.get_schema(request=None, public=True))


class Nowhere(APIView):
    """Every other address below /api/, for every method."""

    @extend_schema(exclude=True)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.http_method_names = [str(request.method).lower()]
        setattr(self, self.http_method_names[0], self._nothing)
        return super().dispatch(request, *args, **kwargs)

    def _nothing(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise Http404


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html")


def server_error(request: HttpRequest) -> HttpResponse:
    if problems.is_for_api(request):
        return problems.plain(500, f"Something broke on our side, and has been logged. {PERHAPS}")
    return defaults.server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, SessionInterrupted):
        return interrupted(request, exception)
    suspicion.mark_bad_request(request, exception)
    if problems.is_for_api(request):
        return problems.plain(400, "The request could not be read.")
    return defaults.bad_request(request, exception)


def interrupted(request: HttpRequest, error: SessionInterrupted) -> HttpResponse:
    """The session is written last and could not be. Django says 400 to that, whether the connection died or the session
    was ended elsewhere; what was asked for is done by then, or is not."""
    failed = getattr(error.__context__, "__context__", None)
    is_lost = isinstance(failed, (OperationalError, InternalError))
    status, title, reason = (
        (503, "We lost touch with our database", LOST) if is_lost else (409, "You were signed out", ENDED)
    )
    said = f"{reason} {PERHAPS}"
    if problems.is_for_api(request):
        return problems.plain(status, said)
    page = render_to_string("interrupted.html", {"title": title, "said": said, "product": Product()})
    return HttpResponse(page, status=status)


urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/schema/", SchemaView.as_view(), name="api_schema"),
    path("v1/docs/", docs, name="api_docs"),
    path("v1/", include(router.urls)),
    re_path("", Nowhere.as_view()),
]
