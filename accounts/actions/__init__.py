from accounts.actions.divisions import load_divisions
from accounts.actions.offices import (
    add_member,
    change_office,
    end_member,
    form_coalition,
    invite,
    open_office,
)
from accounts.actions.officials import load_officials
from accounts.actions.people import change_profile

__all__ = [
    "add_member",
    "change_office",
    "change_profile",
    "end_member",
    "form_coalition",
    "invite",
    "load_divisions",
    "load_officials",
    "open_office",
]
