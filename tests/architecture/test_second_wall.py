"""Behind the second wall is everything that has readers, and only named work of the product sees past it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from diplomacy.checks import WHO
from diplomacy.embedded import BASE_DIR

SYSTEM = {
    "accounts.invitations": "writes who is invited, and what link lets them in",
    "accounts.memberships": "writes who serves where, in whose place and for how long, and takes turns at it",
    "accounts.offices": "opens offices and coalitions, keeps who asked for one, and sets what an office asks of its people",
    "accounts.officials": "loads who holds a public post, which a membership may rest on",
    "accounts.people": "writes who has an account, and at which address",
    "accounts.proofs": "writes what people and programs show to be let in, and whose an account elsewhere is",
    "activity.alarms": "raises an alarm about whoever reads, for others",
    "activity.delivery": "re-checks and sends other people's notices",
    "activity.door": "counts failed tries at an account, for the mail that tells its person",
    "activity.record": "writes lines and notices for others to read",
    "activity.verify": "reads the whole log, as hashes",
    "briefings.audience": "looks for offices by engagements that the writer may not read",
    "briefings.clock": "expires briefings of every office",
    "briefings.lock": "locks a row that its door has found through visible_to",
    "briefings.receipts": "shows a briefing's writers what became of its copies",
    "counterparts.merge": "moves what other offices' records say of a counterpart to the one it is",
    "demo": "tells the demonstration",
    "engagements.coverage": "writes which desk is asked about what",
    "engagements.clock": "lapses requests of every desk",
    "engagements.flags": "raises flags anew where guidance or a list has changed",
    "engagements.lock": "locks a row that its door has found through visible_to",
    "engagements.overlap": "finds plans of other offices that cross, and keeps both halves of what is known of each",
    "engagements.readers": "recomputes who reads what of an engagement",
    "records.work": "makes the files that leads have asked for, and lets them expire",
}
CODE = [path for path in BASE_DIR.glob("*/**/*.py") if path.parts[len(BASE_DIR.parts)] in {
    "accounts", "activity", "briefings", "counterparts", "diplomacy", "engagements", "records"
}]  # fmt: skip
APART = {"activity_preference", "activity_creation", "activity_seal", "activity_retention"}
"""A person's own settings and keys, hashes, and how long kinds of content are kept: no content of a record."""
PROTECTED_APPS = {"activity", "engagements", "briefings", "records"}
ROUTES = {"engagements_coverage"}
"""Says for whom the lead of a desk is somebody who was asked, and so reads what is restricted."""
PEOPLE_APPS = {"account", "accounts", "auth", "mfa", "sessions", "usersessions"}
BELIEVED_BY_NOBODY = {
    "account_emailconfirmation": "addresses are confirmed by nobody here",
    "accounts_division": "places, by ids that say where they are",
    "accounts_letter": "a letter goes to the address of what it is about",
    "auth_group": "names of what is shared with; nobody is in one",
    "auth_group_permissions": "nobody is in a group",
    "auth_permission": "names of what nobody was given: operators are superusers",
    "django_session": "what a session says is signed, for its own key",
    "usersessions_usersession": "where somebody is signed in, for their eyes, and to end it",
}
"""Of what the apps of people and sign-in keep, what makes nobody anybody."""


def opened(path: Path) -> set[str]:
    return set(re.findall(r"\bsystem\(\"([^\"]+)\"\)", path.read_text()))


def test_every_system_context_is_listed_here_with_its_reason() -> None:
    assert {name for path in CODE for name in opened(path) if path.parent.name != "rls"} == set(SYSTEM)


def test_a_system_context_is_named_after_the_room_that_opens_it() -> None:
    for path in CODE:
        room = path.relative_to(BASE_DIR).parts[0]
        for name in opened(path) - {"demo"}:
            assert name.split(".")[0] == room or path.parent.name == "rls", f"{path} opens {name}"


@pytest.mark.django_db
def test_every_table_that_has_readers_and_every_child_of_one_is_forced_behind_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        behind = {name for (name,) in cursor.fetchall()}
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in PROTECTED_APPS
    }
    assert tables - behind == APART


@pytest.mark.django_db
def test_every_table_that_says_who_somebody_is_is_read_by_all_and_written_by_named_work() -> None:
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in PEOPLE_APPS
    }
    assert tables | ROUTES == WHO.keys() | BELIEVED_BY_NOBODY.keys()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = 'everybody_reads'")
        assert {name for (name,) in cursor.fetchall()} == WHO.keys()


@pytest.mark.django_db
def test_of_texts_behind_policies_and_of_who_reads_them_the_planner_keeps_no_sample() -> None:
    """EXPLAIN tells what it guesses by a sample to whoever asks."""
    kept = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attstattarget IS DISTINCT FROM 0"
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in PROTECTED_APPS and model._meta.db_table not in APART | ROUTES:
            with connection.cursor() as cursor:
                cursor.execute(kept, [model._meta.db_table])
                sampled = {name for (name,) in cursor.fetchall()}
            assert not sampled & {field.column for field in model._meta.local_fields if is_text(field)}, model


def is_text(field: Any) -> bool:
    """What somebody wrote, and not what they chose."""
    if isinstance(field, models.TextField | models.JSONField):
        return True
    inner = getattr(field, "base_field", field)
    return isinstance(inner, models.CharField) and (inner.max_length or 0) >= 64 and not inner.choices
