"""What another organisation says of somebody, in whichever protocol, and how far it is believed."""

from collections.abc import Collection
from typing import NamedTuple

from accounts.signin.strength import Strength
from diplomacy.lib.errors import Forbidden

WRONG = "The other organisation's answer could not be trusted. Try again, or sign in with your password or passkey."


class Person(NamedTuple):
    """Who the provider says somebody is."""

    issuer: str
    subject: str
    email: str
    """Empty unless the provider may speak for the address."""
    strength: Strength
    session: str = ""
    """The provider's own name of the session there, by which it can end ours."""


class NotTrusted(Forbidden):
    title = "Signing in did not work"


def strength_of(given: str, *, second_factor: Collection[str], passkey: Collection[str]) -> Strength:
    """Assurance counts for what the operator has said it is, and for a password otherwise."""
    if given and given in passkey:
        return Strength.PASSKEY
    return Strength.SECOND_FACTOR if given and given in second_factor else Strength.PASSWORD
