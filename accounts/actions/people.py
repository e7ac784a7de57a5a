from accounts.models import User
from accounts.time_zones import require_zone


def change_profile(user: User, *, name: str, time_zone: str) -> None:
    """A person's own name and clock. Not an office's act, and so no line in the log."""
    require_zone(time_zone)
    user.name, user.time_zone = name, time_zone
    user.save(update_fields=["name", "time_zone"])
