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

    What one may not see answers 404 and is not written down: the log would say that it exists. Whoever asks for very many
    such is, without them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with shown.collected() as rows:
            response = self.get_response(request)
        if not request.user.is_authenticated:
            return response
        if response.status_code == 403:
            _note_refusal(request)
        elif response.status_code == 200 and request.method == "GET":
            _count(request, rows)
        elif response.status_code == 404 and suspicions.is_probing(request.user.pk, _named(request)):
            suspicion.mark(request, "probing")
        return response


def _named(request: HttpRequest) -> str:
    """The reference in the address, if it has one."""
    said = request.resolver_match.kwargs.get("reference") if request.resolver_match else None
    return ReferenceConverter().to_python(said) if isinstance(said, str) else ""


def _note_refusal(request: HttpRequest) -> None:
    acting = getattr(request, "acting", None)
    door = request.resolver_match.view_name if request.resolver_match else ""
    actions.observe(
        "activity.refused",
        user_id=request.user.pk,
        office_id=acting.office_id if acting else None,
        reference=_named(request)[:12],
        door=door,
        method=request.method,
    )


def _count(request: HttpRequest, rows: set[str]) -> None:
    acting, reference = getattr(request, "acting", None), _named(request)
    if acting:
        alarms.count([reference] if reference else [], by=acting)
        alarms.count(rows, by=acting, way=alarms.Way.LISTED)
