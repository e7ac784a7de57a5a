"""Writing, two people, release, recall, expiry."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Member
from activity.models import Entry, Notice
from briefings import actions, audience, rules, tailoring, tasks
from briefings.choices import Status
from briefings.models import AudienceRule, Briefing, Delivery, Section
from diplomacy.lib.errors import Conflict, Forbidden, Invalid, Stale
from tests.factories import briefings as make
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("kind", flat=True))


def test_only_federal_briefers_write(maria: Member, liaison: Member) -> None:
    for person in (maria, liaison):
        with pytest.raises(Forbidden):
            make.drafted(person)


def test_only_the_author_changes_a_draft(briefer: Member, second_briefer: Member) -> None:
    briefing = make.drafted(briefer)
    with pytest.raises(Forbidden):
        actions.change(briefing, actions.Writing({"title": "Other"}), by=second_briefer, version=1)


def test_a_stale_change_is_refused_and_saves_nothing(briefer: Member) -> None:
    briefing = make.drafted(briefer)
    actions.change(briefing, actions.Writing({"title": "Newer"}), by=briefer, version=1)
    with pytest.raises(Stale):
        actions.change(briefing, actions.Writing({"title": "Older"}, sections=[]), by=briefer, version=1)
    briefing.refresh_from_db()
    assert (briefing.title, briefing.sections.count()) == ("Newer", 1)


def test_sections_keep_the_rules_that_narrow_them_when_they_move(briefer: Member, maria: Member) -> None:
    parts = [make.section(heading="One"), make.section(heading="Two")]
    briefing = make.drafted(
        briefer, sections=parts, audience=[make.for_office(maria), make.for_person(maria, section=1)]
    )
    one, two = briefing.sections.all()
    turned = [parts[1] | {"id": two.pk}, parts[0] | {"id": one.pk}]
    actions.change(briefing, actions.Writing(sections=turned), by=briefer, version=1)
    assert [section.heading for section in briefing.sections.all()] == ["Two", "One"]
    assert briefing.audience.get(section__isnull=False).section == two


def test_another_briefings_section_cannot_be_taken_by_its_id(briefer: Member, second_briefer: Member) -> None:
    theirs = make.drafted(second_briefer).sections.get()
    mine = make.drafted(briefer)
    stolen = [make.section(heading="Mine now") | {"id": theirs.pk}]
    actions.change(mine, actions.Writing(sections=stolen), by=briefer, version=1)
    theirs.refresh_from_db()
    assert theirs.heading == "Before you meet"
    assert mine.sections.get().pk != theirs.pk


@pytest.mark.parametrize(
    ("said", "field"),
    [({"sections": []}, "sections"), ({"audience": []}, "audience")],
)
def test_a_briefing_is_whole_before_it_is_submitted(
    briefer: Member, maria: Member, said: dict[str, Any], field: str
) -> None:
    draft = make.drafted(briefer, **({"audience": [make.for_person(maria)]} | said))
    with pytest.raises(Invalid) as refused:
        actions.submit(draft, by=briefer)
    assert field in refused.value.fields


def test_a_briefing_nobody_would_receive_is_not_submitted(briefer: Member, maria: Member) -> None:
    draft = make.drafted(briefer, sections=[make.section("RED")], audience=[make.for_office(maria)])
    with pytest.raises(Invalid, match="Nobody would receive it"):
        actions.submit(draft, by=briefer)


def test_submitting_asks_the_other_briefers(briefer: Member, second_briefer: Member, maria: Member) -> None:
    make.submitted(briefer, audience=[make.for_person(maria)])
    told = Notice.objects.filter(entry__kind="briefings.submitted")
    assert [notice.recipient for notice in told] == [second_briefer.user]


def test_nobody_releases_their_own_briefing(briefer: Member, maria: Member) -> None:
    briefing = make.submitted(briefer, audience=[make.for_person(maria)])
    with pytest.raises(Forbidden, match="Two people release a briefing"):
        actions.release(briefing, by=briefer)


def test_an_author_with_a_second_membership_is_still_the_author(
    briefer: Member, desk_japan: Any, maria: Member
) -> None:
    briefing = make.submitted(briefer, audience=[make.for_person(maria)])
    elsewhere = make_member(desk_japan, "briefer", user=briefer.user)
    with pytest.raises(Forbidden):
        actions.release(briefing, by=elsewhere)
    assert not rules.may("release", briefing, elsewhere)


def test_the_database_refuses_one_person_as_author_and_releaser(briefer: Member, maria: Member) -> None:
    briefing = make.submitted(briefer, audience=[make.for_person(maria)])
    moved = {"status": "released", "released_at": timezone.now(), "released_by": briefer.user}
    with pytest.raises(IntegrityError, match="nobody_releases_their_own_briefing"), transaction.atomic():
        Briefing.objects.filter(pk=briefing.pk).update(**moved)


def test_a_briefer_of_another_office_may_do_nothing(briefer: Member, desk_japan: Any, maria: Member) -> None:
    other = make_member(desk_japan, "briefer")
    briefing = make.submitted(briefer, audience=[make.for_person(maria)])
    assert rules.allowed(briefing, other) == []
    assert not Briefing.objects.visible_to(other.user).exists()
    with pytest.raises(Forbidden):
        actions.release(briefing, by=other)


def test_a_liaison_of_the_same_desk_does_not_see_the_writing_side(
    briefer: Member, liaison: Member, desk_lead: Member
) -> None:
    make.drafted(briefer)
    for person in (liaison, desk_lead):
        assert not Briefing.objects.visible_to(person.user).exists()


def test_release_makes_one_copy_a_reader_and_tells_each(
    briefer: Member, second_briefer: Member, maria: Member, gov: Member, tom: Member
) -> None:
    parts = [make.section("AMBER"), make.section("RED", "For the governor", "Say nothing of the dam.")]
    said = [make.for_office(maria), make.for_person(gov)]
    briefing = make.released(briefer, second_briefer, sections=parts, audience=said)
    copies = {copy.recipient: [part.heading for part in copy.cut] for copy in briefing.deliveries.all()}
    assert copies == {gov.user: ["Before you meet", "For the governor"], maria.user: ["Before you meet"]}
    told = Notice.objects.filter(entry__kind="briefings.delivered")
    assert {notice.recipient for notice in told} == {gov.user, maria.user}
    for notice in told:
        copy = Delivery.objects.get(pk=notice.entry.subject_id)
        assert copy.recipient == notice.recipient
        assert notice.entry.data == {}
    assert kinds()[-3:] == ["briefings.released", "briefings.delivered", "briefings.delivered"]


def test_release_is_refused_when_who_receives_what_has_changed_since_one_looked(
    briefer: Member, second_briefer: Member, maria: Member, california: Any
) -> None:
    briefing = make.submitted(briefer, audience=[make.for_office(maria)])
    seen = tailoring.fingerprint(audience.cuts_of(briefing))
    make_member(california, "staff", name="Nora New")
    with pytest.raises(Stale, match="has changed since you looked"):
        actions.release(briefing, by=second_briefer, seen=seen)
    assert not Delivery.objects.exists()
    actions.release(briefing, by=second_briefer, seen=tailoring.fingerprint(audience.cuts_of(briefing)))


def test_a_changed_version_is_not_released_unread(
    briefer: Member, second_briefer: Member, maria: Member
) -> None:
    briefing = make.submitted(briefer, audience=[make.for_person(maria)])
    read = briefing.version
    actions.return_to_author(briefing, by=briefer)
    briefing.refresh_from_db()
    changed = actions.change(
        briefing, actions.Writing({"title": "New"}), by=briefer, version=briefing.version
    )
    actions.submit(changed, by=briefer)
    with pytest.raises(Stale):
        actions.release(briefing, by=second_briefer, version=read)


def test_the_author_hears_why_it_came_back(briefer: Member, second_briefer: Member, maria: Member) -> None:
    briefing = make.submitted(briefer, audience=[make.for_person(maria)])
    with pytest.raises(Invalid):
        actions.return_to_author(briefing, by=second_briefer)
    back = actions.return_to_author(briefing, by=second_briefer, reason="Name the source.")
    assert (back.status, back.returned_because) == (Status.DRAFT, "Name the source.")
    assert Notice.objects.get(entry__kind="briefings.returned").recipient == briefer.user


def test_what_is_released_cannot_be_changed(briefer: Member, second_briefer: Member, maria: Member) -> None:
    briefing = make.released(briefer, second_briefer, audience=[make.for_person(maria)])
    with pytest.raises(Conflict):
        actions.change(briefing, actions.Writing({"title": "x"}), by=briefer, version=briefing.version)
    for change in (
        lambda: Section.objects.filter(briefing=briefing).update(body="Changed"),
        lambda: Section.objects.create(briefing=briefing, order=9, heading="x", body="x", label="CLEAR"),
        lambda: AudienceRule.objects.filter(briefing=briefing).delete(),
        lambda: Briefing.objects.filter(pk=briefing.pk).update(title="Changed"),
        lambda: Briefing.objects.filter(pk=briefing.pk).update(author=maria.user),
        briefing.deliveries.get().sections.clear,
    ):
        with pytest.raises(IntegrityError, match=r"is not a draft|keeps its sections"), transaction.atomic():
            change()


def test_recall_needs_a_reason_and_takes_every_copy_back(
    briefer: Member, second_briefer: Member, maria: Member
) -> None:
    copy = make.delivered(briefer, second_briefer, maria)
    with pytest.raises(Invalid):
        actions.recall(copy.briefing, by=briefer, reason=" ")
    actions.recall(copy.briefing, by=briefer, reason="The date was wrong.")
    copy = Delivery.objects.get(pk=copy.pk)
    assert (copy.is_readable, copy.cut, copy.title) == (False, [], "Recalled briefing")
    assert Notice.objects.get(entry__kind="briefings.recalled").recipient == maria.user
    assert not Delivery.objects.visible_to(maria.user).readable().exists()


def test_a_briefing_expires_after_its_last_day(
    briefer: Member, second_briefer: Member, maria: Member
) -> None:
    today = timezone.localdate()
    briefing = make.released(briefer, second_briefer, audience=[make.for_person(maria)], expires_on=today)
    assert tasks.expire() == 0
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        copy = briefing.deliveries.get()
        assert not copy.is_readable
        assert tasks.expire() == 1
        assert tasks.expire() == 0
    briefing.refresh_from_db()
    assert briefing.status == Status.EXPIRED
    assert kinds().count("briefings.expired") == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_release_at_once_make_one_set_of_copies(
    briefer: Member, second_briefer: Member, maria: Member, desk_mexico: Any
) -> None:
    third = make_member(desk_mexico, "briefer")
    briefing = make.submitted(briefer, audience=[make.for_office(maria)])
    start, outcomes = threading.Barrier(2), []

    def press(by: Member) -> None:
        start.wait()
        try:
            actions.release(briefing, by=by)
            outcomes.append("released")
        except Conflict:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[by]) for by in (second_briefer, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "released"]
    assert Delivery.objects.count() == 1
    assert kinds().count("briefings.delivered") == 1
