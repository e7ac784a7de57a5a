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


class Protect(Operation):
    """Rows of a table are read where `reads` holds, and written where `writes` does; both are SQL conditions.

    `federal_reads` where a federal reader's condition is another. The named work of the system reads and writes all.
    """

    reduces_to_sql = True
    reversible = True

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

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Django's models know nothing of policies."""

    def database_forwards(
        self,
        app_label: str,
        editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        editor.execute(
            POLICIES.format(
                table=self.table,
                app=editor.quote_name(app_role()),
                roles=", ".join(ROLES),
                privileges=self.privileges,
                keeper=KEEPER,
                system=SYSTEM,
                office=OFFICE,
                federal=FEDERAL,
                reads=self.reads,
                federal_reads=self.federal_reads,
                writes=self.writes,
            ),
            params=None,
        )

    def database_backwards(
        self,
        app_label: str,
        editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for name in NAMES:
            editor.execute(f"DROP POLICY {name} ON {self.table}")
        editor.execute(
            f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;"
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {self.table} TO {editor.quote_name(app_role())}"
        )

    def describe(self) -> str:
        return f"Put {self.table} behind row-level security"


def app_role() -> str:
    found: Any = settings.DATABASES["default"]["USER"]
    return str(found)
