"""Two people at the same moment, on real connections: one answer, one engagement, one word of it."""

import pytest

from accounts.models import Member
from activity import actions as activity
from activity.models import Entry
from engagements import actions
from engagements.models import Engagement, Referral, ReferralEngagement
from tests.engagements.test_races import at_once
from tests.factories import referrals as refer
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db(transaction=True)


def test_taken_up_and_declined_at_once_is_one_of_them(maria: Member, tom: Member) -> None:
    referral, lead = refer.referred(maria, tom.office), make_member(tom.office, "lead")
    outcomes = at_once(
        lambda: actions.take_up_referral(referral, by=tom),
        lambda: actions.decline_referral(referral, by=lead, reason="No port."),
    )
    assert sorted(outcomes) == ["Conflict", "done"]
    kinds = {"engagements.referral_taken_up", "engagements.referral_declined"}
    assert Entry.objects.filter(kind__in=kinds).count() == 1
    held = Referral.objects.get()
    assert (held.status == "declined") == (held.reason == "No port.")


def test_withdrawn_at_the_moment_it_is_taken_up_is_one_of_them(maria: Member, tom: Member) -> None:
    referral = refer.referred(maria, tom.office)
    outcomes = at_once(
        lambda: actions.withdraw_referral(referral, by=maria, version=1),
        lambda: actions.take_up_referral(referral, by=tom, version=1),
    )
    assert sorted(outcomes) == ["Stale", "done"]
    assert Referral.objects.get().status in {"withdrawn", "taken_up"}


def test_closed_by_two_people_at_once_says_one_outcome(maria: Member, tom: Member) -> None:
    referral, lead = refer.taken_up(maria, tom), make_member(tom.office, "lead")
    outcomes = at_once(
        lambda: actions.close_referral(referral, by=tom, outcome="contact", text="We wrote."),
        lambda: actions.close_referral(referral, by=lead, outcome="nothing", text="They left."),
    )
    assert sorted(outcomes) == ["Conflict", "done"]
    held = Referral.objects.get()
    assert (held.outcome, held.outcome_text) in {("contact", "We wrote."), ("nothing", "They left.")}


def test_planned_by_two_people_at_once_is_one_engagement(maria: Member, tom: Member) -> None:
    referral, lead = refer.taken_up(maria, tom), make_member(tom.office, "lead")
    outcomes = at_once(
        lambda: actions.plan_from_referral(referral, by=tom),
        lambda: actions.plan_from_referral(referral, by=lead),
    )
    assert outcomes == ["done", "done"]
    assert Engagement.objects.count() == ReferralEngagement.objects.count() == 1


def test_corrected_by_two_people_at_once_keeps_all_that_was_said(maria: Member, tom: Member) -> None:
    referral, lead = refer.closed(maria, tom), make_member(tom.office, "lead")
    outcomes = at_once(
        lambda: actions.correct_referral(referral, by=tom, outcome="nothing", text="They left."),
        lambda: actions.correct_referral(referral, by=lead, outcome="passed_on", text="Houston has it."),
    )
    assert outcomes == ["done", "done"]
    held = Referral.objects.get()
    said = {held.outcome_text, *(one["text"] for one in held.earlier)}
    assert said == {"They left.", "Houston has it.", "We sent them three names."}


def test_a_form_sent_twice_at_once_sends_one(maria: Member, tom: Member) -> None:
    matter = refer.matter(maria, tom.office)

    def send() -> object:
        return activity.once(
            "key", user_id=maria.user_id, digest="d", make=lambda: actions.refer(matter, by=maria)
        )

    assert at_once(send, send, send) == ["done", "done", "done"]
    assert Referral.objects.count() == 1
