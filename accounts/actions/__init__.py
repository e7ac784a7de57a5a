from accounts.actions.delegations import delegate, revoke_delegation
from accounts.actions.divisions import load_divisions
from accounts.actions.forgetting import forget
from accounts.actions.identities import fetch_answer, forget_answers, keep_answer, known_by
from accounts.actions.invitations import (
    accept,
    accept_as_new,
    invite,
    invite_by_command,
    send_again,
    withdraw,
)
from accounts.actions.letters import ask_for_reset, post, write_letter
from accounts.actions.members import (
    add_by_command,
    add_member,
    change_member,
    confirm_members,
    end_member,
    end_sessions,
    end_sessions_by_command,
    rest_on_term,
    set_sign_in,
    set_term_grace,
)
from accounts.actions.offices import (
    Operator,
    change_office,
    form_coalition,
    open_office,
    open_office_as_operator,
    open_office_by_command,
)
from accounts.actions.officials import load_officials
from accounts.actions.onboarding import ask_for_office, confirm_office, decline_office
from accounts.actions.people import change_profile, set_password
from accounts.actions.recovery import (
    end_recovery_of,
    recover,
    start_recovery,
    start_recovery_by_command,
    withdraw_recovery,
)
from accounts.actions.reminders import remind
from accounts.actions.tokens import make_token, revoke_token

__all__ = [
    "Operator",
    "accept",
    "accept_as_new",
    "add_by_command",
    "add_member",
    "ask_for_office",
    "ask_for_reset",
    "change_member",
    "change_office",
    "change_profile",
    "confirm_members",
    "confirm_office",
    "decline_office",
    "delegate",
    "end_member",
    "end_recovery_of",
    "end_sessions",
    "end_sessions_by_command",
    "fetch_answer",
    "forget",
    "forget_answers",
    "form_coalition",
    "invite",
    "invite_by_command",
    "keep_answer",
    "known_by",
    "load_divisions",
    "load_officials",
    "make_token",
    "open_office",
    "open_office_as_operator",
    "open_office_by_command",
    "post",
    "recover",
    "remind",
    "rest_on_term",
    "revoke_delegation",
    "revoke_token",
    "send_again",
    "set_password",
    "set_sign_in",
    "set_term_grace",
    "start_recovery",
    "start_recovery_by_command",
    "withdraw",
    "withdraw_recovery",
    "write_letter",
]
