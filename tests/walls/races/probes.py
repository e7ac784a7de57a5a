"""Views as careless as a view can be: nothing here asks `visible_to`, so only the context decides what they show."""

from collections.abc import Iterator
from typing import Any, NoReturn

from django.contrib.auth.decorators import login_not_required
from django.db import ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from accounts.models import User
from diplomacy.lib.rls import reading_as, system
from engagements.models import Advice, DeskNote, Engagement, OfficeNote

SOURCES = ((Engagement, "title"), (OfficeNote, "text"), (DeskNote, "text"), (Advice, "reasoning"))


def rows() -> Iterator[str]:
    """Of every table, through a server-side cursor where there may be one."""
    for model, field in SOURCES:
        texts = model._default_manager.order_by("pk").values_list(field, flat=True)
        yield from (f"{text}\n" for text in texts.iterator(chunk_size=5))


def everything(request: HttpRequest) -> HttpResponse:
    return HttpResponse("".join(rows()))


def raises(request: HttpRequest) -> NoReturn:
    raise RuntimeError(f"In the middle, after {len(list(rows()))} rows")


def fails(request: HttpRequest) -> NoReturn:
    """In PostgreSQL, which takes no more of the transaction after it."""
    list(rows())
    connection.cursor().execute("SELECT 1 / 0")
    raise AssertionError


def streams(request: HttpRequest) -> StreamingHttpResponse:
    """After the request's own transaction, under a context of its own."""

    def told() -> Iterator[str]:
        with reading_as(request.user):
            yield from rows()

    return StreamingHttpResponse(told())


def streams_bare(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(rows())


def on_commit(request: HttpRequest) -> HttpResponse:
    told: list[str] = []
    transaction.on_commit(lambda: told.extend(rows()))
    return HttpResponse("Read later")


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("".join(rows()))


@login_not_required
def task(request: HttpRequest, user: int) -> HttpResponse:
    """As a task does its work: for somebody who asks nothing themselves."""
    with reading_as(User.objects.get(pk=user)):
        return HttpResponse("".join(rows()))


@login_not_required
def work(request: HttpRequest) -> HttpResponse:
    """The system's own work sees every row; what comes after it none."""
    with system("tests"):
        seen = len(list(rows()))
    try:
        told: Any = list(rows())
    except ProgrammingError:
        told = "and then refused"
    return HttpResponse(f"{seen} rows, {told}")


urlpatterns = [
    path("races/task/<int:user>/", task),
    *(
        path(f"races/{view.__name__}/", view)
        for view in (everything, raises, fails, streams, streams_bare, on_commit, bare, work)
    ),
]
