"""What an office can find out, by plans that cross, of another that did not want to be known: a hostile service's own
account in a small city hall, with patience."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from activity.models import Notice
from counterparts import actions as register
from diplomacy.lib.errors import Conflict
from engagements import actions
from engagements.models import CoordinatorQuestion, Engagement, OverlapSide
from tests.access.matrix.asking import TOKEN
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.factories import overlaps as cross
from tests.factories.overlaps import Crossing

pytestmark = pytest.mark.django_db


def now(engagement: Engagement) -> Engagement:
    return Engagement.objects.get(pk=engagement.pk)


def prefer(engagement: Engagement, by: Member, coordination: str, visibility: str = "federal") -> None:
    actions.share(now(engagement), by=by, visibility=visibility, coordination=coordination)


def on(engagement: Engagement, by: Member, **fields: Any) -> None:
    actions.amend(now(engagement), actions.Plan(fields=fields), by=by, version=now(engagement).version)


def side_of(here: Crossing) -> OverlapSide:
    return OverlapSide.objects.get(pk=here.our_side.pk)


def seen_by(browser: Client, here: Crossing) -> list[bytes]:
    """All that an office looks at: pages, lists, counts, its own plan, the API with its tags."""
    doors = ("/", "/overlaps/", "/overlaps/?tab=ended", f"/engagements/{here.ours.reference}/", "/notices/")
    api = ("/api/v1/overlaps/", f"/api/v1/engagements/{here.ours.reference}/", "/api/v1/notices/")
    answers = [browser.get(address) for address in (*doors, *api, f"/overlaps/{here.our_side.reference}/")]
    return [answer.headers.get("ETag", "").encode() + TOKEN.sub(b"", answer.content) for answer in answers]


def settled(client_for: ClientFor, member: Member, here: Crossing) -> list[bytes]:
    browser = client_for(member)
    browser.get("/notices/")  # the first look at a page may mark something as seen
    return seen_by(browser, here)


def test_how_often_a_blind_plan_changed_shows_in_no_version_once_it_speaks(
    maria: Member, tom: Member
) -> None:
    """Whoever was there all along looks like whoever has just come."""
    here = cross.crossing(maria, tom, ours="introduce", theirs="blind")
    for days in (200, 33):
        on(here.theirs, tom, starts_on=make.in_days(days), ends_on=make.in_days(days + 1))
    assert side_of(here).has_ended is False
    prefer(here.theirs, tom, "signal")
    assert (side_of(here).cell, side_of(here).version) == ("signal", 1)


def test_what_was_read_before_a_plan_was_hidden_is_stale_when_it_is_back(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom)
    before = side_of(here).version
    prefer(here.theirs, tom, "blind")
    prefer(here.theirs, tom, "signal")
    assert side_of(here).version > before


def test_an_answer_to_a_question_about_what_has_vanished_tells_its_office_nothing(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    """The other plan turned blind, or was cancelled: the office that had asked cannot tell which."""
    here = cross.crossing(maria, tom)
    question = actions.ask_coordinator(here.our_side, by=maria, text="Who is it?")
    prefer(here.theirs, tom, "blind")
    before = settled(client_for, maria, here)
    notices = Notice.objects.filter(recipient=maria.user).count()
    held = CoordinatorQuestion.objects.get(pk=question.pk)
    with pytest.raises(Conflict):
        actions.answer_office(held, by=liaison, text="It is Austin.")
    assert Notice.objects.filter(recipient=maria.user).count() == notices
    assert settled(client_for, maria, here) == before
    prefer(here.theirs, tom, "signal")
    actions.answer_office(CoordinatorQuestion.objects.get(pk=question.pk), by=liaison, text="Ask them.")
    assert Notice.objects.filter(recipient=maria.user).count() > notices


def test_nothing_that_a_blind_office_does_reaches_the_other(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    """It amends, asks coordinators and is answered, sets aside, takes up, restricts, is cancelled: each time all that the
    other office looks at stays byte for byte as it was."""
    here = cross.crossing(maria, tom, ours="introduce", theirs="blind")
    before = settled(client_for, maria, here)

    def same(after: str) -> None:
        assert settled(client_for, maria, here) == before, after

    on(here.theirs, tom, title="Another title", starts_on=make.in_days(32), ends_on=make.in_days(36))
    same("amended")
    question = actions.ask_coordinator(here.again().their_side, by=tom, text="May we meet them?")
    same("asked")
    actions.answer_office(CoordinatorQuestion.objects.get(pk=question.pk), by=liaison, text="Better not.")
    same("answered")
    actions.set_aside(here.again().their_side, by=tom, reason="Another subject.")
    same("set aside")
    actions.take_up(here.again().their_side, by=tom)
    same("taken up")
    prefer(here.theirs, tom, "blind", "restricted")
    same("restricted")
    prefer(here.theirs, tom, "blind")
    same("back")
    actions.cancel(now(here.theirs), by=tom, reason="No money.")
    same("cancelled")


def test_a_name_that_was_merged_away_hides_nobodys_plan_and_no_possible_match(
    maria: Member, tom: Member, lee: Member
) -> None:
    """Neither the lists nor the search for crossing plans look at it: whoever could still meet it would be found by nobody,
    coordinators among them."""
    met, old, older = (
        make.counterpart(maria, name=name, country="JP", subdivision="JP-01") for name in "ABC"
    )
    register.merge(old, older, by=lee)
    register.merge(met, old, by=lee)
    theirs = cross.filed(tom, met, "introduce", topics=["trade"])
    for name in (old, older):
        name.refresh_from_db()
        person = {"side": "theirs", "name": "Julia Ejemplo", "counterpart": name}
        said = replace(cross.plan(name, coordination="introduce"), participants=[person])
        ours = actions.file(actions.draft(said, by=maria), by=maria)
        assert list(ours.counterparts.all()) == [met]
        assert ours.participants.get().counterpart == met
        assert cross.of(ours, theirs).overlap.touch == 1
