"""Tokens for programs: one membership, one scope, one life, and shown once."""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import IntegrityError
from django.test import Client
from pytest_django import Settings

from accounts import actions
from accounts.models import ApiToken, Member, Office
from activity.models import Entry
from diplomacy.lib.errors import Forbidden, Invalid
from engagements.models import Engagement
from tests.conftest import ClientFor
from tests.factories import briefings as make_briefing
from tests.factories import engagements as make
from tests.factories.accounts import make_member
from tests.plugin_statements import Counting
from tests.signin.conftest import proved

PAGE, NEW = "/sign-in/tokens/", "/sign-in/tokens/new/"
ME = "/api/v1/me/"
pytestmark = pytest.mark.django_db


class Program:
    def __init__(self, secret: str) -> None:
        self.client, self.headers = Client(enforce_csrf_checks=True), {"Authorization": f"Bearer {secret}"}

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=self.headers | headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, body or {}, content_type="application/json", headers=sent)


def token_of(member: Member, scope: str = "read", days: int = 30) -> tuple[ApiToken, Program]:
    token, secret = actions.make_token("Calendar", scope=scope, days=days, by=member)
    return token, Program(secret)


def test_nobody_ends_the_token_of_a_colleague(maria: Member, lee: Member) -> None:
    token, program = token_of(maria)
    with pytest.raises(Forbidden):
        actions.revoke_token(token, by=lee)
    assert program.get(ME).status_code == 200


def test_a_token_is_made_on_a_page_and_shown_once(maria: Member, client_for: ClientFor) -> None:
    client = client_for(maria)
    page = client.post(NEW, {"name": "Calendar", "scope": "read", "days": 90}).content.decode()
    (secret,) = re.findall(r"sdd_[\w-]{43}", page)
    assert secret not in client.get(PAGE).content.decode()
    token = ApiToken.objects.get()
    assert secret not in str(ApiToken.objects.values())
    assert len(token.digest) == 64
    assert Program(secret).get(ME).json()["name"] == "Maria Lopez"
    assert Entry.objects.filter(kind="accounts.token_made", actor=maria.user).exists()


def test_a_token_that_reads_does_not_write(maria: Member) -> None:
    draft = make.drafted(maria)
    _, program = token_of(maria)
    assert program.get(f"/api/v1/engagements/{draft.reference}/").status_code == 200
    answer = program.post(f"/api/v1/engagements/{draft.reference}/file/")
    assert (answer.status_code, answer.json()["title"]) == (403, "This token only reads")
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_token_that_writes_needs_no_cookie_and_acts_as_its_member(maria: Member) -> None:
    draft = make.drafted(maria)
    _, program = token_of(maria, "write")
    answer = program.post(f"/api/v1/engagements/{draft.reference}/file/", If_Match=f'"{draft.version}"')
    assert answer.status_code == 200, answer.content
    assert Entry.objects.get(kind="engagements.filed").actor_id == maria.user_id


def test_a_repeated_request_makes_nothing_twice(maria: Member) -> None:
    _, program = token_of(maria, "write")
    said = {"title": "Port", "kind": "virtual_meeting"}
    answers = [program.post("/api/v1/engagements/", said, Idempotency_Key="a-1") for _ in range(2)]
    assert {answer.status_code for answer in answers} == {200, 201}, answers[0].content
    assert Engagement.objects.count() == 1


def dead(program: Program) -> bool:
    answer = program.get(ME)
    if answer.status_code == 401:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
    return bool(answer.status_code == 401)


def test_a_token_dies_when_it_is_revoked(maria: Member, client_for: ClientFor) -> None:
    token, program = token_of(maria)
    assert not dead(program)
    client_for(maria).post(f"{PAGE}{token.reference}/revoke/")
    assert dead(program)


def test_a_token_dies_with_its_membership_or_its_person(maria: Member, lee: Member) -> None:
    token, program = token_of(maria)
    actions.end_member(maria, by=None)
    assert dead(program)
    _, other = token_of(lee)
    lee.user.is_active = False
    lee.user.save()
    assert dead(other)
    assert token.revoked_at is None


def test_a_token_runs_out(maria: Member) -> None:
    with time_machine.travel(datetime(2027, 3, 2, 15, 0, tzinfo=UTC), tick=False) as clock:
        _, program = token_of(maria, days=1)
        clock.shift(timedelta(hours=23, minutes=59))
        assert not dead(program)
        clock.shift(timedelta(minutes=1))
        assert dead(program)


@pytest.mark.parametrize("days", [0, -1, 91, 10_000])
def test_no_token_lasts_longer_than_ninety_days(days: int, maria: Member, client_for: ClientFor) -> None:
    with pytest.raises(Invalid):
        actions.make_token("Calendar", scope="read", days=days, by=maria)
    assert client_for(maria).post(NEW, {"name": "x", "scope": "read", "days": days}).status_code == 400
    assert not ApiToken.objects.exists()


def test_the_database_refuses_a_longer_one_too(maria: Member) -> None:
    token, _ = token_of(maria)
    with pytest.raises(IntegrityError):
        ApiToken.objects.filter(pk=token.pk).update(expires_at=token.made_at + timedelta(days=91))


def test_a_token_of_one_office_opens_nothing_of_another(maria: Member, tom: Member, texas: Office) -> None:
    there = make_member(texas, "lead", user=maria.user)
    theirs, ours = make.drafted(tom), make.drafted(maria)
    _, program = token_of(maria)
    assert program.get(f"/api/v1/engagements/{ours.reference}/").status_code == 200
    assert program.get(f"/api/v1/engagements/{theirs.reference}/").status_code == 404
    asked = program.get(ME, **{"Acting-For": f"{there.office.reference}/lead"})
    assert asked.status_code == 403


def test_a_dead_token_is_not_taken_for_the_session_beside_it(maria: Member, client_for: ClientFor) -> None:
    token, program = token_of(maria)
    program.client.cookies = client_for(maria).cookies
    assert program.get(ME).status_code == 200
    ApiToken.objects.filter(pk=token.pk).delete()
    assert dead(program)


@pytest.mark.parametrize("secret", ["", "sdd_", "x", "sdd_" + "A" * 43, "é", "a b c", "%00" * 40, "A" * 5000])
def test_what_is_no_token_is_refused(secret: str, maria: Member) -> None:
    token_of(maria)
    assert dead(Program(secret))


def test_a_token_opens_no_page(maria: Member) -> None:
    _, program = token_of(maria, "write")
    for page in ("/", PAGE, NEW, "/people/profile/", "/operator/"):
        assert program.get(page).status_code == 302, page


@pytest.mark.parametrize("move", ["release", "recall"])
def test_a_token_releases_and_recalls_nothing(
    move: str, briefer: Member, second_briefer: Member, gov: Member
) -> None:
    briefing = make_briefing.submitted(briefer, audience=[make_briefing.for_person(gov)])
    _, program = token_of(second_briefer, "write")
    answer = program.post(
        f"/api/v1/briefings/{briefing.reference}/{move}/", {}, If_Match=f'"{briefing.version}"'
    )
    assert (answer.status_code, answer.json()["title"]) == (403, "Confirm that it is you")
    briefing.refresh_from_db()
    assert briefing.status == "submitted"


def test_a_token_works_for_who_must_show_a_passkey_and_is_made_only_after_showing_it(
    liaison: Member, client_for: ClientFor, strict: Settings
) -> None:
    _, program = token_of(liaison)
    assert not dead(program)
    Authenticator.objects.create(user=liaison.user, type="webauthn", data={"name": "Key", "credential": {}})
    client = proved(client_for(liaison), liaison.user, "webauthn", ago=3600)
    answer = client.post(NEW, {"name": "x", "scope": "read", "days": 1})
    assert answer.status_code == 302
    assert ApiToken.objects.count() == 1


def test_somebody_elses_token_does_not_exist(maria: Member, lee: Member, client_for: ClientFor) -> None:
    token, program = token_of(maria)
    client = client_for(lee)
    assert "Calendar" not in client.get(PAGE).content.decode()
    for method in (client.get, client.post):
        there, nowhere = method(f"{PAGE}{token.reference}/revoke/"), method(f"{PAGE}K-00000000/revoke/")
        assert there.status_code == nowhere.status_code == 404
        assert there.content == nowhere.content
    assert not dead(program)


def test_the_last_use_is_a_day_and_one_write(maria: Member, asks: Counting) -> None:
    token, program = token_of(maria)
    program.get(ME)
    token.refresh_from_db()
    assert token.last_used_on is not None
    with asks(most=6) as asked:
        program.get(ME)
    assert not [query for query in asked.own if query.startswith("UPDATE")]


def test_no_log_line_holds_a_token(maria: Member, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _, program = token_of(maria)
        for path in (ME, "/api/v1/nowhere/", "/api/v1/engagements/E-00000000/"):
            program.get(path)
        program.post(ME)
        secret = program.headers["Authorization"].removeprefix("Bearer ")
        Program(secret + "x").get(ME)
    assert secret not in caplog.text
