from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from activity import actions, alarms, suspicions
from diplomacy.lib import shown, suspicion
from diplomacy.lib.references import ReferenceConverter


class SuspicionMiddleware:
    """Writes down what was refused because no page of ours would have sent it. Around everything, so that the line stands
    when the request's own work is undone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if what := suspicion.of(request, response.status_code):
            suspicions.note(request, what)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        suspicion.mark_second_wall(request, error)


class WatchMiddleware:
    """Writes down what was refused to whom, and counts what each person opens and is shown.

    What one may not see answers 404, as what is not there does, and is written down as that is: a line for the one and none
    for the other would say which exist. Of whoever asks for very many, one line says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with shown.collected() as rows:
            response = self.get_response(request)
        if not request.user.is_authenticated:
            return response
        if response.status_code == 403:
            _note(request, "activity.refused")
        elif response.status_code == 200 and request.method == "GET":
            _count(request, rows)
        elif response.status_code == 404 and request.resolver_match:
            _miss(request)
        return response


def _named(request: HttpRequest) -> str:
    """The reference in the address, if it has one."""
    said = request.resolver_match.kwargs.get("reference") if request.resolver_match else None
    return ReferenceConverter().to_python(said) if isinstance(said, str) else ""


def _miss(request: HttpRequest) -> None:
    count = suspicions.misses(request.user.pk, _named(request) or suspicions.door(request))
    if count == suspicions.PROBES + 1:
        suspicion.mark(request, "probing")
    elif 0 < count <= suspicions.PROBES:
        _note(request, "activity.missed")


def _note(request: HttpRequest, kind: str) -> None:
    acting = getattr(request, "acting", None)
    actions.observe(
        kind,
        user_id=request.user.pk,
        office_id=acting.office_id if acting else None,
        reference=_named(request)[:12],
        door=suspicions.door(request),
        method=request.method,
    )


def _count(request: HttpRequest, rows: set[str]) -> None:
    acting, reference = getattr(request, "acting", None), _named(request)
    if acting:
        alarms.count([reference] if reference else [], by=acting)
        alarms.count(rows, by=acting, way=alarms.Way.LISTED)
