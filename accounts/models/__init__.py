from accounts.models.divisions import Division
from accounts.models.identities import ExternalIdentity, ProviderAnswer
from accounts.models.joining import Invitation, OfficeRequest
from accounts.models.letters import Letter, Recovery
from accounts.models.offices import Coalition, CoalitionMember, Office
from accounts.models.officials import Official, Term
from accounts.models.people import Delegation, Member, User
from accounts.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "Coalition",
    "CoalitionMember",
    "Delegation",
    "Division",
    "ExternalIdentity",
    "Invitation",
    "Letter",
    "Member",
    "Office",
    "OfficeRequest",
    "Official",
    "ProviderAnswer",
    "Recovery",
    "Term",
    "User",
]
