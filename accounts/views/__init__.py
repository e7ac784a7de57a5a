from accounts.views.delegations import delegate, end_delegation
from accounts.views.invitations import invite, join, open_invitation, send_again, withdraw
from accounts.views.members import end, member, term
from accounts.views.office import confirm_members, office, settings
from accounts.views.own import access_ended, act_for, profile, sign_in_as

__all__ = [
    "access_ended",
    "act_for",
    "confirm_members",
    "delegate",
    "end",
    "end_delegation",
    "invite",
    "join",
    "member",
    "office",
    "open_invitation",
    "profile",
    "send_again",
    "settings",
    "sign_in_as",
    "term",
    "withdraw",
]
