"""What the database's own functions tell to who speaks SQL as the app and cannot sign: a web process that was taken over.

A function of `diplomacy_keeper` sees past the policies, so that each asks for itself who it is that calls.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from accounts.models import Member, User
from counterparts import actions
from diplomacy.lib.rls import OFFICE, ROLES, SYSTEM, context, reading_as, system
from engagements.actions import share
from engagements.models import Engagement, OverlapFootprint
from tests.factories import engagements as make
from tests.factories import overlaps as cross

pytestmark = pytest.mark.django_db
TITLE = "Lithium talks in Antofagasta"
WITHOUT_A_READER = {
    "activity_seal_entries(integer,boolean)": "seals what is there, and says how much it was",
    "activity_expire_content(integer)": "forgets what the schedule names, and says how much it was",
    "records_dispose(bigint,integer)": "takes a disposal that a lead has agreed to, and says how much it was and what could not go",
}
"""What the app role may call as itself: work that nobody tells what to do, and that answers with numbers."""
SEARCH = "SELECT rls.engagements_titled(%s, 1001)"
COPY = """INSERT INTO engagements_engagement SELECT (jsonb_populate_record(e, jsonb_build_object(
    'id', 1000000 + 2 * n + mod(e.id, 2), 'reference', 'X-' || e.id || '-' || n, 'title', %s::text))).*
FROM engagements_engagement e, generate_series(1, %s) n WHERE e.id = %s"""
RENAME = "UPDATE engagements_engagement SET title = %s WHERE id <> %s AND office_id = %s"


@contextmanager
def unsigned(role: str) -> Iterator[None]:
    with context._context((role, "")):
        yield


def asked(sql: str, *values: str | list[int]) -> object:
    """The first value of the answer, or the error's own words."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            row = cursor.fetchone()
            return row[0] if row else None
    except DatabaseError as error:
        return type(error.__cause__).__name__


def again(member: Member) -> User:
    return User.objects.get(pk=member.user_id)


# Who may call them at all --------------------------------------------------------------------------------------------


def test_nobody_calls_a_function_that_sees_past_policies_by_being_anybody() -> None:
    """Handing a function over makes its rights the new owner's to give: who hands it over first takes nothing away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
            " WHERE p.prosecdef AND a.grantee = 0 AND p.pronamespace <> 'pg_catalog'::regnamespace"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("role", ["none", *ROLES])
def test_a_function_that_sees_past_policies_asks_who_calls(maria: Member, tom: Member, role: str) -> None:
    cross.crossing(maria, tom)
    with connection.cursor() as cursor, unsigned(role):
        cursor.execute(
            "SELECT p.oid::regprocedure::text, p.proname, n.nspname, proargtypes::regtype[]::text[] FROM pg_proc p"
            " JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE prosecdef AND prorettype <> 'trigger'::regtype AND has_function_privilege(current_user, p.oid, 'EXECUTE')"
        )
        for name, bare, schema, types in cursor.fetchall():
            if name not in WITHOUT_A_READER:
                nulls = ", ".join(f"NULL::{kind}" for kind in types)
                said = asked(f"SELECT {schema}.{bare}({nulls})")
                assert said == InsufficientPrivilege.__name__, name


def test_which_plans_cross_is_told_to_nobody_who_cannot_sign(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom, ours="blind", theirs="blind")
    ids = [here.ours.pk, here.theirs.pk]
    for role in ("none", *ROLES):
        with unsigned(role):
            found = asked("SELECT count(*) FROM rls.overlaps_found(%s, current_date, '{20,10,5}')", ids)
            stands = asked("SELECT count(*) FROM rls.overlaps_standing(%s, current_date)", [here.overlap.pk])
            assert (found, stands) == ("InsufficientPrivilege", "InsufficientPrivilege"), role


def test_an_office_moves_nobodys_plan_in_the_index_to_measure_how_far_it_lies(
    maria: Member, tom: Member
) -> None:
    """With windows of one's own choosing, days that are not shown could be found by halves."""
    here = cross.crossing(maria, tom, ours="blind", theirs="blind")

    def reach() -> list[object]:
        with system("engagements.overlap"):
            return list(OverlapFootprint.objects.order_by("pk").values_list("reach", flat=True))

    before = reach()
    for held in (unsigned("none"), unsigned(SYSTEM), reading_as(again(maria))):
        with held:
            said = asked("SELECT rls.keep_footprints(%s, '{\"\": 366}')", [here.theirs.pk])
            assert said == "InsufficientPrivilege"
    assert reach() == before


# Words of titles -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", ["federal", "restricted"])
def test_a_pattern_that_breaks_off_tells_no_letter_of_a_hidden_title(
    maria: Member, tom: Member, visibility: str
) -> None:
    """PostgreSQL complains of an escape without a letter only when it has come so far: when the letters before it fit."""
    make.filed(maria, title=TITLE, visibility=visibility)
    with reading_as(again(tom)):
        hits = [asked(SEARCH, f"{TITLE[:length]}\\") for length in (4, 8, 16)]
        misses = [asked(SEARCH, f"{TITLE[:length]}?\\") for length in (4, 8, 16)]
        assert hits == misses
        assert asked(SEARCH, "%ithium%\\") == asked(SEARCH, "%plutonium%\\")


@pytest.mark.django_db(transaction=True)
def test_how_often_a_word_stands_in_hidden_titles_changes_no_answer(
    maria: Member, tom: Member, liaison: Member, owner_connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    """`NULL` tells federal readers “frequent”. Whoever files up to the brink could watch one hidden title tip it."""
    own, hidden = make.filed(tom), make.filed(maria, visibility="restricted")
    with system("engagements.overlap"), connection.cursor() as cursor:
        cursor.execute(COPY, ["Trade mission", 1000, own.pk])
        cursor.execute(COPY, ["Trade mission", 1000, hidden.pk])
    owner_connection.execute("ANALYZE engagements_engagement")

    def answers(reader: Member) -> list[object]:
        with reading_as(again(reader)):
            return [is_list(asked(SEARCH, f"%{word}%")) for word in ("Lithium", "mission", "zzz")]

    before = answers(tom), answers(liaison)
    assert before == ([True, True, True], [True, False, True])
    with system("engagements.overlap"), connection.cursor() as cursor:
        cursor.execute(RENAME, [TITLE, hidden.pk, hidden.office_id])
    assert (answers(tom), answers(liaison)) == before


def is_list(said: object) -> bool:
    return isinstance(said, list)


def test_words_are_still_found_for_who_may_read_them(maria: Member, tom: Member) -> None:
    engagement = make.filed(maria, title=TITLE)
    for reader, found in ((maria, {engagement}), (tom, set())):
        with reading_as(again(reader)):
            assert set(Engagement.objects.visible_to(again(reader)).titled("lithium talks")) == found
            assert set(Engagement.objects.visible_to(again(reader)).titled("100%\\")) == set()


def test_without_a_reader_a_search_fails_loudly(maria: Member) -> None:
    make.filed(maria, title=TITLE)
    with unsigned(OFFICE):
        assert asked(SEARCH, "%lithium%") == "InsufficientPrivilege"


# Plans of queries ----------------------------------------------------------------------------------------------------


GUESSED = {
    "a title by letters": ("title < 'A'", "title < 'Lithium'", "title < 'Lithiun'"),
    "a title": (f"title = '{TITLE}'", "title = 'Plutonium'"),
    "a purpose": ("purpose < 'A'", "purpose < 'a'", "purpose < 'z'"),
    "who is named": ("readers && '{person:0}'", "readers && '{KEY}'"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", GUESSED)
def test_the_plan_of_a_query_tells_no_letter_of_what_is_hidden(
    maria: Member, what: str, owner_connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    """PostgreSQL guesses how many rows fit by a sample of all there are, and says its guess to whoever may ask, unsigned."""
    filed = make.filed(maria, title=TITLE)
    hidden = share(filed, by=maria, visibility="restricted", people=[maria.user])
    with system("engagements.overlap"), connection.cursor() as cursor:
        cursor.execute(COPY, [TITLE, 500, hidden.pk])
    owner_connection.execute("ANALYZE engagements_engagement")
    for role in ROLES:
        with unsigned(role):
            guesses = [guessed(f"{ask} OR id < 0".replace("KEY", hidden.readers[0])) for ask in GUESSED[what]]
        assert len(set(guesses)) == 1, guesses


def guessed(condition: str) -> object:
    """How many rows PostgreSQL expects."""
    plan: Any = asked(f"EXPLAIN (FORMAT JSON) SELECT FROM engagements_engagement WHERE {condition}")
    return plan[0]["Plan"]["Plan Rows"]


# What a merge moved --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["none", *ROLES])
def test_a_merge_tells_nobody_how_many_hidden_plans_met_whom_it_merged(
    maria: Member, lee: Member, role: str
) -> None:
    kept, gone = make.counterpart(maria), make.counterpart(maria, name="Lithium board")
    make.filed(maria, visibility="restricted")
    met_both = make.drafted(maria)
    met_both.counterparts.set([kept, gone])
    actions.merge(kept, gone, by=lee)
    with connection.cursor() as cursor, unsigned(role):
        cursor.execute("SELECT to_jsonb(m)::text FROM counterparts_merge m")
        assert "engagements_" not in str(cursor.fetchall())
    with unsigned(role):
        assert asked("SELECT count(*) FROM counterparts_movedrows") == "InsufficientPrivilege"
        assert asked("UPDATE counterparts_movedrows SET rows = '{}' RETURNING 1") != 1


def test_who_reads_a_merge_reads_nothing_of_what_it_moved(
    maria: Member, lee: Member, liaison: Member
) -> None:
    actions.merge(make.counterpart(maria), make.counterpart(maria, name="Lithium board"), by=lee)
    for member in (maria, lee, liaison):
        with reading_as(again(member)):
            assert asked("SELECT count(*) FROM counterparts_movedrows") == 0
            assert asked("SELECT count(*) FROM counterparts_merge") == 1


# Other connections ---------------------------------------------------------------------------------------------------


def test_what_another_connection_asks_and_who_it_is_signed_for_is_not_shown(liaison: Member) -> None:
    """Connections of one role see each other's statements: a signed reader would be there to be copied and said again."""
    with psycopg.connect(**others(), autocommit=True) as intruder, reading_as(again(liaison)):
        for asks in (
            "SELECT query FROM pg_stat_activity",
            "SELECT pg_stat_get_backend_activity(id) FROM pg_stat_get_backend_idset() id",
        ):
            seen = [str(row[0]) for row in intruder.execute(asks.encode())]
            assert not [query for query in seen if "rls.context" in query]


def test_the_app_cannot_have_it_shown_again() -> None:
    with (
        psycopg.connect(**others(), autocommit=True) as intruder,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        intruder.execute("SET track_activities = on")


def others() -> Any:
    """How the app connects."""
    given = connection.get_connection_params()
    return {name: given[name] for name in ("dbname", "user", "password", "host", "port") if name in given}
