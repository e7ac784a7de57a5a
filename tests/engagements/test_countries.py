"""Which countries an engagement touches is kept as an index by the database, whoever writes."""

from dataclasses import replace

import pytest

from accounts.models import Member
from counterparts import actions as counterparts
from counterparts.models import Counterpart
from diplomacy.lib.rls import reading_as
from engagements import actions
from engagements.models import Engagement, EngagementCountry
from tests.engagements.test_races import at_once
from tests.factories import engagements as make


def kept(engagement: Engagement) -> set[str]:
    return set(EngagementCountry.objects.filter(engagement=engagement).values_list("country", flat=True))


def planned(by: Member, counterparts: list[Counterpart], *stops: dict[str, str]) -> Engagement:
    return actions.draft(replace(make.plan(by), counterparts=counterparts, stops=stops), by=by)


def stop(country: str) -> dict[str, str]:
    return {"city": "Somewhere", "country": country}


@pytest.mark.django_db
def test_an_engagement_touches_where_it_goes_and_whom_it_meets(maria: Member) -> None:
    from_japan = make.counterpart(maria, country="JP", subdivision="")
    engagement = planned(maria, [from_japan], stop("KR"), stop("KR"), stop("JP"))
    assert kept(engagement) == {"JP", "KR"}
    version = Engagement.objects.get(pk=engagement.pk).version
    actions.save(engagement, actions.Plan(stops=[stop("FR")]), by=maria, version=version)
    assert kept(engagement) == {"FR", "JP"}
    actions.save(engagement, actions.Plan(counterparts=[]), by=maria, version=version + 1)
    assert kept(engagement) == {"FR"}


@pytest.mark.django_db
def test_a_counterpart_that_moves_takes_along_engagements_that_the_mover_may_not_see(
    maria: Member, tom: Member
) -> None:
    body = make.counterpart(maria, country="JP", subdivision="")
    engagement = planned(maria, [body], stop("CA"))
    with reading_as(tom.user):
        assert not Engagement.objects.exists()
        counterparts.change(body, by=tom, version=body.version, country="KR")
    assert kept(engagement) == {"CA", "KR"}


@pytest.mark.django_db
def test_no_reader_writes_the_index(maria: Member) -> None:
    engagement = make.drafted(maria)
    with pytest.raises(Exception, match="permission denied"), reading_as(maria.user):
        EngagementCountry.objects.create(engagement=engagement, country="AQ")


@pytest.mark.django_db
def test_the_index_is_read_with_its_engagement(maria: Member, tom: Member) -> None:
    make.drafted(maria)
    with reading_as(maria.user):
        assert EngagementCountry.objects.exists()
    with reading_as(tom.user):
        assert not EngagementCountry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_move_and_a_new_meeting_at_once_leave_nothing_stale(maria: Member, lee: Member) -> None:
    body = make.counterpart(maria, country="JP", subdivision="")
    plans = [planned(maria, [], stop("CA")) for _ in range(4)]
    acts = [
        lambda held=held: actions.save(
            held, actions.Plan(counterparts=[body]), by=maria, version=held.version
        )
        for held in plans
    ]
    move = lambda: counterparts.change(body, by=lee, version=body.version, country="KR")  # noqa: E731
    assert at_once(*acts[:2], move, *acts[2:]) == ["done"] * 5
    assert [kept(held) for held in plans] == [{"CA", "KR"}] * 4
