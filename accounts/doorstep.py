"""What is shown to those who hold no membership, signed in or not, and so see nothing through `visible_to`.

A name, a role and an office, and no record. Whoever calls makes sure of who is asking.
"""

from accounts import attestation
from accounts.models import Member, User
from accounts.querysets import MemberQuerySet
from diplomacy.lib import washington


def last_membership(user: User) -> Member | None:
    last: Member | None = Member.objects.last_of(user)
    return last


def why_ended(last: Member | None) -> str:
    """One word for the page: what about their last membership keeps them out."""
    if last is None:
        return "none"
    if last.ends_on is not None and last.ends_on <= washington.today():
        return "over"
    return "unconfirmed" if attestation.is_suspended(last) else "rests"


def who_could_help(last: Member | None) -> MemberQuerySet:
    """Those who manage the office in which somebody served last."""
    if last is None:
        return Member.objects.none()
    return Member.objects.of_office(last.office).who_manage().select_related("user")


def demonstration_cast() -> MemberQuerySet:
    """Everybody. For the demonstration on this machine only."""
    return Member.objects.current().select_related("user", "office").by_role()
