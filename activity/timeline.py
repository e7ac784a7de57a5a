"""The one timeline a record has."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, Max

from activity.kinds import WATCHING
from activity.models import Entry

LONGEST = 200


def of(subject: models.Model, user: Any) -> list[Entry]:
    """Newest first, of a subject that the caller fetched through `visible_to`: the lines meant for this reader."""
    lines = Entry.objects.about(subject).exclude(kind__in=WATCHING).readable_with(user)
    lines = lines.select_related("actor", "office")
    return list(lines.order_by("-id")[:LONGEST])


class Look(NamedTuple):
    """One person who has opened a record."""

    name: str
    office: str
    times: int
    last: datetime


def looks(subject: models.Model, kind: str) -> list[Look]:
    """Who has opened it, the last first. For its owner."""
    opened = Entry.objects.about(subject).filter(kind=kind)
    people = opened.values_list("actor", "actor__name", "office__name").annotate(Count("pk"), Max("at"))
    return [Look(*line[1:]) for line in people.order_by("-at__max", "actor")[:LONGEST]]
