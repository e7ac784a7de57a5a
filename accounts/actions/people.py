from accounts.models import User


def change_profile(user: User, *, name: str, time_zone: str) -> None:
    """A person's own name and clock. Not an office's act, and so no line in the log."""
    user.name, user.time_zone = name, time_zone
    user.save(update_fields=["name", "time_zone"])
