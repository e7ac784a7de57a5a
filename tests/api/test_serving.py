"""What the leads' pages do, a program does too, by the same rules."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Delegation, Invitation, Member, Office, OfficeRequest
from diplomacy.lib import washington
from tests.api.conftest import CallAs, problem
from tests.factories.accounts import asked_for, delegated, invited, make_member
from tests.plugin_statements import Counting

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_role_is_changed_by_who_read_it_last(lee: Member, maria: Member, call_as: CallAs) -> None:
    api, where = call_as(lee), f"colleagues/{maria.key}/"
    tag = api.get(where).headers["ETag"]
    problem(api.patch(where, {"role": "reader"}), 428)
    answer = api.patch(where, {"role": "reader"}, If_Match=tag)
    assert answer.json()["role"] == "reader"
    problem(api.patch(where, {"role": "lead"}, If_Match=tag), 412)
    assert Member.objects.get(pk=maria.pk).role == "reader"
    problem(api.patch(where, {"role": "liaison"}, If_Match=answer.headers["ETag"]), 400)
    problem(api.patch(where, {"user": 1}, If_Match=answer.headers["ETag"]), 400)


def test_a_membership_ends_and_is_confirmed(lee: Member, maria: Member, call_as: CallAs) -> None:
    api, where = call_as(lee), f"colleagues/{maria.key}/"
    tag = api.get(where).headers["ETag"]
    problem(api.post(f"{where}confirm/"), 428)
    tag = api.post(f"{where}confirm/", If_Match=tag).headers["ETag"]
    today = washington.today()
    problem(api.post(f"{where}end/", {"on": (today - DAY).isoformat()}, If_Match=tag), 400)
    assert api.post(f"{where}end/", {"on": today.isoformat()}, If_Match=tag).json()["ends_on"] == str(today)
    problem(api.get(where), 404)


@pytest.mark.parametrize(("who", "status"), [("maria", 403), ("gov", 403), ("tom", 404), ("liaison", 404)])
def test_who_does_not_manage_changes_nobody(
    who: str, status: int, request: pytest.FixtureRequest, california: Office, lee: Member, call_as: CallAs
) -> None:
    other = make_member(california, "staff")
    api = call_as(request.getfixturevalue(who))
    where, tag = f"colleagues/{other.key}/", {"If_Match": '"1-x"'}
    problem(api.patch(where, {"role": "lead"}, **tag), status)
    problem(api.post(f"{where}end/", {"on": washington.today().isoformat()}, **tag), status)
    problem(api.post(f"{where}confirm/", **tag), status)
    assert Member.objects.get(pk=other.pk).version == 1


def test_a_lead_invites_sends_again_and_withdraws(lee: Member, maria: Member, call_as: CallAs) -> None:
    api = call_as(lee)
    made = api.post("invitations/", {"email": "Nia@example.gov", "role": "staff"})
    assert made.status_code == 201
    assert "secret" not in made.content.decode()
    where = f"invitations/{made.json()['reference']}/"
    before = Invitation.objects.get().secret_digest
    assert api.post(f"{where}send-again/").status_code == 200
    assert Invitation.objects.get().secret_digest != before
    assert call_as(maria).get("invitations/").json()["results"] == []
    problem(call_as(maria).post(f"{where}withdraw/"), 404)
    problem(call_as(maria).post("invitations/", {"email": "a@example.gov", "role": "lead"}), 403)
    assert api.post(f"{where}withdraw/").status_code == 200
    problem(api.post(f"{where}withdraw/"), 404)
    assert set(problem(api.post("invitations/", {"email": "x", "role": "staff"}), 400)["errors"]) == {"email"}


def test_a_principal_lends_the_role_and_takes_it_back(
    gov: Member, maria: Member, tom: Member, call_as: CallAs
) -> None:
    api, today = call_as(gov), washington.today()
    days = {"first_day": str(today), "last_day": str(today + 3 * DAY)}
    assert set(problem(api.post("delegations/", {"to": str(tom.key), **days}), 400)["errors"]) == {"to"}
    made = api.post("delegations/", {"to": str(maria.key), **days})
    assert made.status_code == 201
    said = made.json()
    assert (said["role"], said["to"]["name"], said["last_day"]) == (
        "principal",
        "Maria Lopez",
        days["last_day"],
    )
    places = call_as(maria).get("colleagues/").json()["results"]
    assert "Gale Overton" in {row["in_place_of"] for row in places}
    problem(call_as(tom).post(f"delegations/{said['reference']}/end/"), 404)
    assert api.post(f"delegations/{said['reference']}/end/").status_code == 200
    assert Delegation.objects.get().revoked_at


def test_requests_for_offices_are_answered(
    lee: Member, maria: Member, california: Office, call_as: CallAs
) -> None:
    held = asked_for(california)
    where = f"office-requests/{held.reference}/"
    problem(call_as(maria).get(where), 404)
    assert call_as(maria).get("office-requests/").json()["results"] == []
    api = call_as(lee)
    assert len(api.get("office-requests/?status=asked").json()["results"]) == 1
    said: dict[str, Any] = {"name": "Fresno", "short_name": "Fresno", "time_zone": "Mars"}
    assert set(problem(api.post(f"{where}open/", said), 400)["errors"]) == {"time_zone"}
    answer = api.post(f"{where}open/", said | {"time_zone": "America/Los_Angeles"})
    assert answer.json()["office"]["name"] == "Fresno"
    problem(api.post(f"{where}decline/", {"reason": "Too late"}), 409)
    assert OfficeRequest.objects.get().status == "confirmed"


def test_lists_take_as_many_queries_for_many_as_for_one(
    lee: Member, california: Office, call_as: CallAs, asks: Counting
) -> None:
    for number in range(6):
        invited(california, f"a{number}@example.gov")
        delegated(make_member(california, "principal"), make_member(california, "staff"))
    api = call_as(lee)
    api.get("me/")
    for path in ("colleagues/", "invitations/", "delegations/", "office-requests/"):
        with asks(4):
            assert api.get(path).status_code == 200


def test_what_an_office_asks_of_its_people_is_read_and_changed_by_its_leads(
    lee: Member, maria: Member, tom: Member, call_as: CallAs
) -> None:
    where = f"offices/{lee.office.reference}/settings/"
    assert call_as(lee).get(where).json() == {"sign_in": "usual", "term_grace_days": 0}
    said = call_as(lee).patch(where, {"sign_in": "passkey", "term_grace_days": 30})
    assert said.json() == {"sign_in": "passkey", "term_grace_days": 30}
    assert call_as(lee).patch(where, {}).json() == said.json()
    for lie in ({"sign_in": "none"}, {"sign_in": 1}, {"term_grace_days": 91}, {"name": "Ours"}):
        problem(call_as(lee).patch(where, lie), 400)
    for person in (maria, tom):
        problem(call_as(person).get(where), 403)
        problem(call_as(person).patch(where, {"sign_in": "usual"}), 403)
    assert "sign_in" not in call_as(tom).get(f"offices/{lee.office.reference}/").json()
