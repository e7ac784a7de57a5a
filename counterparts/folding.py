import re

from anyascii import anyascii


def fold(name: str) -> str:
    """A name as people type it: plain lower-case letters, single spaces ("Baja California" for "БАХА КАЛИФОРНИЯ")."""
    return re.sub(r"[^a-z0-9]+", " ", anyascii(name).lower()).strip()
