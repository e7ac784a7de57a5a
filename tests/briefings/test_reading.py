"""What a reader has: their copy, while they may; opening, acknowledging, asking."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Member, Office, User
from activity import timeline
from activity.models import Entry, Notice
from briefings import actions
from briefings.models import Briefing, Delivery, ReaderQuestion
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from tests.factories import briefings as make
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db


def again(user: User) -> User:
    """As the next request reads them."""
    return User.objects.get(pk=user.pk)


def test_only_the_recipient_reads_a_copy(
    briefer: Member, second_briefer: Member, gov: Member, maria: Member, tom: Member, operator: User
) -> None:
    make.delivered(briefer, second_briefer, gov)
    assert Delivery.objects.visible_to(gov.user).exists()
    for person in (maria.user, tom.user, briefer.user, operator):
        assert not Delivery.objects.visible_to(person).exists()
    assert not Briefing.objects.visible_to(gov.user).exists()


def test_a_removed_member_loses_the_copy_at_the_next_request(
    briefer: Member, second_briefer: Member, gov: Member, texas: Office
) -> None:
    make.delivered(briefer, second_briefer, gov)
    make_member(texas, "reader", user=gov.user)
    accounts.end_member(gov, by=None)
    assert again(gov.user).standing
    assert not Delivery.objects.visible_to(again(gov.user)).exists()


def test_a_closed_account_loses_the_copy(briefer: Member, second_briefer: Member, gov: Member) -> None:
    make.delivered(briefer, second_briefer, gov)
    User.objects.filter(pk=gov.user_id).update(is_active=False)
    assert not Delivery.objects.visible_to(again(gov.user)).exists()


def test_the_first_opening_is_noted_and_logged_once(
    briefer: Member, second_briefer: Member, gov: Member
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    first = actions.mark_opened(copy, by=gov).opened_at
    assert actions.mark_opened(copy, by=gov).opened_at == first
    assert Entry.objects.filter(kind="briefings.opened", subject_id=copy.pk).count() == 1


def test_reading_again_is_a_line_for_auditors_once_an_hour_and_not_for_the_briefers(
    briefer: Member, second_briefer: Member, gov: Member
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    actions.mark_opened(copy, by=gov)
    for _ in range(3):
        actions.mark_opened(copy, by=gov)
    assert not Entry.objects.about(copy).filter(kind="briefings.opened_again").exists()
    Delivery.objects.filter(pk=copy.pk).update(opened_at=timezone.now() - timedelta(minutes=61))
    for _ in range(3):
        actions.mark_opened(Delivery.objects.get(pk=copy.pk), by=gov)
    lines = Entry.objects.about(copy).filter(kind="briefings.opened_again")
    assert [line.actor_id for line in lines] == [gov.user_id]
    assert "briefings.opened_again" not in {line.kind for line in timeline.of(copy, briefer.user)}


def test_acknowledging_twice_is_acknowledging_once(
    briefer: Member, second_briefer: Member, gov: Member
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    first = actions.acknowledge(copy, by=gov)
    assert first.opened_at is not None
    assert actions.acknowledge(copy, by=gov).acknowledged_at == first.acknowledged_at
    assert Entry.objects.filter(kind="briefings.acknowledged").count() == 1


def test_nobody_acknowledges_for_another(
    briefer: Member, second_briefer: Member, gov: Member, lee: Member
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    for act in (actions.acknowledge, actions.mark_opened):
        with pytest.raises(Forbidden):
            act(copy, by=lee)


def test_a_question_goes_to_the_briefers_and_the_answer_to_the_reader(
    briefer: Member, second_briefer: Member, gov: Member
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    question = actions.ask(copy, by=gov, text="Who will speak first?")
    assert actions.ask(copy, by=gov, text="Who will speak first?") == question
    told = Notice.objects.filter(entry__kind="briefings.asked")
    assert {notice.recipient for notice in told} == {briefer.user, second_briefer.user}
    actions.answer(question, by=second_briefer, text="The host.")
    assert Notice.objects.get(entry__kind="briefings.answered").recipient == gov.user
    with pytest.raises(Conflict):
        actions.answer(question, by=briefer, text="Again.")


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_question_is_refused(
    briefer: Member, second_briefer: Member, gov: Member, text: str
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    with pytest.raises(Invalid):
        actions.ask(copy, by=gov, text=text)


def test_questions_are_between_the_reader_and_the_briefers(
    briefer: Member, second_briefer: Member, gov: Member, maria: Member
) -> None:
    briefing = make.released(briefer, second_briefer, audience=[make.for_office(gov)])
    actions.ask(briefing.deliveries.get(recipient=gov.user), by=gov, text="Why?")
    seen = {
        person.user.name: ReaderQuestion.objects.visible_to(person.user).count()
        for person in (gov, maria, briefer, second_briefer)
    }
    assert seen == {"Gale Overton": 1, "Maria Lopez": 0, "Bo Briefer": 1, "Sam Briefer": 1}


def test_a_recalled_briefing_takes_no_acknowledgement_and_no_question(
    briefer: Member, second_briefer: Member, gov: Member
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    actions.recall(copy.briefing, by=second_briefer, reason="Wrong date.")
    with pytest.raises(Conflict):
        actions.acknowledge(copy, by=gov)
    with pytest.raises(Conflict):
        actions.ask(copy, by=gov, text="Why?")
    assert not ReaderQuestion.objects.visible_to(gov.user).exists()


def test_the_log_of_a_briefing_holds_no_content(briefer: Member, second_briefer: Member, gov: Member) -> None:
    canary = "CANARY-7731"
    parts = [make.section(heading=canary, body=canary)]
    copy = make.delivered(briefer, second_briefer, gov, sections=parts, title=canary)
    actions.ask(copy, by=gov, text=canary)
    actions.recall(copy.briefing, by=briefer, reason=canary)
    assert not [entry for entry in Entry.objects.all() if canary in str(entry.data)]
