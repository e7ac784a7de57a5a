"""From rules to people, on real rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Member, Office
from briefings import audience
from briefings.choices import Kind
from briefings.models import Briefing
from engagements import actions as engagement_actions
from tests.factories import briefings as make
from tests.factories import engagements
from tests.factories.accounts import make_coalition, make_division, make_member

pytestmark = pytest.mark.django_db


def reached(briefing: Briefing) -> set[str]:
    from accounts.models import User

    people = [cut.user_id for cut in audience.cuts_of(briefing)]
    return set(User.objects.filter(pk__in=people).values_list("name", flat=True))


def test_an_office_is_all_its_people(briefer: Member, maria: Member, gov: Member, tom: Member) -> None:
    assert reached(make.drafted(briefer, audience=[make.for_office(maria)])) == {
        "Maria Lopez",
        "Gale Overton",
    }


def test_a_role_may_keep_an_office_to_its_principal(briefer: Member, maria: Member, gov: Member) -> None:
    assert reached(make.drafted(briefer, audience=[make.for_office(maria, role="principal")])) == {
        "Gale Overton"
    }


def test_a_role_reaches_every_office(briefer: Member, gov: Member, maria: Member, texas: Office) -> None:
    make_member(texas, "principal", name="Terry Texan")
    assert reached(make.drafted(briefer, audience=[{"kind": Kind.ROLE, "role": "principal"}])) == {
        "Gale Overton",
        "Terry Texan",
    }


def test_a_coalition_is_its_offices_of_today(
    briefer: Member, maria: Member, tom: Member, texas: Office
) -> None:
    coalition = make_coalition("Border states", lead=maria.office, offices=[texas])
    briefing = make.drafted(briefer, audience=[{"kind": Kind.COALITION, "coalition": coalition}])
    assert reached(briefing) == {"Maria Lopez", "Tom Baker"}
    coalition.memberships.filter(office=texas).update(
        starts_on=timezone.localdate() - timedelta(days=9), ends_on=timezone.localdate()
    )
    assert reached(briefing) == {"Maria Lopez"}


def test_a_division_is_everything_under_it(briefer: Member, maria: Member, ana: Member, tom: Member) -> None:
    rule = {"kind": Kind.DIVISION, "division": make_division("ocd-division/country:us/state:ca")}
    assert reached(make.drafted(briefer, audience=[rule])) == {"Maria Lopez", "Ana Ruiz"}


def test_a_topic_is_the_offices_with_a_coming_engagement_on_it(
    briefer: Member, maria: Member, tom: Member
) -> None:
    briefing = make.drafted(briefer, audience=[{"kind": Kind.TOPIC, "topic": "water"}])
    drafted = engagements.drafted(tom)
    engagements.filed(maria)
    assert reached(briefing) == {"Maria Lopez"}
    engagement_actions.file(drafted, by=tom)
    assert reached(briefing) == {"Maria Lopez", "Tom Baker"}


@pytest.mark.parametrize(("days", "found"), [(29, set()), (30, {"Maria Lopez"})])
def test_a_country_counts_the_days(briefer: Member, maria: Member, days: int, found: set[str]) -> None:
    engagements.filed(maria)
    rule = {"kind": Kind.COUNTRY, "country": "MX", "days": days}
    assert reached(make.drafted(briefer, audience=[rule])) == found


def test_a_counterpart_stands_for_its_parts(briefer: Member, maria: Member, tom: Member) -> None:
    engagement = engagements.filed(maria)
    whole = engagements.counterpart(maria, name="United Mexican States", kind="national", subdivision="")
    rule = {"kind": Kind.COUNTERPART, "counterpart": whole, "days": 60}
    briefing = make.drafted(briefer, audience=[rule])
    assert reached(briefing) == set()
    engagement.counterparts.update(parent=whole)
    assert reached(briefing) == {"Maria Lopez"}


def test_a_counterpart_is_met_too_where_it_comes_for_their_side(
    briefer: Member, maria: Member, tom: Member
) -> None:
    post, met = engagements.post(maria), engagements.filed(maria)
    rules = [{"kind": Kind.COUNTERPART, "counterpart": one, "days": 60} for one in (post.person, post.body)]
    briefings = [make.drafted(briefer, audience=[rule]) for rule in rules]
    assert [reached(briefing) for briefing in briefings] == [set(), set()]
    plan = engagement_actions.Plan(
        participants=[{"side": "theirs", "name": "Ana", "counterpart": post.person}]
    )
    engagement_actions.amend(met, plan, by=maria, version=met.version)
    assert [reached(briefing) for briefing in briefings] == [{"Maria Lopez"}, {"Maria Lopez"}]


def test_a_restricted_engagement_is_not_to_be_guessed_from_a_preview(briefer: Member, maria: Member) -> None:
    engagement = engagements.filed(maria)
    engagement_actions.share(engagement, by=maria, visibility="restricted")
    rules = [{"kind": Kind.COUNTRY, "country": "MX", "days": 60}, {"kind": Kind.TOPIC, "topic": "water"}]
    assert reached(make.drafted(briefer, audience=rules)) == set()


def test_former_members_inactive_people_and_auditors_are_left_out(
    briefer: Member, maria: Member, outsider: Member, auditor: Member, gov: Member
) -> None:
    gov.user.is_active = False
    gov.user.save()
    people = [make.for_person(person) for person in (outsider, auditor, gov)]
    assert reached(make.drafted(briefer, audience=[make.for_office(maria), *people])) == {"Maria Lopez"}
    accounts.end_member(maria, by=None)
    assert reached(make.drafted(briefer, audience=[make.for_office(maria)])) == set()
