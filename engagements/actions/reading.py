from accounts.models import User
from engagements.models import Engagement, Reading


def mark_version_read(engagement: Engagement, *, user: User) -> int | None:
    """Remember the version now on a reader's screen; returns the one they read before, None on the first visit."""
    before = (
        Reading.objects.filter(engagement=engagement, user=user)
        .values_list("filed_version", flat=True)
        .first()
    )
    if engagement.filed_version and before != engagement.filed_version:
        Reading.objects.update_or_create(
            engagement=engagement,
            user=user,
            defaults={"filed_version": engagement.filed_version},
        )
    return before
