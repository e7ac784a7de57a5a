"""Text as people paste it: newlines made one kind, characters that cannot be seen taken out."""

import re

NEWLINES = re.compile(r"\r\n?")
# Control characters but tab and newline, lone surrogates, byte order marks, and the bidirectional overrides that make
# a line read as something it is not; and tags, letters that nobody sees and that are compared as letters: a listed name with
# some of them behind it was alike to no list. Marks and isolates that right-to-left scripts need stay.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u202a-\u202e\U000e0000-\U000e007f]"
)


def tidy(text: str) -> str:
    """PostgreSQL refuses NUL and surrogates, and a form counts a newline once: clean before anything measures."""
    return UNSEEN.sub("", NEWLINES.sub("\n", text))
