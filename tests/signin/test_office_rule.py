"""An office asks more of its people than the product does: never less, and from the next request on."""

from typing import Any

import pytest
from django.urls import reverse
from pytest_django import Settings

from accounts import actions
from accounts.models import Member, Office
from activity.models import Entry
from diplomacy.lib.errors import Forbidden, Invalid
from tests.conftest import ClientFor
from tests.factories.accounts import make_member
from tests.signin.conftest import proved
from tests.signin.test_strength import ADD_PASSKEY, CHOOSE, led_to

PAGE = "/people/office/settings/"


def says(client: Any, sign_in: str) -> Any:
    return client.post(PAGE, {"days": 0, "sign_in": sign_in})


def test_everybody_in_the_office_needs_a_passkey_from_the_next_request_on(
    strict: Settings, lee: Member, maria: Member, tom: Member, client_for: ClientFor
) -> None:
    clients = {
        person: proved(client_for(person), person.user, "password", "totp") for person in (lee, maria, tom)
    }
    assert says(clients[lee], "passkey").status_code == 302
    assert {led_to(clients[person]) for person in (lee, maria)} == {ADD_PASSKEY}
    assert "Your office asks for a passkey" in clients[maria].get(ADD_PASSKEY).content.decode()
    assert led_to(clients[tom]) == "200", "another office has not asked for it"
    assert led_to(proved(clients[lee], lee.user, "webauthn")) == "200"
    says(clients[lee], "usual")
    assert led_to(clients[maria]) == "200"


def test_it_holds_whichever_office_somebody_acts_for(
    strict: Settings, lee: Member, tom: Member, california: Office, client_for: ClientFor
) -> None:
    make_member(california, "reader", user=tom.user)
    actions.set_sign_in(california, by=lee, sign_in="passkey")
    assert led_to(proved(client_for(tom), tom.user, "password", "totp")) == ADD_PASSKEY


def test_no_office_asks_for_less_than_the_product(
    strict: Settings, lee: Member, maria: Member, gov: Member, client_for: ClientFor
) -> None:
    for sign_in in ("passkey", "usual"):
        actions.set_sign_in(lee.office, by=lee, sign_in=sign_in)
        assert led_to(proved(client_for(gov), gov.user, "password", "totp")) == ADD_PASSKEY, sign_in
    assert led_to(proved(client_for(maria), maria.user, "password")) == CHOOSE
    for made_up in ("", "password", "none", "Passkey"):
        with pytest.raises(Invalid):
            actions.set_sign_in(lee.office, by=lee, sign_in=made_up)
        assert says(proved(client_for(lee), lee.user, "totp"), made_up).status_code == 400


def test_it_is_a_lead_who_says_so_and_the_log_remembers(
    lee: Member, maria: Member, gov: Member, tom: Member, client_for: ClientFor
) -> None:
    says(client_for(lee), "passkey")
    entry = Entry.objects.get(kind="accounts.sign_in_set")
    assert (entry.data, entry.actor_id) == ({"before": "usual", "after": "passkey"}, lee.user_id)
    for person in (maria, gov):
        assert says(client_for(person), "usual").status_code == 403
        with pytest.raises(Forbidden):
            actions.set_sign_in(lee.office, by=person, sign_in="usual")
    with pytest.raises(Forbidden):
        actions.set_sign_in(lee.office, by=make_member(tom.office, "lead"), sign_in="usual")
    assert Office.objects.get(pk=lee.office_id).sign_in == "passkey"
    assert "A passkey" in client_for(lee).get(reverse("accounts:office")).content.decode()


def test_saving_the_page_as_it_was_is_no_line_of_the_log(lee: Member, client_for: ClientFor) -> None:
    says(client_for(lee), "usual")
    assert not Entry.objects.filter(kind__in=["accounts.sign_in_set", "accounts.grace_set"]).exists()


def test_a_lead_proves_it_before(strict: Settings, lee: Member, client_for: ClientFor) -> None:
    client = proved(client_for(lee), lee.user, "totp", ago=660)
    assert client.get(PAGE).status_code in {302, 403}
    assert says(client, "passkey").status_code in {302, 403}
    answer = client.patch(
        f"/api/v1/offices/{lee.office.reference}/settings/",
        {"sign_in": "passkey"},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["title"]) == (403, "Confirm that it is you")
    assert Office.objects.get(pk=lee.office_id).sign_in == "usual"
