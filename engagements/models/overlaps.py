"""Plans of different offices that cross: what is kept of it, for whom, and the index by which it is found."""

from typing import Any

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Member, Office
from diplomacy.lib.readers import Protected, ProtectedQuerySet
from diplomacy.lib.references import ReferenceField
from engagements.choices import Cell, Touch
from engagements.models.engagements import Engagement
from engagements.querysets import OverlapQuerySet, OverlapSideQuerySet


class OverlapFootprint(models.Model):
    """One thing that a filed engagement touches, and when: an index over engagements, counterparts and stops.

    `seeks` are the keys that it meets: its own, and for a city said with and without its region each other's. `reach`
    is `dates` widened by the window of its kind. Nobody reads it: `rls.overlaps_found` looks things up in it.
    """

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="+", db_index=False)
    office_id = models.BigIntegerField()
    key = models.BigIntegerField()
    seeks = ArrayField(models.BigIntegerField())
    touch = models.PositiveSmallIntegerField(choices=Touch)
    dates = DateRangeField()
    reach = DateRangeField()
    starts_on = models.DateField()
    is_blind = models.BooleanField()

    class Meta:
        indexes = [
            GistIndex(fields=["key", "dates", "starts_on"], name="footprint_dates"),
            GistIndex(fields=["key", "reach", "starts_on"], name="footprint_reach"),
        ]
        constraints = [models.UniqueConstraint(fields=["engagement", "key"], name="footprint_once")]

    def __str__(self) -> str:
        return f"{self.engagement_id} touches {self.key}"


class Overlap(Protected):
    """Two engagements of different offices that cross; `first` has the smaller id. Coordinators read it, offices their side."""

    reference = ReferenceField("OC")
    first = models.ForeignKey(Engagement, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Engagement, models.CASCADE, related_name="+")
    touch = models.PositiveSmallIntegerField(choices=Touch, help_text="The closest way in which they touch")
    is_mutual = models.BooleanField(default=False, editable=False, help_text="Both offices know each other")
    crosses_on = models.DateField(
        null=True, editable=False, help_text="The first day on which both have begun: the later first day"
    )
    countries = ArrayField(
        models.CharField(max_length=2),
        default=list,
        db_default=[],
        editable=False,
        help_text="Where both go or whom both meet; where they share none, those of either",
    )
    found_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = OverlapQuerySet.as_manager()

    class Meta(Protected.Meta):
        indexes = [
            *Protected.Meta.indexes,
            models.Index(
                fields=["crosses_on", "id"],
                include=["countries", "touch", "is_mutual"],
                condition=Q(ended_at=None, federal_reads=True),
                name="overlap_open_by_day",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="overlap_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="overlap_in_order"),
        ]

    def __str__(self) -> str:
        return f"Crossing plans {self.reference}"

    def get_absolute_url(self) -> str:
        return reverse("engagements:coordination", args=[self.reference])

    @property
    def told_as(self) -> str:
        return f"{self.first.office} and {self.second.office}"


class OverlapSide(Protected):
    """One office's half of an overlap. `sees` holds what its cell of the table lets it know of the other, and nothing else:
    a query that forgot every filter finds no more here. Of who is to be asked it holds the membership alone: names change."""

    reference = ReferenceField("OV")
    overlap = models.ForeignKey(Overlap, models.CASCADE, related_name="sides")
    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="overlap_sides")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    cell = models.CharField(max_length=10, choices=Cell, default=Cell.NOTHING, editable=False)
    sees: Any = models.JSONField(default=dict, editable=False)
    is_mutual = models.BooleanField(default=False, editable=False, help_text="Both know each other")
    has_ended = models.BooleanField(default=False, editable=False)

    asked_at = models.DateTimeField(null=True, editable=False)
    was_asked_at = models.DateTimeField(null=True, editable=False)
    introduced_at = models.DateTimeField(
        null=True, editable=False, help_text="Since when it lets itself be named to the other"
    )
    declined_at = models.DateTimeField(null=True, editable=False)
    set_aside_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField("why it was set aside", max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OverlapSideQuerySet.as_manager()

    class Meta(Protected.Meta):
        indexes = [
            *Protected.Meta.indexes,
            models.Index(fields=["office", "reference"], name="overlap_side_office"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["overlap", "engagement"], name="overlap_side_once"),
            models.CheckConstraint(
                condition=~Q(cell=Cell.NOTHING) | (Q(sees={}) & Q(readers=[]) & Q(is_mutual=False)),
                name="nothing_is_nothing",
            ),
            models.CheckConstraint(condition=Q(federal_reads=False), name="a_side_is_its_office_s"),
        ]

    def __str__(self) -> str:
        return f"Crossing plans {self.reference}"

    def get_absolute_url(self) -> str:
        return reverse("engagements:overlap", args=[self.reference])

    @property
    def who(self) -> str:
        """The other office, as far as this one may know it; as it is called now, where the row was fetched `with_other`."""
        if self.cell != Cell.NAMED:
            return "Another office"
        return str(getattr(self, "other_office", None) or self.sees["office"])

    @property
    def told_as(self) -> str:
        return f"{self.who} and your plan “{self.engagement}”"


class OverlapMessage(Protected):
    """Between the two offices, while each knows the other."""

    overlap = models.ForeignKey(Overlap, models.CASCADE, related_name="messages")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    text = models.TextField(max_length=3000)
    written_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    objects = ProtectedQuerySet.as_manager()

    class Meta(Protected.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return f"message in {self.overlap_id}"


class CoordinatorQuestion(Protected):
    """What one office asks the federal coordinators about an overlap. The other office learns nothing of it."""

    reference = ReferenceField("OQ")
    overlap = models.ForeignKey(Overlap, models.CASCADE, related_name="questions")
    side = models.ForeignKey(OverlapSide, models.CASCADE, related_name="questions")
    text = models.TextField(max_length=3000)
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(max_length=3000, blank=True)
    answered_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ProtectedQuerySet.as_manager()

    class Meta(Protected.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["side"], condition=Q(answered_at=None), name="one_open_question_a_side"
            )
        ]

    def __str__(self) -> str:
        return f"question {self.reference}"
