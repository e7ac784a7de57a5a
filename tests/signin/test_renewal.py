"""A proof, or a change of how one signs in, leaves what was open before to nobody."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client

from accounts.models import Member
from tests.signin.authenticator import Device
from tests.signin.conftest import PASSWORD, code_of, proved, signs_in, with_password

FACTORS = "/sign-in/second-factor/"
SECRET = "JBSWY3DPEHPK3PXP"


def is_in(client: Client) -> bool:
    return client.get("/people/profile/").status_code == 200


def copy_of(client: Client) -> Client:
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return thief


@pytest.fixture
def here_and_there(maria: Member) -> tuple[Client, Client]:
    with_password(maria)
    here, there = Client(), Client()
    for client in (here, there):
        signs_in(client, maria)
        assert is_in(client)
    return here, there


def passkey_of(person: Member) -> Authenticator:
    made = json.loads(Device().make({"publicKey": {"rp": {"id": "x"}, "user": {"id": ""}, "challenge": ""}}))
    held: Authenticator = Authenticator.objects.create(
        user=person.user, type="webauthn", data={"name": "Key", "credential": made}
    )
    return held


@pytest.mark.parametrize("change", ["totp/activate/", "totp/deactivate/", "recovery-codes/generate/", "key"])
def test_a_changed_factor_ends_the_sessions_elsewhere(
    change: str, maria: Member, here_and_there: tuple[Client, Client]
) -> None:
    here, there = here_and_there
    said: dict[str, str] = {}
    if change == "totp/activate/":
        said = {"code": code_of(here.get(FACTORS + change).context["form"].secret)}
    else:
        held = passkey_of(maria) if change == "key" else TOTP.activate(maria.user, SECRET).instance
        proved(here, maria.user, str(held.type))
        change = f"webauthn/keys/{held.pk}/remove/" if change == "key" else change
    answer = here.post(FACTORS + change, said, follow=True)
    assert "You were signed out everywhere else." in answer.content.decode()
    assert is_in(here)
    assert not is_in(there)
    assert UserSession.objects.filter(user=maria.user).count() == 1


def test_a_new_passkey_ends_the_sessions_elsewhere(
    maria: Member, here_and_there: tuple[Client, Client]
) -> None:
    here, there = here_and_there
    page = here.get(f"{FACTORS}webauthn/add/")
    asked = json.loads(json.dumps(page.context["js_data"]["creation_options"], default=str))
    here.post(f"{FACTORS}webauthn/add/", {"name": "Key", "credential": Device().make(asked)})
    assert Authenticator.objects.filter(user=maria.user, type="webauthn").exists()
    assert is_in(here)
    assert not is_in(there)


def test_a_change_that_failed_ends_nothing(here_and_there: tuple[Client, Client]) -> None:
    here, there = here_and_there
    here.get(f"{FACTORS}totp/activate/")
    here.post(f"{FACTORS}totp/activate/", {"code": "000000"})
    assert is_in(there)


def test_nobody_is_told_of_sessions_that_there_were_not(maria: Member) -> None:
    client = Client()
    with_password(maria)
    signs_in(client, maria)
    said = {"code": code_of(client.get(f"{FACTORS}totp/activate/").context["form"].secret)}
    page = client.post(f"{FACTORS}totp/activate/", said, follow=True).content.decode()
    assert "everywhere else" not in page


def test_proving_it_again_leaves_a_copied_cookie_to_nobody(
    maria: Member, here_and_there: tuple[Client, Client]
) -> None:
    here, there = here_and_there
    thief = copy_of(here)
    assert is_in(thief)
    here.post("/sign-in/reauthenticate/", {"password": PASSWORD})
    assert is_in(here)
    assert is_in(there)
    assert not is_in(thief)
    shown = here.get("/sign-in/sessions/").content.decode()
    assert "This one" in shown, "the list has lost the session that goes on"


def test_a_code_shown_again_renews_it_too(maria: Member, here_and_there: tuple[Client, Client]) -> None:
    here, _ = here_and_there
    TOTP.activate(maria.user, SECRET)
    thief = copy_of(here)
    assert here.post(f"{FACTORS}reauthenticate/", {"code": code_of(SECRET)}).status_code == 302
    assert is_in(here)
    assert not is_in(thief)


def test_a_passkey_shown_again_renews_it_too(here_and_there: tuple[Client, Client]) -> None:
    here, device = here_and_there[0], Device()
    page = here.get(f"{FACTORS}webauthn/add/", secure=True)
    asked = json.loads(json.dumps(page.context["js_data"]["creation_options"], default=str))
    here.post(f"{FACTORS}webauthn/add/", {"name": "Key", "credential": device.make(asked)}, secure=True)
    thief = copy_of(here)
    assert is_in(thief)
    page = here.get(f"{FACTORS}webauthn/reauthenticate/", secure=True)
    asked = json.loads(json.dumps(page.context["js_data"]["request_options"], default=str))
    said = {"credential": device.show(asked)}
    assert here.post(f"{FACTORS}webauthn/reauthenticate/", said, secure=True).status_code == 302
    assert is_in(here)
    assert not is_in(thief)


def test_a_proof_that_failed_keeps_the_key(here_and_there: tuple[Client, Client]) -> None:
    here, _ = here_and_there
    before = here.cookies[settings.SESSION_COOKIE_NAME].value
    here.post("/sign-in/reauthenticate/", {"password": "wrong"})
    assert here.cookies[settings.SESSION_COOKIE_NAME].value == before
