"""Our signing key, put where the policies' functions find it and the app role does not."""

from typing import Any

from diplomacy.lib.rls.context import signing_key

BLOCK = 64
"""Bytes of a block of SHA-256 (RFC 2104)."""
# The key before stays good, so that processes that were started with it go on while they are replaced.
INSTALL = """
WITH given AS (SELECT %s::bytea AS inner_pad, %s::bytea AS outer_pad),
old AS (SELECT k.* FROM rls.signing_key k, given g WHERE is_current AND k.inner_pad <> g.inner_pad),
kept AS (
    INSERT INTO rls.signing_key SELECT false, inner_pad, outer_pad FROM old
    ON CONFLICT (is_current) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad
)
INSERT INTO rls.signing_key SELECT true, inner_pad, outer_pad FROM given
ON CONFLICT (is_current) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad
"""


def install(connection: Any) -> None:
    """By the owner, after each migration. Nothing to do before the schema is there."""
    padded = signing_key().ljust(BLOCK, b"\0")
    pads = [bytes(byte ^ mask for byte in padded) for mask in (0x36, 0x5C)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('rls.signing_key')")
        if cursor.fetchone()[0]:
            cursor.execute(INSTALL, pads)
