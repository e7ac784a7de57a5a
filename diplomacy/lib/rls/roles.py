"""Names of the cluster's roles; deploy/postgres/20-second-wall.sql makes them."""

OFFICE, FEDERAL, SYSTEM, KEEPER = (
    "diplomacy_office",
    "diplomacy_federal",
    "diplomacy_system",
    "diplomacy_keeper",
)
READERS = (OFFICE, FEDERAL)
ROLES = (*READERS, SYSTEM)
"""Those that the app switches into. A privilege on a protected table is granted to them, never to the app."""
