from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import Member
from diplomacy.lib.errors import Conflict, Forbidden, Refusal, Stale
from diplomacy.lib.web import RefusalMiddleware, way_back
from tests.conftest import ClientFor


def answer(refusal: Exception, **headers: str) -> HttpResponse | None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    request = RequestFactory().post("/x", headers=headers)
    return RefusalMiddleware(view).process_exception(request, refusal)


@pytest.mark.parametrize(
    ("make", "status"),
    [(Forbidden, 403), (Conflict, 409), (Stale, 412)],
    ids=["forbidden", "conflict", "stale"],
)
def test_a_refusal_becomes_a_page_with_its_reason(make: Callable[[str], Refusal], status: int) -> None:
    response = answer(make("Cancelled <on> 3 May."))
    assert response is not None
    assert response.status_code == status
    assert "Cancelled &lt;on&gt; 3 May." in response.content.decode()


def test_a_refused_fragment_is_a_fragment() -> None:
    response = answer(Conflict("No."), HX_Request="true")
    assert response is not None
    assert "<html" not in response.content.decode()


def test_other_exceptions_pass() -> None:
    assert answer(ValueError("bug")) is None


@pytest.mark.parametrize(
    ("referrer", "path"),
    [
        ("http://testserver/engagements/E-1/", "/engagements/E-1/"),
        ("https://evil.example/", ""),
        ("http://testserver.evil.example/x", ""),
        ("http://testserver//evil.example", ""),
        ("", ""),
    ],
)
def test_the_way_back_never_leaves_the_site(referrer: str, path: str) -> None:
    request = RequestFactory().get("/", headers={"Referer": referrer})
    assert way_back(request) == path


def test_what_is_not_there_is_answered_with_the_same_bytes(maria: Member, client_for: ClientFor) -> None:
    client = client_for(maria)
    answers = {client.get("/sign-in/email/").content for _ in range(2)}
    assert len(answers) == 1
    assert b"csrf" not in answers.pop()


@pytest.mark.django_db
def test_no_answer_is_kept_by_anybody() -> None:
    response = Client().get("/sign-in/login/")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["email/", "confirm-email/", "confirm-email/abc/", "password/set/"])
def test_pages_that_the_product_does_not_offer_are_not_there(page: str) -> None:
    assert Client().get(f"/sign-in/{page}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", ["login/", "password/reset/", "password/reset/done/", "signup/", "inactive/"]
)
def test_sign_in_pages_are_in_the_product_s_words(page: str) -> None:
    html = Client().get(f"/sign-in/{page}").content.decode()
    assert "Subnational Diplomacy Desk" in html
    assert "usa-skipnav" in html
    assert "placeholder=" not in html
