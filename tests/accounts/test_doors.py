import importlib
import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import NoReverseMatch, clear_url_caches, reverse
from django.urls.converters import REGISTERED_CONVERTERS
from django.utils import timezone
from pytest_django import Settings

import diplomacy.urls
from accounts import actions
from accounts.models import Division, Invitation, Member, Office, User
from tests.conftest import ClientFor
from tests.factories.accounts import make_division, make_member
from tests.plugin_statements import Counting

PROFILE, OFFICE, ACT_FOR = "/people/profile/", "/people/office/", "/people/act-for/"


# Acting for -------------------------------------------------------------------------------------------------------


@pytest.fixture
def maria_in_texas(maria: Member, texas: Office) -> Member:
    return make_member(texas, "reader", user=maria.user)


def test_a_person_with_two_offices_switches_between_them(
    client_for: ClientFor, maria: Member, maria_in_texas: Member
) -> None:
    browser = client_for(maria)
    assert "California International Office" in browser.get(OFFICE).content.decode()
    answer = browser.post(ACT_FOR, {"member": maria_in_texas.pk, "next": OFFICE}, follow=True)
    assert answer.redirect_chain == [(OFFICE, 302)]
    assert "You now act for Texas Office of Foreign Affairs as reader." in answer.content.decode()
    assert "Texas Office of Foreign Affairs</h1>" in browser.get(OFFICE).content.decode()


def test_nobody_acts_under_what_is_not_theirs(client_for: ClientFor, maria: Member, tom: Member) -> None:
    browser = client_for(maria)
    wrong = [str(tom.pk), "999999", "", "x", "1' OR '1'='1", "\0", "٣"]
    assert {browser.post(ACT_FOR, {"member": pk}).status_code for pk in wrong} == {404}
    assert browser.post(ACT_FOR).status_code == 404
    assert "California" in browser.get(OFFICE).content.decode()


@pytest.mark.parametrize("to", ["https://example.com/", "//example.com", "javascript:alert(1)", ""])
def test_switching_leads_nowhere_outside(client_for: ClientFor, maria: Member, to: str) -> None:
    answer = client_for(maria).post(ACT_FOR, {"member": maria.pk, "next": to})
    assert answer["Location"] == reverse("home")


def test_switching_is_a_post(client_for: ClientFor, maria: Member) -> None:
    assert client_for(maria).get(ACT_FOR).status_code == 405


def test_who_acts_under_a_membership_that_ends_goes_on_under_the_next(
    client_for: ClientFor, maria: Member, maria_in_texas: Member
) -> None:
    browser = client_for(maria)
    actions.end_member(maria, by=None)
    assert "Texas Office of Foreign Affairs</h1>" in browser.get(OFFICE).content.decode()


# No membership ----------------------------------------------------------------------------------------------------


def test_a_removed_member_is_denied_at_the_next_request(
    client_for: ClientFor, maria: Member, lee: Member
) -> None:
    browser = client_for(maria)
    assert browser.get(OFFICE).status_code == 200
    actions.end_member(maria, by=lee)
    answer = browser.get(OFFICE)
    assert answer.status_code == 403
    said = answer.content.decode()
    assert "Your access ended" in said
    assert lee.user.email in said


def test_a_disabled_person_is_signed_out_at_the_next_request(client_for: ClientFor, maria: Member) -> None:
    browser = client_for(maria)
    User.objects.filter(pk=maria.user_id).update(is_active=False)
    answer = browser.get(OFFICE)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_an_outsider_meets_one_page_everywhere_and_can_sign_out(
    client_for: ClientFor, outsider: Member
) -> None:
    browser = client_for(outsider)
    asked = [PROFILE, OFFICE, reverse("home"), reverse("admin:index")]
    assert {browser.get(path).status_code for path in asked} == {403}
    assert browser.post(ACT_FOR, {"member": outsider.pk}).status_code == 403
    assert browser.post(reverse("account_logout")).status_code == 302


def test_an_outsider_who_signs_in_is_told_whom_to_ask(outsider: Member, lee: Member) -> None:
    outsider.user.set_password("correct horse battery")
    outsider.user.save()
    given = {"login": outsider.user.email, "password": "correct horse battery"}
    answer = Client().post(reverse("account_login"), given, follow=True)
    assert answer.status_code == 403
    assert lee.user.email in answer.content.decode()


def test_a_person_nobody_made_a_member_is_told_so(client_for: ClientFor, db: None) -> None:
    person = User.objects.create_user("new@example.gov", name="New Person")
    assert "no office has made you a member" in client_for(person).get(OFFICE).content.decode()


def test_a_membership_that_starts_later_does_not_say_that_it_ended(
    client_for: ClientFor, maria: Member
) -> None:
    Member.objects.update(starts_on=timezone.localdate() + timedelta(3))
    assert "does not hold today" in client_for(maria).get(OFFICE).content.decode()


def test_an_operator_has_the_configuration_and_nothing_else(client_for: ClientFor, operator: User) -> None:
    browser = client_for(operator)
    assert browser.get(reverse("admin:index")).status_code == 200
    answer = browser.get(OFFICE)
    assert answer.status_code == 403
    assert "You run this system" in answer.content.decode()


def test_strangers_are_sent_to_sign_in(db: None) -> None:
    for path in (PROFILE, OFFICE):
        assert Client().get(path)["Location"].startswith(reverse("account_login"))


# Profile and colleagues -------------------------------------------------------------------------------------------


def test_a_person_changes_their_name_and_clock(client_for: ClientFor, maria: Member) -> None:
    browser = client_for(maria)
    browser.post(PROFILE, {"name": "María López", "time_zone": "America/Los_Angeles"})
    maria.user.refresh_from_db()
    assert (maria.user.name, maria.user.time_zone) == ("María López", "America/Los_Angeles")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
    ],
)
def test_a_bad_answer_is_said_at_its_field_and_nothing_is_saved(
    client_for: ClientFor, maria: Member, change: dict[str, str], field: str
) -> None:
    answer = client_for(maria).post(PROFILE, {"name": "M", "time_zone": "UTC"} | change)
    assert field in answer.context["form"].errors
    maria.user.refresh_from_db()
    assert maria.user.name == "Maria Lopez"


def test_nobody_makes_themselves_an_operator(client_for: ClientFor, maria: Member) -> None:
    client_for(maria).post(PROFILE, {"name": "M", "time_zone": "UTC", "is_staff": "1", "is_superuser": "1"})
    maria.user.refresh_from_db()
    assert not (maria.user.is_staff or maria.user.is_superuser)


def test_a_name_is_text_and_never_markup(client_for: ClientFor, maria: Member, lee: Member) -> None:
    User.objects.filter(pk=lee.user_id).update(name="<script>alert(1)</script>")
    said = client_for(maria).get(OFFICE).content.decode()
    assert "<script>alert(1)" not in said
    assert "&lt;script&gt;alert(1)" in said


def test_the_office_page_lists_colleagues_and_nobody_else(
    client_for: ClientFor, maria: Member, lee: Member, gov: Member, tom: Member, outsider: Member
) -> None:
    said = client_for(maria).get(OFFICE).content.decode()
    assert [name for name in ("Gale Overton", "Lee Nguyen", "Maria Lopez") if name not in said] == []
    assert [name for name in ("Tom Baker", "Otto Outsider") if name in said] == []


def test_an_auditor_sees_their_own_colleagues(client_for: ClientFor, auditor: Member) -> None:
    assert "Audrey Auditor" in client_for(auditor).get(OFFICE).content.decode()


def test_the_office_page_takes_as_many_queries_for_thirty_as_for_one(
    client_for: ClientFor, maria: Member, asks: Counting
) -> None:
    for _ in range(29):
        make_member(maria.office)
    browser = client_for(maria)
    browser.get(OFFICE)
    with asks(most=7):
        assert browser.get(OFFICE).status_code == 200


# The demonstration ------------------------------------------------------------------------------------------------


@pytest.fixture
def demo(settings: Settings) -> Iterator[str]:
    def read_again() -> None:
        importlib.reload(importlib.import_module("accounts.urls"))
        REGISTERED_CONVERTERS.pop("ref")
        importlib.reload(diplomacy.urls)
        clear_url_caches()

    settings.DEMO = True
    read_again()
    yield "/people/sign-in-as/"
    settings.DEMO = False
    read_again()


def test_outside_the_demonstration_sign_in_as_does_not_exist(maria: Member) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("accounts:sign_in_as")
    assert Client().get("/people/sign-in-as/").status_code == 404
    assert Client().post("/people/sign-in-as/", {"member": maria.pk}).status_code == 404


def test_in_the_demonstration_anyone_on_this_machine_signs_in_as_one_of_its_people(
    demo: str, maria: Member, outsider: Member, operator: User
) -> None:
    browser = Client(SERVER_NAME="localhost")
    said = browser.get(demo).content.decode()
    assert "Maria Lopez" in said
    assert "Otto Outsider" not in said
    assert "Olga Operator" not in said
    assert browser.post(demo, {"member": maria.pk})["Location"] == reverse("home")
    assert "California" in browser.get(OFFICE).content.decode()


def test_in_the_demonstration_nobody_signs_in_as_someone_who_left(demo: str, outsider: Member) -> None:
    browser = Client(SERVER_NAME="localhost")
    assert {browser.post(demo, {"member": wrong}).status_code for wrong in (outsider.pk, "", "x", 0)} == {404}


@pytest.mark.parametrize(
    "client",
    [
        Client(SERVER_NAME="localhost", REMOTE_ADDR="203.0.113.9"),
        Client(SERVER_NAME="demo.example.gov"),
        Client(SERVER_NAME="localhost", headers={"x-forwarded-for": "203.0.113.9"}),
        Client(SERVER_NAME="localhost", headers={"forwarded": "for=203.0.113.9"}),
    ],
)
def test_sign_in_as_answers_this_machine_only(
    demo: str, maria: Member, client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert client.get(demo).status_code == 404
    assert client.post(demo, {"member": maria.pk}).status_code == 404


# Signing in -------------------------------------------------------------------------------------------------------


def test_nobody_signs_up(db: None) -> None:
    answer = Client().post(
        reverse("account_signup"),
        {
            "email": "new@example.gov",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
        },
    )
    assert answer.status_code == 200
    assert not User.objects.exists()


def test_guessing_a_password_is_limited(maria: Member) -> None:
    maria.user.set_password("correct horse battery")
    maria.user.save()
    guess = {"login": maria.user.email, "password": "wrong"}
    statuses = [Client().post(reverse("account_login"), guess).status_code for _ in range(12)]
    given = {"login": maria.user.email, "password": "correct horse battery"}
    assert 429 in statuses or Client().post(reverse("account_login"), given).status_code != 302


def test_the_operators_pages_have_no_sign_in_of_their_own(db: None) -> None:
    answer = Client().get(reverse("admin:login"))
    assert answer["Location"].startswith(reverse("account_login"))


# The operator's commands and configuration ------------------------------------------------------------------------


def run(command: str, *arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


def test_an_operator_opens_an_office_and_brings_in_its_first_person(db: None) -> None:
    make_division("ocd-division/country:us/state:nv")
    division = "ocd-division/country:us/state:nv"
    reference = run("open_office", "Nevada Office", "--level=state", f"--division={division}").split()[0]
    said = run("add_member", "First@example.gov", reference.lower(), "lead", "--name=First Person")
    assert "First Person (first@example.gov) is invited to be lead of Nevada Office." in said
    [message] = mail.outbox
    assert message.to == ["first@example.gov"]
    browser = Client()
    browser.get(link_in(str(message.body)))
    browser.post(reverse("accounts:join"), {"name": "First Person", "password": "correct horse battery"})
    given = {"login": "first@example.gov", "password": "correct horse battery"}
    browser.post(reverse("account_login"), given)
    assert "Nevada Office</h1>" in browser.get(OFFICE).content.decode()


def link_in(text: str) -> str:
    found = re.search(r"http://127.0.0.1:8000(/\S+)", text)
    assert found, text
    return found[1]


def test_a_person_who_has_an_account_gets_no_link(maria: Member, texas: Office) -> None:
    said = run("add_member", maria.user.email, texas.reference, "reader")
    assert "is reader of Texas Office of Foreign Affairs." in said
    assert mail.outbox == []


def test_mail_that_is_down_leaves_the_invitation_and_says_what_to_do(
    california: Office, settings: Settings
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    with pytest.raises(CommandError, match="--show-link"):
        run("add_member", "a@example.gov", california.reference, "staff", "--name=A")
    assert not User.objects.exists()
    said = run("add_member", "a@example.gov", california.reference, "staff", "--name=A", "--show-link")
    browser = Client()
    browser.get(link_in(said))
    assert "California International Office" in browser.get(reverse("accounts:join")).content.decode()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["a@example.gov", "O-NOWHERE1", "staff", "--name=A"], "There is no office"),
        (["nonsense", "HERE", "staff", "--name=A"], "valid email"),
        (["a@example.gov", "HERE", "staff"], "Nothing was saved"),
        (["a@example.gov", "HERE", "liaison", "--name=A"], "does not exist in a state office"),
        (["a@example.gov", "HERE", "king", "--name=A"], "invalid choice"),
    ],
)
def test_add_member_refuses_with_a_reason_and_saves_nothing(
    california: Office, arguments: list[str], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        run("add_member", *[california.reference if part == "HERE" else part for part in arguments])
    assert not User.objects.exists()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["Desk", "--level=state", "--desk"], "only_federal_offices_are_desks|federal"),
        (["x" * 201, "--level=state"], "200"),
        (["Office", "--level=state", "--time-zone=Mars"], "no time zone called Mars"),
        (["Office", "--level=state", "--division=ocd-division/country:us/state:zz"], "no division"),
        (["Office", "--level=galactic"], "invalid choice"),
    ],
)
def test_open_office_refuses_with_a_reason(db: None, arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run("open_office", *arguments)
    assert not Office.objects.exists()


def test_the_configuration_holds_offices_and_divisions_and_no_person_or_group(
    client_for: ClientFor, operator: User
) -> None:
    said = client_for(operator).get(reverse("admin:index")).content.decode()
    assert "/operator/accounts/office/" in said
    assert [
        word for word in ("/auth/group/", "/account/emailaddress/", "/accounts/user/") if word in said
    ] == []


def test_an_operator_opens_and_closes_an_office_in_the_configuration(
    client_for: ClientFor, operator: User
) -> None:
    browser = client_for(operator)
    answers = {
        "name": "Ohio Office",
        "short_name": "Ohio",
        "level": "state",
        "time_zone": "America/New_York",
        "opened_on": "2026-01-01",
    }
    assert browser.post(reverse("admin:accounts_office_add"), answers).status_code == 302
    ohio = Office.objects.get()
    assert ohio.group.name == f"office {ohio.reference}"
    where = reverse("admin:accounts_office_change", args=[ohio.pk])
    assert browser.post(where, answers | {"closed_on": "2026-02-01"}).status_code == 302
    assert not Office.objects.open().exists()


def test_divisions_are_looked_at_and_not_changed_in_the_configuration(
    client_for: ClientFor, operator: User
) -> None:
    make_division()
    browser = client_for(operator)
    first = Division.objects.all()[0]
    assert browser.get(reverse("admin:accounts_division_changelist")).status_code == 200
    assert browser.get(reverse("admin:accounts_division_add")).status_code == 403
    where = reverse("admin:accounts_division_change", args=[first.pk])
    assert browser.get(where).status_code == 200
    assert browser.post(where, {"name": "Other"}).status_code == 403


def test_a_member_is_no_operator(client_for: ClientFor, lee: Member) -> None:
    assert client_for(lee).get(reverse("admin:accounts_office_changelist")).status_code in {302, 403, 404}
