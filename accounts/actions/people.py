from accounts.models import User
from accounts.time_zones import require_zone
from diplomacy.lib.rls import system


def change_profile(user: User, *, name: str, time_zone: str) -> None:
    """A person's own name and clock. Not an office's act, and so no line in the log."""
    require_zone(time_zone)
    user.name, user.time_zone = name, time_zone
    user.save(update_fields=["name", "time_zone"])


def set_password(user: User, password: str) -> None:
    """By its person, whom sign-in has made sure of. allauth tells them by mail, and `activity.signins` the log."""
    user.set_password(password)
    with system("accounts.proofs"):
        user.save(update_fields=["password"])
