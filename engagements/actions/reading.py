from accounts.models import Member, User
from activity import actions as activity
from engagements.choices import Visibility
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


def note_opened(engagement: Engagement, *, by: Member) -> None:
    """Who opens a restricted engagement stands on its page, for the office that owns it."""
    if engagement.is_filed and engagement.visibility == Visibility.RESTRICTED:
        activity.observe_now_and_then("engagements.opened", engagement, by=by)
