"""What has run out goes by itself; what holds, or has only just ended, stays."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import actions
from accounts.models import ApiToken, Invitation, Member
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db


def at(session: str, member: Member, ends: timedelta) -> None:
    Session.objects.create(session_key=session, session_data="", expire_date=timezone.now() + ends)
    UserSession.objects.create(user=member.user, session_key=session, ip="192.0.2.1", user_agent="x")


def test_sessions_that_have_run_out_go_with_what_was_noted_of_them(maria: Member) -> None:
    at("alive", maria, timedelta(hours=1))
    at("over", maria, timedelta(seconds=-1))
    UserSession.objects.create(user=maria.user, session_key="gone long ago", ip="192.0.2.1", user_agent="x")
    actions.forget()
    assert [row.session_key for row in Session.objects.all()] == ["alive"]
    assert [row.session_key for row in UserSession.objects.all()] == ["alive"]


def test_an_open_session_goes_on(maria: Member, client_for: ClientFor) -> None:
    client = client_for(maria)
    client.get("/")
    actions.forget()
    assert client.get("/").status_code == 200


def test_tokens_and_invitations_go_ninety_days_after_their_end(maria: Member, lee: Member) -> None:
    now = timezone.now()
    for name, ends, revoked in (
        ("alive", 10, None),
        ("over", -89, None),
        ("long over", -91, None),
        ("taken back", -20, -91),
    ):
        ApiToken.objects.create(
            member=maria,
            name=name,
            digest=name,
            made_at=now + timedelta(days=ends - 5),
            expires_at=now + timedelta(days=ends),
            revoked_at=now + timedelta(days=revoked) if revoked else None,
        )
        Invitation.objects.create(
            office=lee.office,
            role="staff",
            email=f"{name.replace(' ', '.')}@example.gov",
            secret_digest=name,
            invited_by=lee,
            expires_at=now + timedelta(days=ends),
            withdrawn_at=now + timedelta(days=revoked) if revoked else None,
        )
    actions.forget()
    assert set(ApiToken.objects.values_list("name", flat=True)) == {"alive", "over"}
    assert set(Invitation.objects.values_list("secret_digest", flat=True)) == {"alive", "over"}
