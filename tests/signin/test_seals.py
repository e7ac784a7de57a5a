"""How second factors lie in the database: sealed by AES-256-GCM, and by something else when that is wanted."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import Member
from accounts.signin.second_factor import SecondFactor
from diplomacy.lib.seals import ALGORITHMS, Box, NotOpened, _derived
from tests.signin.conftest import code_of, signs_in
from tests.signin.test_codes import STEP, set_up

BOX = Box("tests", keys=["one"], algorithms=["aes256gcm", "chacha20poly1305"])


def sealed_of(person: Member) -> dict[str, str]:
    rows = Authenticator.objects.filter(user_id=person.user_id)
    return {name: row.data[name] for row in rows for name in ("secret", "seed") if name in row.data}


def with_fernet(text: str, key: str) -> str:
    """As the product sealed before: AES-128-CBC and HMAC-SHA-256."""
    return Fernet(urlsafe_b64encode(_derived(key, "second factors"))).encrypt(text.encode()).decode()


def test_second_factors_are_sealed_by_aes_256_gcm(maria: Member) -> None:
    set_up(maria)
    kept = sealed_of(maria)
    assert kept
    for text in kept.values():
        assert text.startswith("2.aes256gcm.")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_opens_what_it_sealed_and_never_seals_alike(algorithm: str) -> None:
    box = Box("tests", keys=["one"], algorithms=[algorithm])
    first, second = box.seal("the secret é"), box.seal("the secret é")
    assert box.open(first) == box.open(second) == "the secret é"
    assert first != second
    assert b"secret" not in urlsafe_b64decode(first.rpartition(".")[2])


def test_a_seal_that_was_touched_anywhere_does_not_open() -> None:
    sealed = BOX.seal("secret")
    said, _, body = sealed.rpartition(".")
    raw = urlsafe_b64decode(body)
    for place in range(len(raw)):
        touched = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(NotOpened):
            BOX.open(f"{said}.{urlsafe_b64encode(touched).decode()}")
    for wrong in (
        "",
        "2.",
        "2.aes256gcm",
        sealed[:-4],
        sealed.replace("aes256gcm", "chacha20poly1305"),
        "gAAAAA==",
        "é",
    ):
        with pytest.raises(NotOpened):
            BOX.open(wrong)


def test_a_seal_opens_for_its_purpose_only() -> None:
    with pytest.raises(NotOpened):
        Box("something else", keys=["one"], algorithms=BOX.algorithms).open(BOX.seal("secret"))


def test_an_algorithm_or_a_key_that_is_no_longer_listed_opens_nothing() -> None:
    sealed = BOX.seal("secret")
    for keys, algorithms in ((["two"], BOX.algorithms), (["one"], ["chacha20poly1305"])):
        with pytest.raises(NotOpened):
            Box("tests", keys=keys, algorithms=algorithms).open(sealed)


def test_key_and_algorithm_change_while_people_go_on_signing_in(maria: Member, settings: Settings) -> None:
    settings.SECOND_FACTOR_KEYS = ["the old key"]
    _, secret, _ = set_up(maria)
    row = Authenticator.objects.get(user_id=maria.user_id, type="totp")
    row.data["secret"] = with_fernet(secret, "the old key")
    row.save()
    settings.SECOND_FACTOR_KEYS = ["the new key", "the old key"]
    settings.SEAL_ALGORITHMS = ["chacha20poly1305", "aes256gcm"]
    assert SecondFactor().decrypt(row.data["secret"]) == secret
    call_command("reseal")
    settings.SECOND_FACTOR_KEYS, settings.SEAL_ALGORITHMS = ["the new key"], ["chacha20poly1305"]
    for text in sealed_of(maria).values():
        assert text.startswith("2.chacha20poly1305.")
    client = Client()
    signs_in(client, maria)
    client.post(STEP, {"code": code_of(secret)})
    assert client.session["_auth_user_id"] == str(maria.user_id)


def test_what_cannot_be_opened_is_not_sealed_over(maria: Member, settings: Settings) -> None:
    set_up(maria)
    before = sealed_of(maria)
    settings.SECOND_FACTOR_KEYS = ["a key that never was"]
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reseal")
    assert sealed_of(maria) == before


def test_a_secret_that_does_not_open_signs_nobody_in(maria: Member) -> None:
    _, secret, _ = set_up(maria)
    row = Authenticator.objects.get(user_id=maria.user_id, type="totp")
    row.data["secret"] = row.data["secret"][:-4] + "AAA="
    row.save()
    client = Client(raise_request_exception=False)
    signs_in(client, maria)
    answer = client.post(STEP, {"code": code_of(secret)})
    assert answer.status_code == 500
    assert b"NotOpened" not in answer.content
    assert "_auth_user_id" not in client.session
