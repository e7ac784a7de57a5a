"""An injected statement that writes: it makes nobody a member, a stand-in, an operator or an owner of somebody's tokens."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, Permission, update_last_login
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions
from accounts.models import ApiToken, Invitation, Letter, Member, Recovery, User
from accounts.models.people import _standing_on
from diplomacy.checks import WHO
from diplomacy.lib import washington
from diplomacy.lib.rls import FEDERAL, OFFICE, SYSTEM, context, reading_as, system
from diplomacy.lib.rls.operations import app_role
from engagements.actions import share
from engagements.models import Coverage
from tests.conftest import ClientFor
from tests.factories.accounts import (
    asked_for,
    delegated,
    invited,
    make_coalition,
    make_member,
    make_official,
    make_user,
    recovering,
)
from tests.factories.engagements import filed
from tests.plugin_database import nobody as requests_begin_as_nobody

pytestmark = pytest.mark.django_db
HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Scrypt", "PBKDF2")]
MADE_UP = f"{10**11}|system:accounts.memberships|{'0' * 64}"


@contextmanager
def nobody() -> Iterator[None]:
    with context._context(context.NOBODY):
        yield


@pytest.fixture
def filled(maria: Member, lee: Member, gov: Member, liaison: Member) -> None:
    """A row at least in each table that says who somebody is."""
    delegated(gov, maria)
    assert lee.office.division
    invited(lee.office)
    recovering(lee.office)
    make_coalition(lead=lee.office)
    asked_for(lee.office)
    actions.make_token("A script", scope="write", days=9, by=lee)
    actions.known_by("https://idp.example.gov", "one", email=maria.user.email)
    actions.keep_answer("state", "answer", until=timezone.now(), asked_in="question", said={"who": "maria"})
    make_official().terms.create(role="mayor", jurisdiction="x", division=lee.office.division)
    Authenticator.objects.create(user=lee.user, type="webauthn", data={"name": "Key", "credential": {}})
    Coverage.objects.create(desk=liaison.office, country="JP")
    EmailAddress.objects.create(user=maria.user, email=maria.user.email)
    operator = make_user("Ola Operator", is_staff=True)
    operator.groups.add(Group.objects.create(name="Some group"))
    operator.user_permissions.add(Permission.objects.all()[0])


def test_each_of_these_tables_is_here_and_holds_something(filled: None) -> None:
    for table in WHO:
        assert held_in(table)[0], table


# Who speaks ----------------------------------------------------------------------------------------------------------


def signed_as(member: Member) -> AbstractContextManager[None]:
    return reading_as(User.objects.get(pk=member.user_id))


def in_a_role(role: str, said: str = "") -> AbstractContextManager[None]:
    return context._context((role, said))


def as_the_system_with(keys: str) -> AbstractContextManager[None]:
    """In the system's role, with a signature that is good for a reader."""
    return in_a_role(SYSTEM, context.signed([keys]))


SPEAKERS: dict[str, Callable[[Member, Member], AbstractContextManager[None]]] = {
    "the app by itself": lambda lead, liaison: nobody(),
    "the lead of an office": lambda lead, liaison: signed_as(lead),
    "a federal liaison": lambda lead, liaison: signed_as(liaison),
    "a role of readers": lambda lead, liaison: in_a_role(OFFICE),
    "the role of federal readers": lambda lead, liaison: in_a_role(FEDERAL),
    "the system's role, unsigned": lambda lead, liaison: in_a_role(SYSTEM),
    "the system's role, made up": lambda lead, liaison: in_a_role(SYSTEM, MADE_UP),
    "the system's role, as a lead": lambda lead, liaison: as_the_system_with(f"office:{lead.office_id}:lead"),
    "the system's role, by a wrong key": lambda lead, liaison: as_the_system_with("x,system:accounts.people"),
}


@pytest.fixture(params=SPEAKERS)
def intruder(
    request: pytest.FixtureRequest, filled: None, lee: Member, liaison: Member
) -> AbstractContextManager[None]:
    return SPEAKERS[request.param](lee, liaison)


def asked(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def held_in(table: str) -> Any:
    """Its rows, and who has which right to it."""
    rights = asked("SELECT relacl::text || relforcerowsecurity FROM pg_class WHERE relname = %s", table)
    return asked(f"SELECT array_agg(t::text ORDER BY t::text) FROM {table} t"), rights  # noqa: S608


def tried(*statements: str) -> str:
    """What the database said: the code of its refusal, or nothing when it went through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", ""))
    return ""


def rows_of(speaker: AbstractContextManager[None], sql: str) -> int:
    """-1: refused."""
    try:
        with speaker, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            return int(cursor.rowcount)
    except DatabaseError:
        return -1


def closed(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
            [table],
        )
        return [name for (name,) in cursor.fetchall() if name not in WHO[table]]


# What they try -------------------------------------------------------------------------------------------------------


def writes(table: str) -> list[str]:
    rows = f"SELECT * FROM {table}"  # noqa: S608
    return [
        f"DELETE FROM {table}",  # noqa: S608
        f"INSERT INTO {table} {rows} LIMIT 1",
        *(f"UPDATE {table} SET {column} = {column}" for column in closed(table)),  # noqa: S608
    ]


def ways(table: str) -> list[str]:
    rows = f"SELECT * FROM {table}"  # noqa: S608
    return [
        f"INSERT INTO {table} {rows} LIMIT 1 ON CONFLICT (id) DO UPDATE SET id = excluded.id + 1000",
        f"MERGE INTO {table} t USING ({rows}) s ON t.id = s.id WHEN MATCHED THEN DELETE",
        f"MERGE INTO {table} t USING ({rows}) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET id = t.id + 1000",
        f"WITH gone AS (DELETE FROM {table} RETURNING *) SELECT count(*) FROM gone",  # noqa: S608
        f"COPY {table} FROM STDIN",
        f"TRUNCATE {table} CASCADE",
        f"GRANT ALL ON {table} TO PUBLIC",
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"CREATE POLICY mine ON {table} USING (true)",
        f"CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
        f"CREATE TRIGGER mine BEFORE UPDATE ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        *(f"UPDATE {table} SET {column} = NULL" for column in closed(table)),  # noqa: S608
    ]


def test_nobody_writes_who_somebody_is(intruder: AbstractContextManager[None]) -> None:
    """Neither plainly nor in a roundabout way; and nobody opens the tables to the next one."""
    before = {table: held_in(table) for table in WHO}
    with intruder:
        for table in WHO:
            for sql in (*writes(table), *ways(table)):
                tried(sql)
    for table in WHO:
        assert held_in(table) == before[table]


@pytest.mark.parametrize("speaker", [name for name in SPEAKERS if "the system's role, " not in name])
def test_who_has_no_right_is_told_so_loudly(speaker: str, filled: None, lee: Member, liaison: Member) -> None:
    with SPEAKERS[speaker](lee, liaison):
        for table in WHO:
            assert {sql: tried(sql) for sql in writes(table)} == dict.fromkeys(writes(table), "42501")


@pytest.mark.parametrize("said", ["", MADE_UP])
def test_the_systems_role_without_a_signature_is_told_so_too(said: str, filled: None) -> None:
    with in_a_role(SYSTEM, said):
        for table in WHO:
            assert {sql: tried(sql) for sql in writes(table)} == dict.fromkeys(writes(table), "42501")


def test_a_row_is_held_for_nobody_who_may_not_write_it(intruder: AbstractContextManager[None]) -> None:
    """Who holds an office's rows keeps its leads waiting."""
    with intruder:
        for table in (table for table, columns in WHO.items() if not columns):
            assert rows_of(nullcontext(), f"SELECT FROM {table} FOR NO KEY UPDATE") < 1, table


# Ways round ----------------------------------------------------------------------------------------------------------


def test_no_foreign_key_writes_there_by_itself() -> None:
    """What follows a deleted row is done as the table's owner, whom policies do not ask then."""
    found = asked(
        "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY (%s::regclass[])"
        " AND (confdeltype NOT IN ('a', 'r') OR confupdtype NOT IN ('a', 'r'))",
        list(WHO),
    )
    assert found == 0


def test_no_function_and_no_view_of_somebody_who_may_write_there() -> None:
    """The owner may not either, while policies are forced: whoever owns a function lends out no more than they have."""
    lent = asked(
        "SELECT array_agg(p.oid::regprocedure::text) FROM pg_proc p, unnest(%s::text[]) who WHERE prosecdef AND ("
        " proowner = 'diplomacy_system'::regrole"
        " OR proowner <> (SELECT relowner FROM pg_class WHERE relname = who) AND"
        "  has_table_privilege(proowner, who, 'INSERT, UPDATE, DELETE'))",
        list(WHO),
    )
    assert lent is None
    named = asked(
        "SELECT array_agg(oid::regprocedure::text) FROM pg_proc WHERE prosecdef"
        " AND prosrc ~* ('(update|insert into|delete from|merge into)\\s+(only\\s+)?(public\\.)?(' || %s || ')')",
        "|".join(WHO),
    )
    assert named is None
    assert (
        asked("SELECT count(*) FROM pg_views WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
        == 0
    )


def test_a_function_that_lends_rights_takes_no_table_of_the_callers_for_ours() -> None:
    """Where temporary tables are not said to come last, they come first."""
    settings = "SELECT array_agg(oid::regprocedure::text) FROM pg_proc WHERE prosecdef AND NOT EXISTS"
    assert (
        asked(f"{settings} (SELECT FROM unnest(proconfig) said WHERE said ~ '^search_path=.*, pg_temp$')")
        is None
    )


@pytest.mark.django_db(transaction=True)
def test_reading_who_somebody_is_is_planned_as_before(
    maria: Member, owner_connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    """It is read at every request."""

    def plan() -> Any:
        _standing_on.cache_clear()
        with nobody(), CaptureQueriesContext(connection) as caught:
            assert User.objects.get(pk=maria.user_id).standing
        (sql,) = [query["sql"] for query in caught if "accounts_coalitionmember" in query["sql"]]
        with nobody(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (COSTS OFF) {sql}")
            return cursor.fetchall()

    before = plan()
    for table in WHO:
        owner_connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY".encode())
    without = plan()
    for table in WHO:
        owner_connection.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY".encode())
    assert before == without


def test_nobody_becomes_somebody_who_may(intruder: AbstractContextManager[None]) -> None:
    owner = asked("SELECT relowner::regrole::text FROM pg_class WHERE relname = 'accounts_member'")
    with intruder:
        assert tried(f"SET LOCAL ROLE {owner}", "DELETE FROM accounts_apitoken")
        assert tried("SET LOCAL row_security = off", "DELETE FROM accounts_apitoken")
        assert tried("SET LOCAL session_replication_role = replica")


@pytest.mark.parametrize("kind", ["recovery", "invitation"])
def test_a_letter_that_somebody_puts_into_the_outbox_takes_no_link_elsewhere(lee: Member, kind: str) -> None:
    held: Any = recovering(lee.office) if kind == "recovery" else invited(lee.office)
    mail.outbox.clear()
    with nobody():
        Letter.objects.create(kind=kind, address="mallory@example.org", about=held.pk)
        actions.post()
    written = {address for message in mail.outbox for address in message.to}
    assert written == {held.user.email if kind == "recovery" else held.email}


def test_a_letter_that_looks_for_its_reader_goes_to_the_address_that_is_kept(maria: Member) -> None:
    """Of two addresses that PostgreSQL calls alike, one may be somebody else's mailbox."""
    with nobody():
        actions.ask_for_reset(maria.user.email.replace("i", "ı"))
        actions.ask_for_reset(maria.user.email.upper())
        actions.post()
    assert {address for message in mail.outbox for address in message.to} == {maria.user.email}


def test_an_identity_elsewhere_is_nobodys_here_by_an_address_that_only_looks_alike(maria: Member) -> None:
    others = maria.user.email.replace("i", "ı")
    assert User.objects.filter(email__iexact=others).exists(), (
        "PostgreSQL tells them apart: this test says nothing"
    )
    with nobody():
        assert actions.known_by("https://idp.example.gov", "theirs", email=others) is None
        assert (
            actions.known_by("https://idp.example.gov", "hers", email=maria.user.email.upper()) == maria.user
        )


# Tables of one's own -------------------------------------------------------------------------------------------------


IN_FRONT = {
    "a table": "CREATE TEMPORARY TABLE accounts_member AS SELECT {} FROM public.accounts_member",
    "a view": "CREATE TEMPORARY VIEW accounts_member AS SELECT {} FROM public.accounts_member",
    "a table, and one that hides it": "CREATE TEMPORARY TABLE pg_class AS SELECT * FROM pg_catalog.pg_class LIMIT 0;"
    "CREATE TEMPORARY TABLE accounts_member AS SELECT {} FROM public.accounts_member",
}
RUNS = """
CREATE FUNCTION pg_temp.staged_take(pg_catalog.text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN UPDATE public.accounts_member SET role = 'lead'; RETURN true; END $$;
CREATE DOMAIN pg_temp.{} AS pg_catalog.{} CHECK (pg_temp.staged_take(VALUE::pg_catalog.text));
"""


def roles_of(member: Member) -> list[str]:
    return [held.role for held in User.objects.get(pk=member.user_id).standing]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", IN_FRONT)
def test_a_temporary_table_in_front_of_ours_makes_nobody_somebody(
    maria: Member, kind: str, client_for: ClientFor
) -> None:
    """It outlives the request that made it, and is read before ours, by whoever comes next on the connection."""
    browser, token = client_for(maria), actions.make_token("A script", scope="read", days=9, by=maria)[1]
    columns = ", ".join("'lead' AS role" if name == "role" else name for name in closed("accounts_member"))
    for client, more in ((browser, {}), (Client(), {"Authorization": f"Bearer {token}"})):
        with requests_begin_as_nobody(), connection.cursor() as cursor:
            cursor.execute(IN_FRONT[kind].format(columns))
            assert roles_of(maria) == ["lead"]
        with pytest.raises(context.StandsInFront):
            client.get("/api/v1/engagements/", headers=more)
        assert client.get("/api/v1/engagements/", headers=more).status_code == 200
        assert roles_of(maria) == ["staff"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["text", "date", "uuid", "jsonb"])
def test_a_temporary_type_does_nothing_in_the_name_of_the_next_one(maria: Member, name: str) -> None:
    """PostgreSQL looks for `date` among temporary types first, and runs the check of a domain as whoever casts to it."""
    with requests_begin_as_nobody(), connection.cursor() as cursor:
        cursor.execute(RUNS.format(name, name))
    with pytest.raises(context.StandsInFront), system("tests"), connection.cursor() as cursor:
        cursor.execute(f"SELECT '{{}}'::{name}")
    assert roles_of(maria) == ["staff"]


@pytest.mark.django_db(transaction=True)
def test_such_a_type_would_have_done_it(maria: Member) -> None:
    """So that the test above is not of something that PostgreSQL refuses anyway."""
    with requests_begin_as_nobody(), connection.cursor() as cursor:
        cursor.execute(RUNS.format("date", "date"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, false)", [SYSTEM])
        cursor.execute("SELECT '2026-01-01'::date")
    assert roles_of(maria) == ["lead"]


def test_what_an_import_stages_is_nothing_to_speak_of(maria: Member) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE staged_something (id int, name text) ON COMMIT DROP")
        cursor.execute("CREATE INDEX ON staged_something (id)")
    with signed_as(maria):
        assert roles_of(maria) == ["staff"]


# Each policy ---------------------------------------------------------------------------------------------------------

MADE = {
    "system_works": f"CREATE POLICY system_works ON {{}} TO {SYSTEM} USING ((SELECT rls.is_system()))",
    "everybody_reads": "CREATE POLICY everybody_reads ON {} FOR SELECT USING (true)",
    "everybody_changes": (
        f'CREATE POLICY everybody_changes ON {{}} FOR UPDATE TO "{app_role()}", {OFFICE}, {FEDERAL} USING (true)'
    ),
}


@pytest.mark.django_db(transaction=True)
def test_each_of_these_policies_is_missed_and_its_condition_too(
    filled: None, owner_connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    """tests/access/matrix asks who reads which row; of these everybody reads every one, so their policies are held here."""
    found = owner_connection.execute(
        "SELECT tablename::text, policyname::text FROM pg_policies WHERE tablename = ANY (%s)", [list(WHO)]
    ).fetchall()
    wanted = {(table, name) for table in WHO for name in MADE if name != "everybody_changes" or WHO[table]}
    assert set(found) == wanted
    for table, policy in sorted(wanted):
        before = reach(table)
        changes = [f"DROP POLICY {policy} ON {table}"]
        if policy == "system_works":
            changes.append(f"ALTER POLICY {policy} ON {table} USING (true)")
        for change in changes:
            owner_connection.execute(change.encode())
            assert reach(table) != before, change
            owner_connection.execute(f"DROP POLICY IF EXISTS {policy} ON {table}".encode())
            owner_connection.execute(MADE[policy].format(table).encode())
            assert reach(table) == before


def reach(table: str) -> list[int]:
    """How many rows the app reads and writes by itself, and the system writes with its signature and without."""
    same = f"UPDATE {table} SET {{0}} = {{0}}".format  # noqa: S608
    return [
        rows_of(nobody(), f"SELECT FROM {table}"),
        rows_of(nobody(), same(next(iter(WHO[table]), "id"))),
        rows_of(system("tests"), same("id")),
        rows_of(in_a_role(SYSTEM), same("id")),
    ]


# The product's own ways ----------------------------------------------------------------------------------------------
# What people do is tested where it is; requests of tests begin as nobody, as they do in the product.


def test_the_clock_works_without_a_reader(maria: Member, lee: Member, gov: Member) -> None:
    today, now = washington.today(), timezone.now()
    official = make_official()
    official.terms.create(role="governor", jurisdiction="x", division=lee.office.division, ends_on=today)
    Member.objects.filter(pk=gov.pk).update(official=official, post="governor", jurisdiction="x")
    Member.objects.filter(pk=maria.pk).update(attested_on=today - timedelta(days=95))
    resting = make_member(lee.office, attested_on=today - timedelta(days=200))
    token, _ = actions.make_token("A script", scope="read", days=9, by=lee)
    ApiToken.objects.update(made_at=now - timedelta(days=8), expires_at=now + timedelta(days=1))
    invitation, recovery = invited(lee.office), recovering(lee.office)
    for model in (Invitation, Recovery):
        field = "made_at" if model is Invitation else "asked_at"
        model.objects.update(**{field: now - timedelta(days=9), "expires_at": now + timedelta(hours=9)})
    actions.keep_answer("state", "answer", until=now - timedelta(days=1), said={"who": "maria"})
    with nobody():
        actions.remind()
        actions.post()
        actions.forget_answers()
    for row in (maria, gov, resting, token, invitation, recovery):
        row.refresh_from_db()
    assert (maria.reminded_on, gov.warned_of, resting.suspension_said) == (today, today, True)
    assert token.reminded_at and invitation.reminded_at and recovery.reminded_at
    assert recovery.secret_digest and "/people/recover/" in str([letter.body for letter in mail.outbox])
    ApiToken.objects.update(made_at=now - timedelta(days=100), expires_at=now - timedelta(days=95))
    Invitation.objects.update(expires_at=now - timedelta(days=95))
    with nobody():
        actions.forget()
    assert not ApiToken.objects.exists() and not Invitation.objects.exists()


def test_the_command_line_works_without_a_reader(lee: Member) -> None:
    place = lee.office.reference
    with nobody():
        call_command("open_office", "Nevada Office", level="state", stdout=StringIO())
        call_command("add_member", "nia@example.gov", place, "staff", name="Nia", stdout=StringIO())
        call_command("add_member", "nia@example.gov", place, "staff", name="Nia", stdout=StringIO())
        call_command("add_member", lee.user.email, place, "reader", stdout=StringIO())
        call_command(
            "createsuperuser", email="ops@example.gov", name="Ops", interactive=False, stdout=StringIO()
        )
        call_command("start_recovery", "ops@example.gov", stdout=StringIO())
        call_command("end_sessions", lee.user.email, stdout=StringIO())
        call_command("reseal", stdout=StringIO())
    assert Invitation.objects.waiting().count() == 1
    assert User.objects.get(email="ops@example.gov").is_staff


def test_a_password_of_older_days_is_kept_more_strongly_by_who_signs_in(maria: Member) -> None:
    maria.user.password = PBKDF2PasswordHasher().encode("teacups hum at noon", "salt", iterations=9)
    maria.user.save(update_fields=["password"])
    with nobody(), override_settings(PASSWORD_HASHERS=HASHERS):
        assert User.objects.get(pk=maria.user_id).check_password("teacups hum at noon")
    maria.user.refresh_from_db()
    assert maria.user.password.startswith("scrypt$")


def test_who_one_is_to_the_eye_is_ones_own_to_change(maria: Member) -> None:
    with signed_as(maria):
        actions.change_profile(maria.user, name="Maria L.", time_zone="America/Chicago")
    with nobody():
        update_last_login(User, maria.user)
        with pytest.raises(DatabaseError), transaction.atomic():
            maria.user.save()
    maria.user.refresh_from_db()
    assert maria.user.name == "Maria L." and maria.user.last_login


# Whom a desk hears of, and whose mailbox is whose -----------------------------------------------------------------------


COVERS = """
INSERT INTO engagements_coverage (desk_id, country, subdivision, topic, is_fallback) VALUES ({}, 'MX', '', '', false)
"""
TAKES = """
INSERT INTO account_emailaddress (user_id, email, verified, "primary") VALUES ({}, '{}', true, true)
"""


def test_no_statement_makes_a_desk_one_that_is_asked(maria: Member, liaison: Member) -> None:
    """The lead of a desk that was asked reads what is restricted."""
    lead = make_member(liaison.office, "desk_lead")
    covers = COVERS.format(lead.office_id)
    for speaker in (signed_as(lead), nobody()):
        with speaker:
            assert tried(covers) == "42501"
    restricted = share(filed(maria), by=maria, visibility="restricted")
    assert not restricted.advice_requests.exists()


def test_no_statement_gives_somebodys_address_to_another_and_keeps_them_out(
    client: Client, maria: Member, tom: Member
) -> None:
    """Who has an address as confirmed is looked for first, and alone."""
    maria.user.set_password("nine-rivers-meet-here")
    maria.user.save(update_fields=["password"])
    with nobody():
        assert tried(TAKES.format(tom.user_id, maria.user.email)) == "42501"
    said = {"login": maria.user.email, "password": "nine-rivers-meet-here"}
    assert client.post("/sign-in/login/", said).status_code == 302


def test_letters_about_somebodys_factors_go_to_the_address_of_their_account(maria: Member) -> None:
    with nobody():
        assert tried(TAKES.format(maria.user_id, "mallory@example.org")) == "42501"
    assert EmailAddress.objects.get_primary_email(maria.user) == maria.user.email
