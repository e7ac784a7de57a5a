"""What is counted on from whoever asks: TLS, a browser that keeps our promises, addresses that servers take."""

import json
import logging
import re

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from accounts.models import Member
from diplomacy.embedded import BASE_DIR
from diplomacy.lib.browsers import LONGEST_WAY_BACK
from diplomacy.lib.static_files import NamedKindsOnly
from diplomacy.lib.templatetags.ui import markdown
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db
REPORTS = "/reports/content-policy/"
TOLD = {
    "csp-report": {
        "document-uri": "http://testserver/engagements/E-7K3M9QZZ/?q=zq999998",
        "violated-directive": "script-src-elem",
        "blocked-uri": "https://zq999998.example.org/zq999998",
        "script-sample": "zq999998",
    }
}


# In the clear ---------------------------------------------------------------------------------------------------------


def test_a_program_that_speaks_in_the_clear_is_refused_and_a_person_is_led(
    maria: Member, client_for: ClientFor, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    client = client_for(maria)
    for method in (client.get, client.post, client.options):
        answer = method("/api/v1/engagements/", headers={"Authorization": "Bearer anything"})
        assert answer.status_code == 403
        assert answer.json()["title"] == "This came in the clear"
        assert "no-store" in answer["Cache-Control"]
    led = client.get("/engagements/?status=filed")
    assert (led.status_code, led["Location"]) == (301, "https://testserver/engagements/?status=filed")
    assert client.get("/api/v1/engagements/", secure=True).status_code == 200


# Old browsers ---------------------------------------------------------------------------------------------------------


def test_a_browser_that_keeps_no_promises_is_warned_of() -> None:
    page, old = reverse("account_login"), "This browser is too old"
    assert old in Client().get(page, secure=True).content.decode()
    assert old not in Client().get(page, secure=True, headers={"Sec-Fetch-Site": "none"}).content.decode()
    assert old not in Client().get(page).content.decode(), "without TLS no browser says it"


# Reports of the content policy ----------------------------------------------------------------------------------------


def test_every_page_says_where_to_report_what_its_policy_refused(
    maria: Member, client_for: ClientFor
) -> None:
    for answer in (client_for(maria).get("/"), Client().get(reverse("account_login"))):
        policy = answer["Content-Security-Policy"]
        assert f"report-uri {REPORTS}" in policy


def test_a_report_leaves_one_line_without_content(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = Client(enforce_csrf_checks=True).post(REPORTS, json.dumps(TOLD), "application/csp-report")
    assert answer.status_code == 204
    assert [record.getMessage() for record in caplog.records if record.name == "diplomacy.reports"] == [
        "Content policy: script-src-elem was refused an address on engagements:detail"
    ]
    assert "zq999998" not in caplog.text
    assert "7K3M9Q" not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[[[]]]",
        "[" * 5000,
        "ÿþ",
        '{"csp-report": 7}',
        '{"csp-report": {"document-uri": "http://["}}',
        '{"csp-report": {"violated-directive": "x\\nINFO forged", "blocked-uri": {}, "document-uri": []}}',
    ],
)
def test_whatever_is_sent_as_a_report_is_taken_calmly(body: str, caplog: pytest.LogCaptureFixture) -> None:
    assert Client().post(REPORTS, body, "application/csp-report").status_code == 204
    assert "forged" not in caplog.text


def test_reports_are_small_and_few() -> None:
    assert Client().post(REPORTS, "x" * 20_000, "application/csp-report").status_code == 413
    cache.clear()
    answers = [Client().post(REPORTS, "{}", "application/csp-report").status_code for _ in range(25)]
    assert answers.count(429) == 5
    assert Client().get(REPORTS).status_code == 405


# Addresses ------------------------------------------------------------------------------------------------------------


def test_no_way_back_is_longer_than_servers_take(maria: Member, settings: Settings) -> None:
    asked = "/engagements/?q=" + "%25" * 2500
    assert len(asked) < 8190
    led = Client().get(asked)
    assert (led.status_code, led["Location"]) == (302, reverse("account_login"))
    assert "next=" in Client().get("/engagements/?q=water")["Location"]
    settings.REQUIRE_SECOND_FACTOR = True
    client = Client()
    client.force_login(maria.user)
    led = client.get(asked)
    assert led.status_code == 302
    assert len(led["Location"]) < LONGEST_WAY_BACK
    assert "next=%2Fengagements%2F%3Fq%3Dwater" in client.get("/engagements/?q=water")["Location"]


# Static files ---------------------------------------------------------------------------------------------------------


def test_only_kinds_of_files_that_pages_use_are_given_away(tmp_path: object, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = False
    names = [
        "a.css",
        "a.js",
        "a.svg",
        "staticfiles.json",
        "a.py",
        ".env",
        "a.js.map",
        "LICENSE",
        "a.sql",
        "a.html",
        "a.css.bak",
    ]
    for name in names:
        (settings.STATIC_ROOT / name).write_text("x")
    for is_looked_up in (False, True):
        settings.WHITENOISE_AUTOREFRESH = is_looked_up
        served = NamedKindsOnly(None, settings)
        there = [
            name
            for name in names
            if (served.find_file if is_looked_up else served.files.get)(f"/static/{name}")
        ]
        assert there == ["a.css", "a.js", "a.svg"]
        assert (WhiteNoiseMiddleware(None, settings).files.get("/static/.env") is None) is is_looked_up


def test_files_of_pages_are_for_our_own_pages_only() -> None:
    answer = Client().get("/static/css/site.css")
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer
    assert not [line for line in configured.MIDDLEWARE if line.startswith("whitenoise")]


# Versions -------------------------------------------------------------------------------------------------------------


def test_no_answer_tells_what_serves_it_and_of_which_version(maria: Member, client_for: ClientFor) -> None:
    import django
    import gunicorn
    import rest_framework

    versions = {django.get_version(), gunicorn.__version__, rest_framework.VERSION}
    client = client_for(maria)
    pages = [
        "/",
        "/nothing/",
        "/api/v1/",
        "/api/v1/engagements/",
        "/api/v1/nothing/",
        "/api/v1/schema/",
        "/operator/",
        "/sign-in/login/",
    ]
    for page in pages:
        for answer in (client.get(page), client.post(page), Client().get(page)):
            text = f"{answer.headers} {answer.content.decode()}"
            assert not {"Server", "X-Powered-By", "Via"} & set(answer.headers)
            assert not [version for version in versions if version in text], page
            for name in ("django/", "gunicorn", "postgres", "psycopg", "python/"):
                assert name not in text.lower(), page


# Names in a page ------------------------------------------------------------------------------------------------------


def test_what_people_write_names_nothing_that_a_script_could_take_for_its_own() -> None:
    written = '<a id="allauth" name="forms">x</a> <form id="api"><input name="content"></form> # Title {#page}\n\n[x](http://a "t")'
    made = str(markdown(written))
    assert not re.search(r"<[^>]*\s(id|name)=", made), made


def test_scripts_keep_their_names_to_themselves() -> None:
    """A page's element may stand in for a global of the same name, never for what is declared in a block."""
    paths = sorted((BASE_DIR / "diplomacy/static/js").glob("*.js"))
    assert len(paths) >= 5
    for path in paths:
        code = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.MULTILINE).strip()
        assert not re.search(r"\bvar\s", code), path.name
        assert not re.search(r"\b(window|document|globalThis)\.\w+\s*=[^=]", code), path.name
        if path.name != "api.js":
            assert code.startswith("(() => {"), path.name
        named = set(re.findall(r"\bdocument\.(\w+)", code))
        assert named <= {
            "activeElement",
            "addEventListener",
            "body",
            "createElement",
            "dispatchEvent",
            "getElementById",
            "querySelector",
            "querySelectorAll",
        }, path.name
        assert set(re.findall(r"\bwindow\.(\w+)", code)) <= {
            "PublicKeyCredential",
            "addEventListener",
            "allauth",
        }, path.name
