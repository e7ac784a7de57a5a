"""The one timeline a record has."""

from typing import Any

from django.db import models

from activity.models import Entry

LONGEST = 200


def of(subject: models.Model, user: Any) -> list[Entry]:
    """Newest first, of a subject that the caller fetched through `visible_to`: the lines meant for this reader."""
    lines = Entry.objects.about(subject).readable_with(user).select_related("actor", "office")
    return list(lines.order_by("-id")[:LONGEST])
