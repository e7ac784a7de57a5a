"""Possible matches of the register with public lists. A possible match is not a finding, and nothing waits for it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Member, Office
from counterparts.models.listings import Listing
from counterparts.models.register import Counterpart
from counterparts.querysets import DispositionQuerySet, HitQuerySet
from diplomacy.lib.readers import Protected, SignedInQuerySet
from diplomacy.lib.references import ReferenceField


class Screening(models.Model):
    """When a counterpart was last compared, and with what. Whose `mark` or `version` is old is due again."""

    counterpart = models.OneToOneField(
        Counterpart, models.CASCADE, related_name="screening", primary_key=True
    )
    mark = models.CharField(
        max_length=64, help_text="Of all loaded editions and of the words that are stripped"
    )
    version = models.PositiveIntegerField(help_text="Of the counterpart")
    done_at = models.DateTimeField(auto_now=True)

    objects = SignedInQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.counterpart_id} at {self.done_at}"


class Hit(models.Model):
    """A counterpart and a listing whose names are alike."""

    class Level(models.TextChoices):
        REVIEW = "review", "Possible match"
        STRONG = "strong", "Strong possible match"
        INFORMATION = "information", "Registered under FARA"

    reference = ReferenceField("H")
    counterpart = models.ForeignKey(Counterpart, models.CASCADE, related_name="hits")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="hits")
    level = models.CharField(max_length=11, choices=Level)
    score = models.PositiveSmallIntegerField(
        help_text="0 to 100, country, kind and birth year taken into account"
    )
    our_name = models.CharField(max_length=200)
    listed_name = models.CharField(max_length=500)
    reasons: Any = models.JSONField(default=list, help_text="Sentences that say what raised or lowered it")
    digest = models.CharField(
        max_length=64, help_text="Of what is material about both; a change opens it again"
    )
    found_at = models.DateTimeField(auto_now_add=True)
    gone_at = models.DateTimeField(
        null=True, help_text="Since when the two are no longer alike, or the entry is delisted"
    )

    objects = HitQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "id"]
        constraints = [models.UniqueConstraint(fields=["counterpart", "listing"], name="hit_once")]
        indexes = [
            models.Index(fields=["counterpart"], condition=Q(gone_at=None), name="hit_of_counterpart"),
            models.Index(fields=["score", "id"], condition=Q(gone_at=None), name="hit_score"),
        ]

    def __str__(self) -> str:
        return f"{self.our_name} ~ {self.listed_name}"

    def get_absolute_url(self) -> str:
        return reverse("counterparts:hit", args=[self.reference])

    @property
    def word_label(self) -> str:
        """What the reader's office says; of a row that came with `in_rows`."""
        word: str = self.word  # type: ignore[attr-defined]
        return str(Disposition.Verdict(word).label) if word else ""


class Disposition(Protected):
    """What one office or desk says of a hit. It stands until the entry or the counterpart changes materially."""

    class Verdict(models.TextChoices):
        SAME = "same", "The same"
        DIFFERENT = "different", "Somebody else"
        UNSURE = "unsure", "Not sure"

    hit = models.ForeignKey(Hit, models.CASCADE, related_name="dispositions")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=9, choices=Verdict)
    reason = models.TextField(max_length=2000)
    digest = models.CharField(max_length=64, help_text="Of the hit, when this was said")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = DispositionQuerySet.as_manager()

    class Meta(Protected.Meta):
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.verdict} on {self.hit_id}"
