from django.db import models
from django.db.models import Q

from accounts.models import Member
from diplomacy.lib.references import ReferenceField
from engagements.choices import Side
from engagements.models.engagements import Engagement
from engagements.querysets import CommitmentQuerySet


class OutcomeReport(models.Model):
    """What came of it, with gifts and hosted travel for the jurisdiction's own ledger."""

    engagement = models.OneToOneField(Engagement, models.CASCADE, related_name="outcome_report")
    summary = models.TextField(max_length=10000)
    follow_up = models.TextField(max_length=5000, blank=True)
    gifts = models.TextField("gifts received or given", max_length=2000, blank=True)
    gifts_value = models.DecimalField(
        "value of gifts in US dollars",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
    )
    hosted_travel = models.TextField("travel, lodging or meals paid by others", max_length=2000, blank=True)
    hosted_travel_value = models.DecimalField(
        "value of hosted travel in US dollars",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
    )
    written_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(gifts_value=None) | Q(gifts_value__gte=0))
                & (Q(hosted_travel_value=None) | Q(hosted_travel_value__gte=0)),
                name="report_values_are_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"report on {self.engagement_id}"


class Commitment(models.Model):
    """An action item. Its readers are those of its engagement."""

    reference = ReferenceField("K")
    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="commitments")
    text = models.CharField(max_length=500)
    side = models.CharField("who owes it", max_length=6, choices=Side, default=Side.OURS)
    owner = models.CharField("who will do it", max_length=200, blank=True)
    due_on = models.DateField(null=True, blank=True)
    evidence = models.TextField("how it was met", max_length=3000, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(evidence=""),
                name="a_closed_commitment_has_evidence",
            )
        ]

    def __str__(self) -> str:
        return self.text
