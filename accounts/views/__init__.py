from accounts.views.delegations import delegate, end_delegation
from accounts.views.invitations import invite, join, open_invitation, send_again, withdraw
from accounts.views.members import end, member, term
from accounts.views.office import confirm_members, office, settings
from accounts.views.onboarding import ask, asked, bring_back, office_request, office_requests
from accounts.views.own import access_ended, act_for, profile, sign_in_as
from accounts.views.recovery import (
    open_recovery,
    recover,
    sign_out_member,
    start_recovery,
    withdraw_recovery,
)

__all__ = [
    "access_ended",
    "act_for",
    "ask",
    "asked",
    "bring_back",
    "confirm_members",
    "delegate",
    "end",
    "end_delegation",
    "invite",
    "join",
    "member",
    "office",
    "office_request",
    "office_requests",
    "open_invitation",
    "open_recovery",
    "profile",
    "recover",
    "send_again",
    "settings",
    "sign_in_as",
    "sign_out_member",
    "start_recovery",
    "term",
    "withdraw",
    "withdraw_recovery",
]
