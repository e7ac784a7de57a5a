"""The second wall: PostgreSQL refuses rows that the reader in the signed context may not read.

The application's `visible_to` is the first wall; this one stands for the day somebody forgets it. docs/access.md says
how both work, and what a new table needs: one operation in its migration.
"""

from diplomacy.lib.rls.context import reading_as, system
from diplomacy.lib.rls.roles import FEDERAL, KEEPER, OFFICE, ROLES, SYSTEM

__all__ = ["FEDERAL", "KEEPER", "OFFICE", "ROLES", "SYSTEM", "reading_as", "system"]
