"""What a migration says to put a table behind the second wall."""

from typing import Any

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from diplomacy.lib.rls.roles import FEDERAL, KEEPER, OFFICE, ROLES, SYSTEM

KEYS = "(SELECT rls.keys())"
OWN = f"readers && {KEYS}"
"""Of a table with `readers`: the row names one of the reader's keys."""
ITSELF = "(SELECT rls.person())"
"""The id of the reader's own account, for rows that are one person's: an index finds them, as no built key is."""
FEDERAL_TOO = f"(federal_reads AND (SELECT rls.has('federal'))) OR {OWN}"
NOBODY = "false"

POLICIES = """
REVOKE ALL ON {table} FROM {app};
REVOKE ALL ON {table} FROM {roles};
GRANT {privileges} ON {table} TO {roles};
GRANT SELECT ON {table} TO {keeper};
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY system_works ON {table} TO {system} USING ((SELECT rls.is_system()));
CREATE POLICY keeper_looks_up ON {table} FOR SELECT TO {keeper} USING (true);
CREATE POLICY office_reads ON {table} FOR SELECT TO {office} USING ({reads});
CREATE POLICY federal_reads ON {table} FOR SELECT TO {federal} USING ({federal_reads});
CREATE POLICY writer_adds ON {table} FOR INSERT TO {office}, {federal} WITH CHECK ({writes});
CREATE POLICY writer_changes ON {table} FOR UPDATE TO {office}, {federal} USING ({writes});
CREATE POLICY writer_removes ON {table} FOR DELETE TO {office}, {federal} USING ({writes});
"""
NAMES = (
    "system_works",
    "keeper_looks_up",
    "office_reads",
    "federal_reads",
    "writer_adds",
    "writer_changes",
    "writer_removes",
)


GUARDS = """
REVOKE ALL ON {table} FROM {app}, {roles};
GRANT SELECT ON {table} TO {app}, {roles};
GRANT INSERT, UPDATE, DELETE ON {table} TO {system};
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY system_works ON {table} TO {system} USING ((SELECT rls.is_system()));
CREATE POLICY everybody_reads ON {table} FOR SELECT USING (true);
"""
OPENS = """
GRANT UPDATE ({columns}) ON {table} TO {app}, {office}, {federal};
CREATE POLICY everybody_changes ON {table} FOR UPDATE TO {app}, {office}, {federal} USING (true);
"""


def any_key(*parts: str) -> str:
    """True for a reader who holds one of these keys, each an SQL text expression."""
    return f"ARRAY[{', '.join(parts)}]::varchar[] && {KEYS}"


def parent(table: str, column: str, condition: str = "") -> str:
    """True where the row's parent may be read, and meets the condition on it (`p`): its own policies apply to it."""
    more = f" AND ({condition})" if condition else ""
    return f"EXISTS (SELECT FROM {table} p WHERE p.id = {column}{more})"


def rewritten(table: str, reads: str, writes: str) -> str:
    """The policies of a table that `Protect` has put behind the wall, with other conditions."""
    return f"""
ALTER POLICY office_reads ON {table} USING ({reads});
ALTER POLICY federal_reads ON {table} USING ({reads});
ALTER POLICY writer_adds ON {table} WITH CHECK ({writes});
ALTER POLICY writer_changes ON {table} USING ({writes});
ALTER POLICY writer_removes ON {table} USING ({writes});
"""


class Behind(Operation):
    """A table and its policies, which go with it when it is taken back."""

    reduces_to_sql = True
    reversible = True
    table: str
    policies: tuple[str, ...]

    def statements(self, **names: str) -> str:
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Django's models know nothing of policies."""

    def database_forwards(
        self,
        app_label: str,
        editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        said = self.statements(
            table=self.table,
            app=editor.quote_name(app_role()),
            roles=", ".join(ROLES),
            keeper=KEEPER,
            system=SYSTEM,
            office=OFFICE,
            federal=FEDERAL,
        )
        editor.execute(said, params=None)

    def database_backwards(
        self,
        app_label: str,
        editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for name in self.policies:
            editor.execute(f"DROP POLICY {name} ON {self.table}")
        everybody = ", ".join([editor.quote_name(app_role()), *ROLES])
        editor.execute(
            f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;"
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {self.table} TO {everybody}"
        )

    def describe(self) -> str:
        return f"Put {self.table} behind row-level security"


class Protect(Behind):
    """Rows of a table are read where `reads` holds, and written where `writes` does; both are SQL conditions.

    `federal_reads` where a federal reader's condition is another. The named work of the system reads and writes all.
    """

    policies = NAMES

    def __init__(
        self,
        table: str,
        *,
        reads: str,
        writes: str = NOBODY,
        federal_reads: str = "",
        privileges: str = "SELECT, INSERT, UPDATE, DELETE",
    ) -> None:
        self.table, self.reads, self.writes, self.privileges = table, reads, writes, privileges
        self.federal_reads = federal_reads or reads

    def statements(self, **names: str) -> str:
        return POLICIES.format(
            reads=self.reads,
            federal_reads=self.federal_reads,
            writes=self.writes,
            privileges=self.privileges,
            **names,
        )


class Guard(Behind):
    """Rows of a table that says who somebody is: read by all, before anybody is known; written by the system's named work.

    `open_columns` decide nothing, and are changed by whoever may speak to the database at all.
    """

    def __init__(self, table: str, *, open_columns: tuple[str, ...] = ()) -> None:
        self.table, self.open_columns = table, open_columns
        more = ("everybody_changes",) if open_columns else ()
        self.policies = ("system_works", "everybody_reads", *more)

    def statements(self, **names: str) -> str:
        said = GUARDS + (OPENS if self.open_columns else "")
        return said.format(columns=", ".join(self.open_columns), **names)


def app_role() -> str:
    found: Any = settings.DATABASES["default"]["USER"]
    return str(found)
