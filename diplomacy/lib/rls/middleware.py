from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from diplomacy.lib.rls.context import reading_as


class ReaderMiddleware:
    """One transaction for a request, in which PostgreSQL knows who reads.

    It stands around everything that reads protected rows, templates of pages included; from a view hook, or with one
    transaction a view, pages that are drawn later would be empty. An answer that says something broke keeps nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with transaction.atomic():
            with reading_as(request.user):
                response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response
