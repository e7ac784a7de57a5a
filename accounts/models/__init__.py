from accounts.models.divisions import Division
from accounts.models.offices import Coalition, CoalitionMember, Office
from accounts.models.officials import Official, Term
from accounts.models.people import Member, User

__all__ = ["Coalition", "CoalitionMember", "Division", "Member", "Office", "Official", "Term", "User"]
