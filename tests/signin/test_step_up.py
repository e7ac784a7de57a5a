"""What cannot be taken back is asked for again: a thief of an open session does not release a briefing."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import ApiToken, Member, User
from briefings.models import Briefing
from tests.conftest import ClientFor
from tests.factories import briefings as make
from tests.signin.conftest import PASSWORD, code_of, proved, with_password

pytestmark = pytest.mark.usefixtures("strict")
SECRET = "JBSWY3DPEHPK3PXP"
SHOW_PASSKEY = "/sign-in/second-factor/webauthn/reauthenticate/"


@pytest.fixture
def waiting(briefer: Member, second_briefer: Member, gov: Member) -> Briefing:
    Authenticator.objects.create(
        user=second_briefer.user, type="webauthn", data={"name": "Key", "credential": {}}
    )
    return make.submitted(briefer, audience=[make.for_person(gov)])


def at(person: Member, client_for: ClientFor, *, minutes: float) -> Client:
    return proved(client_for(person), person.user, "webauthn", ago=minutes * 60)


def status_of(briefing: Briefing) -> str:
    briefing.refresh_from_db()
    return briefing.status


def release(client: Client, briefing: Briefing) -> Any:
    page = reverse("briefings:release", args=[briefing.reference])
    answer = client.get(page)
    form = answer.context["form"].initial if answer.context else {"version": briefing.version, "seen": ""}
    return client.post(page, form)


def test_a_briefing_is_released_by_who_has_just_shown_their_passkey(
    waiting: Briefing, second_briefer: Member, client_for: ClientFor
) -> None:
    release(at(second_briefer, client_for, minutes=9), waiting)
    assert status_of(waiting) == "released"


def test_after_ten_minutes_they_show_it_again(
    waiting: Briefing, second_briefer: Member, client_for: ClientFor
) -> None:
    answer = release(at(second_briefer, client_for, minutes=11), waiting)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{SHOW_PASSKEY}?next=")
    assert status_of(waiting) == "submitted"


def test_a_password_or_a_proof_of_tomorrow_is_not_enough(
    waiting: Briefing, second_briefer: Member, client_for: ClientFor
) -> None:
    with_password(second_briefer)
    client = at(second_briefer, client_for, minutes=11)
    client.post("/sign-in/reauthenticate/", {"password": PASSWORD})
    assert release(client, waiting).status_code == 302
    assert release(at(second_briefer, client_for, minutes=-60), waiting).status_code == 302
    assert status_of(waiting) == "submitted"


def test_a_recall_asks_too(waiting: Briefing, second_briefer: Member, client_for: ClientFor) -> None:
    release(at(second_briefer, client_for, minutes=1), waiting)
    page = reverse("briefings:recall", args=[waiting.reference])
    said = {"reason": "A wrong name.", "version": waiting.version + 1}
    assert at(second_briefer, client_for, minutes=11).post(page, said).status_code == 302
    assert status_of(waiting) == "released"


def test_the_question_comes_before_the_record_so_that_it_tells_nothing(
    waiting: Briefing, maria: Member, client_for: ClientFor
) -> None:
    client = proved(client_for(maria), maria.user, "totp", ago=3600)
    Authenticator.objects.create(user=maria.user, type="totp", data={"secret": ""})
    there = client.get(reverse("briefings:release", args=[waiting.reference]))
    nowhere = client.get(reverse("briefings:release", args=["B-00000000"]))
    assert there.status_code == nowhere.status_code == 302
    assert there["Location"].partition("?")[0] == nowhere["Location"].partition("?")[0]


@pytest.mark.parametrize("move", ["release", "recall"])
def test_the_api_says_where_to_confirm(
    move: str, waiting: Briefing, second_briefer: Member, client_for: ClientFor
) -> None:
    client = at(second_briefer, client_for, minutes=11)
    answer = client.post(
        f"/api/v1/briefings/{waiting.reference}/{move}/", {}, content_type="application/json"
    )
    assert answer.status_code == 403
    assert answer.json()["title"] == "Confirm that it is you"
    assert status_of(waiting) == "submitted"


def test_nothing_is_asked_twice_where_it_is_switched_off(
    waiting: Briefing, second_briefer: Member, client_for: ClientFor, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    release(client_for(second_briefer), waiting)
    assert status_of(waiting) == "released"


def test_the_log_is_not_carried_off_by_a_thief_of_an_open_session(
    auditor: Member, client_for: ClientFor
) -> None:
    Authenticator.objects.create(user=auditor.user, type="webauthn", data={"name": "Key", "credential": {}})
    answer = at(auditor, client_for, minutes=11).post("/activity/export/")
    assert (answer.status_code, answer["Location"]) == (302, f"{SHOW_PASSKEY}?next=%2Factivity%2Fexport%2F")
    answer = at(auditor, client_for, minutes=1).post("/activity/export/")
    assert answer["Content-Type"].startswith("text/csv")


def test_nothing_is_configured_without_a_proof_of_now(operator: User, client_for: ClientFor) -> None:
    client = proved(client_for(operator), operator, "webauthn", ago=660)
    Authenticator.objects.create(user=operator, type="webauthn", data={"name": "Key", "credential": {}})
    assert client.get("/operator/")["Location"].startswith(SHOW_PASSKEY)
    assert proved(client, operator, "webauthn", ago=60).get("/operator/").status_code == 200


@pytest.mark.parametrize("page", ["invite", "delegate", "member", "end_member"])
def test_members_are_changed_by_who_has_just_proved_it(
    page: str, lee: Member, maria: Member, client_for: ClientFor
) -> None:
    Authenticator.objects.create(user=lee.user, type="totp", data={"secret": ""})
    client = proved(client_for(lee), lee.user, "totp", ago=660)
    named = {} if page in {"invite", "delegate"} else {"key": maria.key}
    address = reverse(f"accounts:{page}", kwargs=named)
    for answer in (client.get(address), client.post(address)):
        assert answer["Location"].startswith("/sign-in/second-factor/reauthenticate/")
    assert proved(client, lee.user, "totp").get(address).status_code == 200


@pytest.mark.parametrize("path", ["/sign-in/sessions/end-others/", "/sign-in/sessions/1/end/"])
def test_sessions_are_ended_by_who_has_just_proved_it(
    path: str, maria: Member, client_for: ClientFor
) -> None:
    """Or the thief of an open one would shut its owner out of all others."""
    Authenticator.objects.create(user=maria.user, type="totp", data={"secret": ""})
    client = proved(client_for(maria), maria.user, "totp", ago=660)
    assert client.post(path)["Location"].startswith("/sign-in/second-factor/reauthenticate/")
    answer = proved(client, maria.user, "totp").post(path)
    assert (answer.status_code, answer.headers.get("Location")) in {(302, "/sign-in/sessions/"), (404, None)}


def test_a_form_that_was_sent_is_sent_on_after_the_proof(lee: Member, client_for: ClientFor) -> None:
    TOTP.activate(lee.user, SECRET)
    client = proved(client_for(lee), lee.user, "totp", ago=660)
    asked = client.post("/sign-in/tokens/new/", {"name": "Calendar", "scope": "read", "days": 7})
    assert not ApiToken.objects.exists()
    page = client.get(asked["Location"])
    assert 'name="next" value="/sign-in/tokens/new/"' in page.content.decode()
    said = {"code": code_of(SECRET), "next": "/sign-in/tokens/new/"}
    done = client.post("/sign-in/second-factor/reauthenticate/", said)
    assert "Your new token" in done.content.decode()
    assert ApiToken.objects.get().member == lee


def test_after_the_proof_nobody_is_led_out_of_the_house(lee: Member, client_for: ClientFor) -> None:
    TOTP.activate(lee.user, SECRET)
    client = proved(client_for(lee), lee.user, "totp", ago=660)
    said = {"code": code_of(SECRET), "next": "https://desk.example.com/"}
    assert client.post("/sign-in/second-factor/reauthenticate/", said)["Location"] == "/"


def test_a_code_from_the_app_does_not_stand_in_for_a_passkey(lee: Member, client_for: ClientFor) -> None:
    TOTP.activate(lee.user, SECRET)
    Authenticator.objects.create(user=lee.user, type="webauthn", data={"name": "Key", "credential": {}})
    client = proved(client_for(lee), lee.user, "webauthn", ago=660)
    answer = client.post("/sign-in/second-factor/reauthenticate/", {"code": code_of(SECRET)})
    assert "Use your passkey" in answer.content.decode()
    assert client.get("/sign-in/tokens/new/").status_code == 302
