"""Who must show a passkey or a second factor reaches nothing else until they do."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Member, User
from accounts.signin.middleware import WITHOUT_STRENGTH
from diplomacy.checks import second_factor_is_asked_for
from tests.conftest import ClientFor
from tests.signin.authenticator import Device
from tests.signin.conftest import PASSWORD, proved, signs_in, with_password

ADD_PASSKEY = "/sign-in/second-factor/webauthn/add/"
SHOW_PASSKEY = "/sign-in/second-factor/webauthn/reauthenticate/"
CHOOSE = "/sign-in/second-factor/"
SOME_PAGES = (
    "/",
    "/engagements/",
    "/briefings/",
    "/people/profile/",
    "/notices/",
    "/sign-in/password/change/",
)
pytestmark = pytest.mark.usefixtures("strict")


def led_to(client: Client, page: str = "/") -> str:
    answer = client.get(page)
    return answer["Location"].partition("?")[0] if answer.status_code == 302 else str(answer.status_code)


@pytest.fixture(params=["liaison", "desk_lead", "briefer", "auditor", "gov", "operator"])
def exposed(request: pytest.FixtureRequest) -> Member | User:
    person: Member | User = request.getfixturevalue(request.param)
    return person


@pytest.fixture(params=["maria", "lee"])
def other(request: pytest.FixtureRequest) -> Member:
    person: Member = request.getfixturevalue(request.param)
    return person


ASKED = {"rp": {"id": "testserver"}, "user": {"id": ""}, "challenge": ""}


def with_passkey(user: User) -> User:
    made = json.loads(Device().make({"publicKey": ASKED}))
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key", "credential": made})
    return user


def user_of(person: Member | User) -> User:
    return person.user if isinstance(person, Member) else person


def test_those_whom_spies_would_be_must_make_a_passkey_and_reach_nothing_else(
    exposed: Member | User, client_for: ClientFor
) -> None:
    client = proved(client_for(exposed), user_of(exposed), "password")
    for page in (*SOME_PAGES, "/operator/"):
        assert led_to(client, page) == ADD_PASSKEY, page
    for kind in ("totp", "recovery_codes"):
        proved(client, user_of(exposed), "password", kind)
        assert led_to(client) == ADD_PASSKEY, kind
    assert client.post("/sign-in/logout/").status_code == 302


def test_a_passkey_opens_the_house_to_them(exposed: Member | User, client_for: ClientFor) -> None:
    client = proved(client_for(exposed), user_of(exposed), "webauthn")
    assert led_to(client, "/operator/" if isinstance(exposed, User) else "/") == "200"


def test_who_has_a_passkey_is_asked_for_it_and_not_for_a_new_one(
    liaison: Member, client_for: ClientFor
) -> None:
    client = proved(client_for(liaison), with_passkey(liaison.user), "password", "totp")
    assert led_to(client) == SHOW_PASSKEY
    assert led_to(client, ADD_PASSKEY) == SHOW_PASSKEY, "a phished password and code add the thief's passkey"


def test_a_recovery_code_lets_the_owner_of_a_lost_passkey_make_another(
    liaison: Member, client_for: ClientFor
) -> None:
    client = proved(client_for(liaison), with_passkey(liaison.user), "password", "recovery_codes")
    assert led_to(client) == SHOW_PASSKEY
    assert led_to(client, ADD_PASSKEY) == "200"


def test_others_choose_between_a_passkey_and_an_app(other: Member, client_for: ClientFor) -> None:
    client = proved(client_for(other), other.user, "password")
    for page in SOME_PAGES:
        assert led_to(client, page) == CHOOSE, page
    for kind in ("totp", "webauthn", "recovery_codes"):
        proved(client, other.user, "password", kind)
        assert led_to(client) == "200", kind


def test_a_session_that_recorded_nothing_proves_nothing(liaison: Member, client_for: ClientFor) -> None:
    assert led_to(client_for(liaison)) == ADD_PASSKEY


def test_what_another_person_proved_in_this_browser_proves_nothing(
    liaison: Member, maria: Member, client_for: ClientFor
) -> None:
    assert led_to(proved(client_for(liaison), maria.user, "webauthn")) == ADD_PASSKEY


def test_a_new_role_asks_for_more_from_the_next_request_on(maria: Member, client_for: ClientFor) -> None:
    client = proved(client_for(maria), maria.user, "password", "totp")
    assert led_to(client) == "200"
    Member.objects.filter(pk=maria.pk).update(role="principal")
    assert led_to(client) == ADD_PASSKEY


def test_a_demonstration_counts_only_in_the_demonstration(
    liaison: Member, client_for: ClientFor, strict: Settings
) -> None:
    client = proved(client_for(liaison), liaison.user, "demo")
    assert led_to(client) == ADD_PASSKEY
    strict.DEMO = True
    assert led_to(client) == "200"


def test_the_api_says_so_in_problem_details(liaison: Member, client_for: ClientFor) -> None:
    answer = proved(client_for(liaison), liaison.user, "password").get("/api/v1/me/")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Sign in with your passkey or code"


def test_a_part_of_a_page_takes_the_whole_page_along(liaison: Member, client_for: ClientFor) -> None:
    answer = proved(client_for(liaison), liaison.user, "password").get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, ADD_PASSKEY)


def test_the_only_passkey_of_who_needs_one_stays(liaison: Member, client_for: ClientFor) -> None:
    client = proved(client_for(liaison), with_passkey(liaison.user), "webauthn")
    key = Authenticator.objects.get(user=liaison.user)
    answer = client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert answer.status_code == 409
    assert "Add another first" in answer.content.decode()
    with_passkey(liaison.user)
    assert client.post(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 302
    assert Authenticator.objects.filter(user=liaison.user).count() == 1


def test_a_passkey_is_given_another_name_and_stays_what_it_is(liaison: Member, client_for: ClientFor) -> None:
    key = Authenticator.objects.get(user=with_passkey(liaison.user))
    client = proved(client_for(liaison), liaison.user, "webauthn")
    assert client.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "Blue key"}).status_code == 302
    named = Authenticator.objects.get(pk=key.pk)
    assert named.data == key.data | {"name": "Blue key"}


def test_another_persons_passkey_does_not_exist(liaison: Member, gov: Member, client_for: ClientFor) -> None:
    with_passkey(liaison.user)
    theirs = Authenticator.objects.get(user=with_passkey(gov.user))
    client = proved(client_for(liaison), liaison.user, "webauthn")
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        there, nowhere = reverse(name, args=[theirs.pk]), reverse(name, args=[theirs.pk + 1000])
        assert client.get(there).status_code == client.post(there, {"name": "Mine"}).status_code == 404
        assert client.get(there).content == client.get(nowhere).content
    assert Authenticator.objects.filter(pk=theirs.pk, data__name="Key").exists()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{}",
        "[]",
        "null",
        "1",
        '"x"',
        '{"response": {}}',
        '{"id": 1, "rawId": "%%%", "response": 7}',
        "{",
        "\x00",
    ],
)
def test_a_credential_that_is_nonsense_is_refused_in_words(
    said: str, liaison: Member, maria: Member, client_for: ClientFor
) -> None:
    client = proved(client_for(liaison), liaison.user, "password")
    client.get(ADD_PASSKEY)
    assert client.post(ADD_PASSKEY, {"name": "Key", "credential": said}).status_code == 200
    owner = proved(client_for(maria), with_passkey(maria.user), "webauthn")
    assert owner.post(SHOW_PASSKEY, {"credential": said}).status_code in {200, 302}
    stranger = Client()
    stranger.get("/sign-in/second-factor/webauthn/login/", headers={"Accept": "application/json"})
    answer = stranger.post("/sign-in/second-factor/webauthn/login/", {"credential": said})
    assert answer.status_code == 302
    assert "_auth_user_id" not in stranger.session


def test_the_pages_that_stay_open_are_few_and_exist() -> None:
    assert len(WITHOUT_STRENGTH) == 9
    for name in WITHOUT_STRENGTH:
        assert reverse(name).startswith("/sign-in/")


def test_the_configuration_has_no_door_of_its_own(operator: User) -> None:
    operator.set_password(PASSWORD)
    operator.save()
    client = Client()
    answer = client.post("/operator/login/", {"username": operator.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/login/")
    assert "_auth_user_id" not in client.session


def test_a_password_alone_signs_nobody_in_to_more_than_the_pages_for_factors(liaison: Member) -> None:
    with_password(liaison)
    client = Client()
    signs_in(client, liaison)
    assert led_to(client) == ADD_PASSKEY


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"DEBUG": False, "TESTING": False}, ["diplomacy.E006"]),
        ({"DEBUG": True, "ALLOWED_HOSTS": ["desk.example.org"]}, ["diplomacy.E006"]),
        ({"TESTING": True, "PUBLIC_URL": "https://desk.example.org"}, ["diplomacy.E006"]),
        ({"DEBUG": True}, []),
        ({"REQUIRE_SECOND_FACTOR": True, "DEBUG": False, "TESTING": False}, []),
    ],
)
def test_the_product_does_not_start_without_it_where_others_reach_it(
    changed: dict[str, object], found: list[str], settings: Settings
) -> None:
    home = {
        "REQUIRE_SECOND_FACTOR": False,
        "ALLOWED_HOSTS": ["localhost"],
        "PUBLIC_URL": "http://localhost:8000",
    }
    for name, value in (home | changed).items():
        setattr(settings, name, value)
    assert [fault.id for fault in second_factor_is_asked_for(None)] == found


def test_who_has_nothing_to_show_must_have_signed_in_just_now(maria: Member, client_for: ClientFor) -> None:
    """Somebody whose office signs them in elsewhere, and whose open session was taken."""
    maria.user.set_unusable_password()
    maria.user.save()
    client = proved(client_for(maria), maria.user, "password", ago=3600)
    answer = client.get(ADD_PASSKEY)
    assert answer.status_code == 403
    assert "sign in again" in answer.content.decode()
