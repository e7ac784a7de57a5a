"""Builds the million rows, or finds them built already for this schema and this recipe."""

import hashlib
import json
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from benchmarks import bulk, rows, world

RECIPE = ("world.py", "rows.py")


def fingerprint() -> str:
    """Of the recipe and of the columns. A new index does not change the rows: migrating adds it to those there are."""
    recipe = [Path(__file__).with_name(name).read_text(encoding="utf-8") for name in RECIPE]
    owner = connections["owner"]
    columns = [
        sorted(
            f"{model._meta.label} {field.column} {field.db_type(owner)}"
            for field in model._meta.concrete_fields
        )
        for model in rows.LARGE
    ]
    return hashlib.sha256(json.dumps([recipe, columns, f"{world.TODAY:%Y-%m}"]).encode()).hexdigest()


def ready() -> None:
    wanted = fingerprint()
    if _built() == wanted:
        call_command("migrate", verbosity=0, skip_checks=True)
        _let_the_owner_through()
        print("The rows of an earlier run fit this schema and are used again.")
        return
    began = time.monotonic()
    _empty()
    call_command("migrate", verbosity=0, skip_checks=True)
    _let_the_owner_through()
    with bulk.unindexed([model._meta.db_table for model in rows.LARGE]):
        for name, build in rows.STEPS.items():
            print(f"  {name}: {build():,} rows, {time.monotonic() - began:.0f} s")
    bulk.fix_sequences(rows.LARGE)
    with bulk.cursor() as run:
        run.execute("VACUUM ANALYZE")
        run.execute("CREATE TABLE benchmark (fingerprint text)")
        run.execute("INSERT INTO benchmark VALUES (%s)", [wanted])
    print(f"Built in {time.monotonic() - began:.0f} s.")


def register() -> None:
    """People, offices and counterparts alone, for what reads nothing else, unless everything is there."""
    is_there = bool(_built())
    if not is_there:
        _empty()
    call_command("migrate", verbosity=0, skip_checks=True)
    _let_the_owner_through()
    if not is_there:
        for name in ("offices", "memberships", "counterparts"):
            rows.STEPS[name]()
        bulk.fix_sequences(rows.LARGE)
        with bulk.cursor() as run:
            run.execute("VACUUM ANALYZE")


def _let_the_owner_through() -> None:
    """COPY does not take policies, and a statement by hand is to be the best there is: the owner, here only, meets none.
    Pages go through the app role, which they hold."""
    with bulk.cursor() as run:
        run.execute("SELECT format('%%I', relname) FROM pg_class WHERE relforcerowsecurity", [])
        for (table,) in run.fetchall():
            run.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        # So that the owner may ask the same statements (benchmarks.wall).
        run.execute("SET ROLE diplomacy_keeper")
        run.execute("GRANT EXECUTE ON FUNCTION rls.engagements_titled(text, integer) TO diplomacy_owner")
        run.execute("RESET ROLE")


def _built() -> str:
    with bulk.cursor() as run:
        run.execute("SELECT to_regclass('benchmark')")
        if run.fetchone() == (None,):
            return ""
        run.execute("SELECT fingerprint FROM benchmark")
        return str(run.fetchone()[0])


def _empty() -> None:
    """Tables only: the schema itself and its extensions are not the owner's to drop."""
    with bulk.cursor() as run:
        run.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        if names := ", ".join(name for (name,) in run.fetchall()):
            run.execute(f"DROP TABLE {names} CASCADE")
        run.execute("DROP SCHEMA IF EXISTS rls CASCADE")
        run.execute(
            "SELECT format('%%s', p.oid::regprocedure) FROM pg_proc p"
            " WHERE pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'MEMBER')",
            [],
        )
        for (function,) in run.fetchall():
            run.execute(f"DROP FUNCTION {function} CASCADE")
