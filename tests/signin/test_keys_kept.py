"""What the app's own role may do to somebody's way of signing in, in SQL: a passkey is not quietly made another's."""

import json
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import ProgrammingError, connection, connections, transaction

from accounts.models import Letter, Member

pytestmark = pytest.mark.django_db
CREDENTIAL = {"id": "a", "response": {"attestationObject": "o2NmbXQ"}}


@pytest.fixture
def passkey(maria: Member) -> Authenticator:
    return Authenticator.objects.create(
        user=maria.user, type="webauthn", data={"name": "Blue key", "credential": CREDENTIAL}
    )


def run(sql: str, *said: str | int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, said)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE mfa_authenticator SET data = jsonb_set(data, '{credential,response,attestationObject}', '\"theirs\"')",
        "UPDATE mfa_authenticator SET data = data - 'credential'",
        "UPDATE mfa_authenticator SET data = '{}'",
        "UPDATE mfa_authenticator SET type = 'totp'",
        "UPDATE mfa_authenticator SET user_id = (SELECT max(id) FROM accounts_user)",
    ],
)
def test_the_app_does_not_change_the_key_kind_or_owner_of_a_passkey(
    passkey: Authenticator, tom: Member, change: str
) -> None:
    with pytest.raises(ProgrammingError, match="stays as it was made"):
        run(change)
    passkey.refresh_from_db()
    assert (passkey.data["credential"], passkey.type) == (CREDENTIAL, "webauthn")


def test_nor_does_it_make_a_passkey_of_something_else(maria: Member) -> None:
    app = Authenticator.objects.create(user=maria.user, type="totp", data={"secret": "x"})
    with pytest.raises(ProgrammingError, match="stays as it was made"):
        run(
            "UPDATE mfa_authenticator SET type = 'webauthn', data = %s WHERE id = %s",
            json.dumps({"name": "x", "credential": CREDENTIAL}),
            app.pk,
        )


def test_it_cannot_take_the_guard_away(passkey: Authenticator) -> None:
    for sql in (
        "DROP TRIGGER passkey_stays ON mfa_authenticator",
        "ALTER TABLE mfa_authenticator DISABLE TRIGGER passkey_stays",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION accounts_passkey_stays() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ):
        with pytest.raises(ProgrammingError):
            run(sql)


def test_renaming_and_using_it_go_on(passkey: Authenticator) -> None:
    passkey.data["name"] = "Green key"
    passkey.save()
    passkey.record_usage()
    passkey.refresh_from_db()
    assert passkey.data["name"] == "Green key" and passkey.last_used_at


@pytest.mark.django_db(databases=["default", "owner"])
def test_codes_of_before_end_and_their_owners_are_told(maria: Member, tom: Member) -> None:
    old = Authenticator.objects.create(
        user=maria.user, type="recovery_codes", data={"seed": "x", "used_mask": 0}
    )
    new = Authenticator.objects.create(
        user=tom.user, type="recovery_codes", data={"hashes": ["x"], "migrated_codes": []}
    )
    step = import_module("accounts.migrations.0006_factors_kept")

    class Editor:
        connection = connections["default"]

    step.end_short_codes(apps, Editor)
    assert not Authenticator.objects.filter(pk=old.pk).exists()
    assert Authenticator.objects.filter(pk=new.pk).exists()
    assert list(Letter.objects.values_list("kind", "address")) == [("codes", maria.user.email)]
