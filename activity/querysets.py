from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from activity.rules import MANAGING, OVERSIGHT
from diplomacy.lib.readers import VisibleQuerySet, keys_of

MOST = 100
"""Of people or offices that a few letters name."""
LINE = (
    *(
        "recipient_id",
        "delivery_key",
        "created_at",
        "read_at",
        "mail",
        "sent_at",
        "entry__kind",
        "entry__office__name",
    ),
    *(
        "entry__subject_type",
        "entry__subject_id",
        "entry__subject_reference",
        "entry__readers",
        "entry__data",
    ),
)


def is_auditor(user: Any) -> bool:
    return any(member.role in OVERSIGHT for member in getattr(user, "standing", []))


class EntryQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The whole log is for auditors, without its `data`. Others read lines through their subjects."""
        return self.defer("data", "salt") if is_auditor(user) else self.none()

    def about(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)

    def readable_with(self, user: Any) -> Self:
        """Of a subject the caller has already fetched through `visible_to`: the lines meant for this reader."""
        return self.filter(Q(readers=[]) | Q(readers__overlap=sorted(keys_of(user))))

    def by_person(self, words: str) -> Self:
        """Of those whose name or address has these letters."""
        people = apps.get_model("accounts.User")._default_manager
        named = people.filter(Q(name__icontains=words) | Q(email__icontains=words))
        return self.filter(actor__in=list(named.values_list("pk", flat=True)[:MOST]))

    def of_offices(self, words: str) -> Self:
        offices = apps.get_model("accounts.Office")._default_manager
        named = offices.filter(Q(name__icontains=words) | Q(short_name__icontains=words))
        return self.filter(office__in=list(named.values_list("pk", flat=True)[:MOST]))

    def between(self, since: datetime | None, until: datetime | None) -> Self:
        """Both included."""
        rows = self.filter(at__gte=since) if since else self
        return rows.filter(at__lte=until) if until else rows


class OverseenQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Auditors see all; who leads an office, what concerns it."""
        if is_auditor(user):
            return self.all()
        led = [m.office_id for m in getattr(user, "standing", []) if m.role in MANAGING]
        return self.filter(office__in=led)


class AlarmQuerySet(OverseenQuerySet):
    pass


class HoldQuerySet(OverseenQuerySet):
    def standing(self) -> Self:
        return self.filter(lifted_at=None)


class NoticeQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(recipient_id=user.pk) if keys_of(user) else self.none()

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def in_lines(self) -> Self:
        """With what one line says. Each further table doubles the time in which PostgreSQL plans the statement."""
        return self.select_related("entry__office").only(*LINE)

    def due(self) -> Self:
        return self.filter(mail="due", try_after__lte=timezone.now())
