"""What somebody tries who has an account, but not for this."""

import base64
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, Office, User
from activity import timeline
from activity.models import Notice
from engagements import actions
from engagements.choices import Position, Visibility
from engagements.models import Advice, AdviceRequest, Engagement
from tests.conftest import ClientFor
from tests.factories import briefings as make_briefing
from tests.factories import engagements as make
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db


def restricted(engagement: Engagement, by: Member, *named: Member) -> Engagement:
    return actions.share(
        engagement, by=by, visibility=Visibility.RESTRICTED, people=[member.user for member in named]
    )


def test_a_briefing_keeps_no_window_on_an_engagement_that_its_author_may_not_see_any_more(
    maria: Member, briefer: Member, client_for: ClientFor
) -> None:
    engagement = make.filed(maria)
    actions.share(engagement, by=maria, visibility=Visibility.PUBLIC)
    briefing = make_briefing.drafted(briefer, engagement=engagement)
    restricted(engagement, maria)
    Engagement.objects.filter(pk=engagement.pk).update(title="Secret canary")
    here = reverse("briefings:change", args=[briefing.reference])
    browser = client_for(briefer)

    page = browser.get(here).content.decode()
    assert "Secret canary" not in page
    assert engagement.reference not in page

    guess = {"title": "T", "about": "Secret canary", "version": 1, "sections-TOTAL_FORMS": 0}
    said = guess | {"sections-INITIAL_FORMS": 0, "sections-MIN_NUM_FORMS": 0, "sections-MAX_NUM_FORMS": 30}
    assert browser.post(here, said).status_code == 400


def test_leaving_the_office_takes_the_advice_on_its_restricted_engagements_along(
    maria: Member, lee: Member, liaison: Member, desk_lead: Member, texas: Office
) -> None:
    request = make.requested(maria, liaison)
    restricted(request.engagement, maria, lee)
    actions.take(request, by=desk_lead)
    actions.give_advice(request, by=desk_lead, position=Position.SUPPORT, reasoning="Go.")
    assert Advice.objects.visible_to(lee.user).exists()

    Member.objects.filter(pk=lee.pk).update(ends_on=timezone.localdate(), starts_on=timezone.localdate())
    make_member(texas, "staff", user=lee.user)
    moved = User.objects.get(pk=lee.user_id)

    assert not Advice.objects.visible_to(moved).exists()
    assert not AdviceRequest.objects.visible_to(moved).exists()
    kinds = {entry.kind for entry in timeline.of(request.engagement, moved)}
    assert not {kind for kind in kinds if "advice" in kind}


def test_office_notes_on_a_restricted_engagement_leave_no_line_for_others_named_on_it(
    maria: Member, lee: Member, tom: Member
) -> None:
    engagement = restricted(make.filed(maria), maria, lee, tom)
    actions.note_for_office(engagement, by=maria, text="Ours.")
    assert "engagements.noted" in {entry.kind for entry in timeline.of(engagement, lee.user)}
    assert "engagements.noted" not in {entry.kind for entry in timeline.of(engagement, tom.user)}


def told(member: Member) -> set[str]:
    return set(Notice.objects.filter(recipient=member.user).values_list("entry__kind", flat=True))


def test_who_is_named_on_a_restricted_engagement_from_outside_never_hears_of_its_advice(
    maria: Member, lee: Member, tom: Member, liaison: Member, desk_lead: Member
) -> None:
    request = make.requested(maria, liaison)
    restricted(request.engagement, maria, lee, tom)
    actions.take(request, by=desk_lead)
    actions.ask_question(request, by=desk_lead, text="Who pays?")
    assert "engagements.question_asked" in told(lee)
    assert not {kind for kind in told(tom) if "advice" in kind or "question" in kind}


def test_liaisons_hear_nothing_more_of_what_was_restricted_after_they_advised(
    maria: Member, liaison: Member, desk_lead: Member
) -> None:
    advice = make.advised(maria, liaison)
    engagement = restricted(advice.request.engagement, maria)
    before = told(liaison)
    actions.respond(advice, by=maria, kind="followed")
    Engagement.objects.filter(pk=engagement.pk).update(
        starts_on=timezone.localdate() - timedelta(days=2), ends_on=timezone.localdate()
    )
    actions.report(actions.hold(engagement, by=maria), by=maria, summary="It went well.")
    assert told(liaison) == before
    assert "engagements.advice_responded" in told(desk_lead)


def test_a_notice_of_what_is_hidden_now_does_not_say_what_it_was(
    maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    restricted(make.advised(maria, liaison).request.engagement, maria)
    lines = client_for(liaison).get("/api/v1/notices/").json()["results"]
    assert lines
    assert {line["kind"] for line in lines} == {""}


def test_only_who_may_see_it_is_named(maria: Member, tom: Member) -> None:
    """A name without sight would be told of every change."""
    engagement = make.filed(maria)
    actions.share(engagement, by=maria, visibility=Visibility.FEDERAL, people=[tom.user])
    actions.postpone(engagement, by=maria)
    assert not told(tom)


@pytest.mark.parametrize("place", ["[" * 5000, '[null, "' + "9" * 4000 + '"]', f"[null, {10**400}]"])
def test_a_hostile_cursor_opens_the_first_page(maria: Member, client_for: ClientFor, place: str) -> None:
    cursor = base64.urlsafe_b64encode(place.encode()).decode()
    browser = client_for(maria)
    for name in ("engagements:list", "counterparts:list", "activity:notices", "briefings:mine"):
        for side in ("after", "before"):
            assert browser.get(reverse(name), {side: cursor}).status_code == 200, name


@pytest.mark.parametrize("value", ["x", "2026-01-01", None, 5])
def test_a_cursor_of_another_list_opens_the_first_page(
    maria: Member, liaison: Member, client_for: ClientFor, value: object
) -> None:
    for pk in (10**18, 10**19, 10**30, -1):
        cursor = base64.urlsafe_b64encode(json.dumps([value, pk]).encode()).decode()
        for person, name in (
            (maria, "counterparts:list"),
            (maria, "activity:notices"),
            (liaison, "engagements:queue"),
        ):
            assert client_for(person).get(reverse(name), {"after": cursor}).status_code == 200, (name, pk)


def test_a_mail_server_that_is_down_does_not_tell_which_addresses_have_an_account(
    maria: Member, settings: object
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    answers = []
    for address in (maria.user.email, "nobody@example.com"):
        browser = Client(raise_request_exception=False)
        answer = browser.post(reverse("account_reset_password"), {"email": address})
        answers.append((answer.status_code, answer.headers.get("Location")))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("end", ["%00", "%0a", "%ff", "%ed%a0%80", "'--"])
def test_a_hostile_division_is_one_that_does_not_exist(
    maria: Member, client_for: ClientFor, end: str
) -> None:
    answer = client_for(maria).get(f"/api/v1/divisions/ocd-division/country:us{end}/")
    assert answer.status_code == 404
