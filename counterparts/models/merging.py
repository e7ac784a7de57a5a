"""Two counterparts that are one, or that somebody said are not."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models import Member
from counterparts.models.register import Counterpart
from counterparts.querysets import AlikeQuerySet
from diplomacy.lib.readers import SignedInQuerySet
from diplomacy.lib.references import ReferenceField


class Merge(models.Model):
    """That one counterpart became another. Everyone reads it; what was moved is in `MovedRows`."""

    reference = ReferenceField("M")
    kept = models.ForeignKey(Counterpart, models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Counterpart, models.PROTECT, related_name="merges_away")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")

    objects = SignedInQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_is_of_two"),
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="merged_away_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


class MovedRows(models.Model):
    """What a merge moved from one counterpart to the other, so that it can be moved back. Nobody reads it but that work: it
    says how many records there are, hidden ones among them, and whoever could write it would choose what is moved back."""

    merge = models.OneToOneField(Merge, models.CASCADE, related_name="+")
    rows: Any = models.JSONField(
        default=dict, help_text="For each relation, the ids of the rows that were moved"
    )
    names: Any = models.JSONField(default=list, help_text="The aliases that `kept` was given")

    def __str__(self) -> str:
        return f"moved by {self.merge_id}"


class Distinct(models.Model):
    """Somebody looked at two that seem alike, and they are two. `first` has the smaller id."""

    first = models.ForeignKey(Counterpart, models.CASCADE, related_name="+")
    second = models.ForeignKey(Counterpart, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = SignedInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinct_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"


class Alike(models.Model):
    """Two on the register that may be one. `first` has the smaller id; gone once they are merged or said to be two."""

    first = models.ForeignKey(Counterpart, models.CASCADE, related_name="+")
    second = models.ForeignKey(Counterpart, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(help_text="token_set_ratio of their most alike names, 0 to 100")

    objects = AlikeQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "id"]
        indexes = [models.Index(fields=["score", "id"], name="alike_score")]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="alike_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="alike_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id}"
