"""What every route of the API does before it does anything: who, for whom, how often, and what a body may be."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Member, User
from tests.api.conftest import ROOT, CallAs, Caller, problem
from tests.factories import engagements as make
from tests.factories.accounts import make_member, make_office

pytestmark = pytest.mark.django_db

LISTS = [
    "engagements/",
    "advice-requests/",
    "commitments/",
    "counterparts/",
    "lists/",
    "listings/",
    "offices/",
    "coalitions/",
    "divisions/",
    "officials/",
    "colleagues/",
    "notices/",
    "notices/preferences/",
    "briefings/",
    "deliveries/",
    "me/",
]


@pytest.mark.parametrize("path", LISTS)
def test_nobody_signed_in_is_told_to_sign_in(nobody: Caller, path: str) -> None:
    assert problem(nobody.get(path), 401)
    assert nobody.get(path).headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", LISTS)
def test_who_serves_in_no_office_reads_nothing(
    outsider: Member, operator: User, call_as: CallAs, path: str
) -> None:
    problem(call_as(outsider.user).get(path), 403)
    problem(call_as(operator).get(path), 403)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("who", ["maria", "gov", "liaison", "briefer", "auditor"])
def test_every_list_answers_everyone_who_serves(
    request: pytest.FixtureRequest, call_as: CallAs, path: str, who: str
) -> None:
    assert call_as(request.getfixturevalue(who)).get(path).status_code == 200


def test_an_auditor_reads_who_did_what_and_no_content(
    maria: Member, auditor: Member, call_as: CallAs
) -> None:
    make.filed(maria)
    api = call_as(auditor)
    lines = api.get("log/").json()["results"]
    assert "engagements.filed" in {line["kind"] for line in lines}
    assert not any("data" in line for line in lines)
    assert api.get("engagements/").json()["results"] == []
    problem(call_as(maria).get("log/"), 404)


class TestActingFor:
    def test_one_acts_for_the_office_that_the_header_names(self, maria: Member, call_as: CallAs) -> None:
        other = make_member(make_office("Fresno"), "staff", user=maria.user)
        api = call_as(maria)
        made = api.post("engagements/", {"title": "x"}, Acting_For=other.office.reference)
        assert made.json()["office"]["name"] == "Fresno"
        assert api.post("engagements/", {"title": "x"}).json()["office"]["name"] == maria.office.name
        assert (
            api.get("me/", Acting_For=f"{other.office.reference}/staff").json()["acting"]["office"]["name"]
            == "Fresno"
        )

    def test_of_two_roles_in_an_office_the_header_chooses(self, gov: Member, call_as: CallAs) -> None:
        make_member(gov.office, "staff", user=gov.user)
        api, office = call_as(gov), gov.office.reference
        problem(api.post("engagements/", {"title": "x"}, Acting_For=office), 403)
        assert api.post("engagements/", {"title": "x"}, Acting_For=f"{office}/staff").status_code == 201

    @pytest.mark.parametrize("said", ["O-00000000", "x", "\u00e9", "a" * 5000, "/", "O-00000000/lead"])
    def test_an_office_one_does_not_serve_is_refused(self, maria: Member, call_as: CallAs, said: str) -> None:
        problem(call_as(maria).get("engagements/", Acting_For=said), 403)

    def test_another_office_is_refused_as_one_that_does_not_exist(
        self, maria: Member, tom: Member, call_as: CallAs
    ) -> None:
        real = call_as(maria).get("engagements/", Acting_For=tom.office.reference)
        made_up = call_as(maria).get("engagements/", Acting_For="O-00000000")
        assert problem(real, 403) == problem(made_up, 403)

    def test_the_next_request_after_a_removal_is_refused(
        self, maria: Member, lee: Member, call_as: CallAs
    ) -> None:
        api = call_as(maria)
        assert api.get("engagements/").status_code == 200
        accounts.end_member(maria, by=lee)
        problem(api.get("engagements/"), 403)


class TestWrongDoors:
    @pytest.mark.parametrize(
        "path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/engagements/", "/api/v1/engagements",
                 "/api/v1/engagements/E-1/", "/api/v1/engagements/%00/", "/api/v1/engagements/E-00000000/nothing/",
                 "/api/v1/engagements/1/", "/api/%ff"],
    )  # fmt: skip
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "TRACE", "QUERY"])
    def test_an_unknown_address_is_a_problem_for_every_method(
        self, maria: Member, nobody: Caller, call_as: CallAs, path: str, method: str
    ) -> None:
        problem(call_as(maria).send(method, path), 404)
        problem(nobody.send(method, path), 401)

    @pytest.mark.parametrize("method", ["DELETE", "PUT", "OPTIONS", "TRACE", "PATCH"])
    def test_a_method_that_is_not_there_is_refused_whether_or_not_the_record_is(
        self, maria: Member, call_as: CallAs, method: str
    ) -> None:
        problem(call_as(maria).send(method, "engagements/"), 405)
        if method != "PATCH":
            seen = call_as(maria).send(method, f"engagements/{make.drafted(maria).reference}/")
            assert problem(seen, 405) == problem(call_as(maria).send(method, "engagements/E-00000000/"), 405)

    def test_the_answer_is_json_and_nothing_else(self, maria: Member, call_as: CallAs) -> None:
        problem(call_as(maria).get("engagements/", Accept="text/html"), 406)
        problem(call_as(maria).get("engagements/", Accept="application/xml;q=0.9"), 406)
        assert call_as(maria).get("engagements/", Accept="application/json; indent=99999").status_code == 200

    def test_a_format_in_the_address_is_not_a_filter(self, maria: Member, call_as: CallAs) -> None:
        problem(call_as(maria).get("engagements/?format=api"), 400)


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [b"{", b"\xff\xfe", b"[" * 100_000, b'{"title": ' + b"[" * 50_000, b"9" * 5000, b'{"title": NaN}',
         b'{"title": Infinity}', b"\xef\xbb\xbf{}", b'{"a":' * 20_000],
    )  # fmt: skip
    def test_what_does_not_read_as_json_is_a_bad_request(
        self, maria: Member, call_as: CallAs, body: bytes
    ) -> None:
        problem(call_as(maria).send("POST", "engagements/", body), 400)

    @pytest.mark.parametrize(
        "body",
        ['{"title": "One", "title": "Two"}', '{"title": "One", "stops": [{"city": "a", "c\\u0069ty": "b"}]}'],
    )
    def test_a_field_that_is_named_twice_is_a_bad_request(
        self, maria: Member, call_as: CallAs, body: str
    ) -> None:
        """One program would read the first value and another the last."""
        refused = problem(call_as(maria).send("POST", "engagements/", body.encode()), 400)
        assert "twice" in refused["detail"]

    @pytest.mark.parametrize("body", [[], "text", 1, True, None, [{"title": "x"}], [[]]])
    def test_json_of_another_shape_is_a_bad_request(self, maria: Member, call_as: CallAs, body: Any) -> None:
        refused = problem(call_as(maria).send("POST", "engagements/", json.dumps(body).encode()), 400)
        assert set(refused["errors"]) == {"__all__"}

    def test_ten_megabytes_are_too_large(self, maria: Member, call_as: CallAs) -> None:
        body = json.dumps({"title": "x" * 10_000_000}).encode()
        problem(call_as(maria).send("POST", "engagements/", body), 413)
        problem(
            call_as(maria).send(
                "PATCH", f"engagements/{make.drafted(maria).reference}/", body, If_Match='"1"'
            ),
            413,
        )

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "a/b;c", "x",
                 "application/xml"],
    )  # fmt: skip
    def test_other_media_types_are_refused(self, maria: Member, client_for: Any, kind: str) -> None:
        client: Client = client_for(maria)
        problem(client.generic("POST", f"{ROOT}engagements/", b"title=x", content_type=kind), 415)

    @pytest.mark.parametrize("charset", ["utf-16", "rot13", "bz2_codec", "no-such", "latin-1"])
    def test_json_is_utf_8_whatever_is_claimed(self, maria: Member, client_for: Any, charset: str) -> None:
        kind = f"application/json; charset={charset}"
        client: Client = client_for(maria)
        made = client.generic("POST", f"{ROOT}engagements/", '{"title": "é"}'.encode(), content_type=kind)
        assert made.status_code == 201
        assert made.json()["title"] == "é"

    def test_unknown_fields_are_refused_by_name_at_every_depth(self, maria: Member, call_as: CallAs) -> None:
        api = call_as(maria)
        refused = problem(api.post("engagements/", {"title": "x", "tittle": "y", "status": "filed"}), 400)
        assert set(refused["errors"]) == {"tittle", "status"}
        nested = {"title": "x", "stops": [{"city": "x", "country": "MX", "zip": "1"}]}
        assert problem(api.post("engagements/", nested), 400)["errors"]["stops"]["0"] == {
            "zip": ["There is no such field here."]
        }
        here = f"engagements/{make.drafted(maria).reference}/cancel/"
        assert set(problem(api.post(here, {"because": "x"}), 400)["errors"]) == {"because"}

    def test_a_name_that_cannot_be_written_down_is_refused(self, maria: Member, call_as: CallAs) -> None:
        problem(
            call_as(maria).send("POST", "engagements/", b'{"\\ud800": 1, "' + b"x" * 90_000 + b'": 1}'), 400
        )

    def test_writes_in_a_browser_carry_the_token(self, maria: Member) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(maria.user)
        sent = client.post(f"{ROOT}engagements/", {"title": "x"}, content_type="application/json")
        assert "CSRF" in problem(sent, 403)["detail"]


class TestRates:
    @pytest.fixture(autouse=True)
    def few(self, settings: Any) -> None:
        from django.core.cache import cache

        cache.clear()
        settings.API_RATES = {"read": 3, "write": 1}

    def test_too_many_reads_wait(self, maria: Member, tom: Member, call_as: CallAs) -> None:
        import time_machine

        moment = timezone.now().replace(second=20, microsecond=0)
        with time_machine.travel(moment, tick=False):
            answers = [call_as(maria).get("offices/") for _ in range(4)]
            assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
            problem(answers[3], 429)
            assert answers[3].headers["Retry-After"] == "40"
            assert call_as(tom).get("offices/").status_code == 200
        with time_machine.travel(moment + timedelta(seconds=41), tick=False):
            assert call_as(maria).get("offices/").status_code == 200

    def test_writes_are_counted_apart(self, maria: Member, call_as: CallAs) -> None:
        api = call_as(maria)
        assert api.post("engagements/", {"title": "x"}).status_code == 201
        problem(api.post("engagements/", {"title": "x"}), 429)
        assert api.get("engagements/").status_code == 200

    def test_a_cache_that_is_down_holds_nobody_up(
        self, maria: Member, call_as: CallAs, settings: Any
    ) -> None:
        settings.CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": "redis://127.0.0.1:1/0",
            }
        }
        assert [call_as(maria).get("offices/").status_code for _ in range(5)] == [200] * 5
