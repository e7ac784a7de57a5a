from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from diplomacy.urls import handler400, handler500

__all__ = ["handler400", "handler500", "urlpatterns"]


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    """All middleware, no session, no query, no template."""
    return HttpResponse()


urlpatterns = [path("empty/", empty), path("", include("diplomacy.urls"))]
