"""An official's access ends with the term, after the days that the office leaves them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts import actions
from accounts.models import Member, Office, Term, User
from activity.models import Entry, Notice
from diplomacy.lib import washington
from diplomacy.lib.errors import Forbidden, Invalid
from tests.accounts.moments import at
from tests.conftest import ClientFor
from tests.factories.accounts import make_official

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
STATE = "ocd-jurisdiction/country:us/state:ca/government"


def make_term(office: Office, *, starts: int | None = -400, ends: int | None = 10, **fields: Any) -> Term:
    """In the office's own government, with dates counted from today."""
    today = washington.today()
    given = {
        "official": fields.pop("official", None) or make_official("Gale Overton"),
        "role": "governor",
        "jurisdiction": STATE,
        "division": office.division,
        "starts_on": None if starts is None else today + starts * DAY,
        "ends_on": None if ends is None else today + ends * DAY,
    }
    return Term.objects.create(**(given | fields))


@pytest.fixture
def term(california: Office) -> Term:
    """The governor's: its last day is in ten days."""
    return make_term(california)


@pytest.fixture
def tied(gov: Member, lee: Member, term: Term) -> Member:
    return actions.rest_on_term(gov, by=lee, version=None, term=term)


def has_access(member: Member) -> bool:
    return bool(User.objects.get(pk=member.user_id).standing)


def test_a_lead_ties_access_to_a_term_on_the_page(
    client_for: ClientFor, lee: Member, gov: Member, term: Term
) -> None:
    here = reverse("accounts:term", args=[gov.key])
    assert "Gale Overton, governor" in client_for(lee).get(here).content.decode()
    client_for(lee).post(here, {"term": term.pk, "version": gov.version})
    gov.refresh_from_db()
    assert (gov.official, gov.post, gov.jurisdiction) == (term.official, "governor", STATE)
    assert Notice.objects.get(entry__kind="accounts.term_tied").recipient == gov.user
    stale = client_for(lee).post(here, {"term": "", "version": 1})
    assert stale.status_code == 409
    client_for(lee).post(here, {"term": "", "version": gov.version})
    gov.refresh_from_db()
    assert gov.official is None


def test_only_officials_of_the_offices_own_government_are_offered(
    client_for: ClientFor, lee: Member, gov: Member, texas: Office, los_angeles: Office
) -> None:
    other = make_term(texas, jurisdiction="ocd-jurisdiction/country:us/state:tx/government")
    city = "ocd-jurisdiction/country:us/state:ca/place:los_angeles/government"
    mayor = make_term(los_angeles, role="mayor", jurisdiction=city)
    for term in (other, mayor):
        answer = client_for(lee).post(
            reverse("accounts:term", args=[gov.key]), {"term": term.pk, "version": 1}
        )
        assert answer.status_code == 400


def test_access_ends_the_day_after_the_term(tied: Member, term: Term, time_machine: Any) -> None:
    assert term.ends_on
    time_machine.move_to(at(term.ends_on, 23, 50), tick=False)
    assert has_access(tied)
    time_machine.move_to(at(term.ends_on + DAY, 0, 10), tick=False)
    assert not has_access(tied)


@pytest.mark.parametrize("grace", [1, 30, 90])
def test_the_office_leaves_its_officials_some_days(
    tied: Member, term: Term, lee: Member, grace: int, time_machine: Any
) -> None:
    actions.set_term_grace(tied.office, by=lee, days=grace)
    assert term.ends_on
    last = term.ends_on + grace * DAY
    Member.objects.update(attested_on=last)
    time_machine.move_to(at(last, 23, 50), tick=False)
    assert has_access(tied)
    time_machine.move_to(at(last + DAY, 0, 10), tick=False)
    assert not has_access(tied)


def test_ninety_days_is_the_longest_grace(client_for: ClientFor, lee: Member) -> None:
    for days in (91, -1, 10**9):
        said = {"days": days, "sign_in": "usual"}
        assert client_for(lee).post(reverse("accounts:settings"), said).status_code == 400
        with pytest.raises(Invalid):
            actions.set_term_grace(lee.office, by=lee, days=days)
    said = {"days": 90, "sign_in": "usual"}
    assert client_for(lee).post(reverse("accounts:settings"), said).status_code == 302
    assert Office.objects.get(pk=lee.office_id).term_grace_days == 90
    assert Entry.objects.get(kind="accounts.grace_set").data == {"before": 0, "after": 90}


def test_whoever_is_elected_again_stays(
    tied: Member, term: Term, california: Office, time_machine: Any
) -> None:
    make_term(california, official=term.official, starts=11, ends=1000)
    assert term.ends_on
    time_machine.move_to(at(term.ends_on + DAY, 12, 0), tick=False)
    assert has_access(tied)


def test_another_post_does_not_keep_the_governors_access(
    tied: Member, term: Term, california: Office, time_machine: Any
) -> None:
    make_term(california, official=term.official, role="senator", starts=-1, ends=2000)
    make_term(california, official=term.official, jurisdiction="ocd-jurisdiction/country:us/government")
    assert term.ends_on
    time_machine.move_to(at(term.ends_on + DAY, 12, 0), tick=False)
    assert not has_access(tied)


@pytest.mark.parametrize(
    ("term_says", "access"),
    [
        ({"has_ended": True}, False),  # listed as ended before its date: no day to count from
        ({"has_ended": True, "ends_on": None}, False),
        ({"ends_on": None}, True),
        ({"starts_on": date(2099, 1, 1), "ends_on": date(2099, 2, 1)}, False),
        ({"starts_on": None}, True),
    ],
)
def test_what_a_term_says_of_itself_decides(
    tied: Member, term: Term, term_says: dict[str, Any], access: bool, client_for: ClientFor, lee: Member
) -> None:
    Term.objects.filter(pk=term.pk).update(**term_says)
    assert has_access(tied) == access
    page = client_for(lee).get(reverse("accounts:office")).content.decode()
    assert ("No access: the term is over" in page) == (not access)


def test_a_post_whose_terms_are_gone_from_the_file_gives_no_access(tied: Member) -> None:
    Term.objects.all().delete()
    assert not has_access(tied)


def test_others_of_the_office_are_not_touched(
    tied: Member, lee: Member, term: Term, time_machine: Any
) -> None:
    assert term.ends_on
    time_machine.move_to(at(term.ends_on + DAY, 12, 0), tick=False)
    assert has_access(lee)


def test_nobody_ties_or_unties_themselves(lee: Member, term: Term, tied: Member) -> None:
    for by in (lee, tied):
        with pytest.raises(Forbidden):
            actions.rest_on_term(by, by=by, version=None, term=None)


def test_the_leads_are_warned_once_thirty_days_before(
    tied: Member, lee: Member, term: Term, time_machine: Any
) -> None:
    Term.objects.filter(pk=term.pk).update(ends_on=washington.today() + 31 * DAY)
    assert actions.remind() == 0
    time_machine.move_to(at(washington.today() + DAY, 12, 0), tick=False)
    assert actions.remind() == 1
    assert actions.remind() == 0
    told = Notice.objects.filter(entry__kind="accounts.term_ending").values_list("recipient", flat=True)
    assert set(told) == {lee.user_id, tied.user_id}


def test_a_term_that_gets_another_end_is_warned_of_again(tied: Member, term: Term) -> None:
    assert actions.remind() == 1
    Term.objects.filter(pk=term.pk).update(ends_on=washington.today() + 5 * DAY)
    assert actions.remind() == 1
