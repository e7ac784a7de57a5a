"""COPY into tables whose indexes and foreign keys are made again afterwards, as one would restore a backup."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connections, models
from django.db.backends.utils import CursorWrapper
from django.db.models.fields import NOT_PROVIDED

LINES = 20_000
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype <> 'f'
WHERE i.indrelid = ANY(%s::regclass[]) AND c.oid IS NULL
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u')
ORDER BY contype DESC
"""


def cursor() -> CursorWrapper:
    return connections["owner"].cursor()


@contextmanager
def unindexed(tables: Sequence[str]) -> Iterator[None]:
    with cursor() as run:
        run.execute(INDEXES, [list(tables)])
        indexes = run.fetchall()
        run.execute(CONSTRAINTS, [list(tables)])
        constraints = run.fetchall()
        for table, name, _ in reversed(constraints):
            run.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            run.execute(f"DROP INDEX {name}")
        yield
        run.execute("SET maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            run.execute(definition)
        for table, name, definition in constraints:
            run.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def copy(model: type[models.Model], varying: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Rows give the varying columns, as COPY's text; every other column takes its field's default."""
    said = iter(rows)
    fields = [field for field in model._meta.concrete_fields if field.attname not in varying]
    if "id" not in varying:
        fields = [field for field in fields if not field.primary_key]
    fields = [field for field in fields if field.db_default is NOT_PROVIDED]
    constant = "".join("\t" + text(_default(field)) for field in fields) + "\n"
    columns = ", ".join(
        [*(column(model, name) for name in varying), *(f'"{field.column}"' for field in fields)]
    )
    count = 0
    with cursor() as run, run.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as into:
        while lines := ["\t".join(map(str, row)) + constant for row in islice(said, LINES)]:
            into.write("".join(lines))
            count += len(lines)
    return count


def column(model: type[models.Model], attname: str) -> str:
    return next(f'"{field.column}"' for field in model._meta.concrete_fields if field.attname == attname)


def _default(field: models.Field[Any, Any]) -> Any:
    return field.pre_save(field.model(), add=True)


def text(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return "{}" if value in ([], {}) else str(value)


def fix_sequences(model_list: Iterable[type[models.Model]]) -> None:
    with cursor() as run:
        for model in model_list:
            table = model._meta.db_table
            run.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
            )
