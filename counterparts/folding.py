import re
import unicodedata

from anyascii import anyascii


def fold(name: str) -> str:
    """A name as people type it: plain lower-case letters, single spaces ("Baja California" for "БАХА КАЛИФОРНИЯ")."""
    return re.sub(r"[^a-z0-9]+", " ", anyascii(name).lower()).strip()


def is_latin(name: str) -> bool:
    """Whether it has no letter of another script. Accents are Latin."""
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in name if letter.isalpha())
