from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from diplomacy.lib.readers import VisibleQuerySet, keys_of


class EntryQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The whole log is for auditors, without its `data`. Others read lines through their subjects."""
        roles = {member.role for member in getattr(user, "standing", [])}
        return self.defer("data") if "auditor" in roles else self.none()

    def about(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)

    def readable_with(self, user: Any) -> Self:
        """Of a subject the caller has already fetched through `visible_to`: the lines meant for this reader."""
        return self.filter(Q(readers=[]) | Q(readers__overlap=sorted(keys_of(user))))


class NoticeQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(recipient_id=user.pk) if keys_of(user) else self.none()

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def due(self) -> Self:
        return self.filter(mail="due", try_after__lte=timezone.now())
