from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Member, Office
from diplomacy.lib.readers import Protected, ProtectedQuerySet
from diplomacy.lib.references import ReferenceField
from engagements.choices import AdviceStatus, Position, ResponseKind
from engagements.models.engagements import Engagement
from engagements.querysets import AdviceRequestQuerySet


class AdviceRequest(Protected):
    """One desk is asked about one engagement. The engagement never waits for it."""

    reference = ReferenceField("A")
    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="advice_requests")
    desk = models.ForeignKey(Office, models.PROTECT, related_name="advice_requests")
    status = models.CharField(
        max_length=10,
        choices=AdviceStatus,
        default=AdviceStatus.REQUESTED,
        editable=False,
    )
    status_since = models.DateTimeField(auto_now_add=True)
    requested_at = models.DateTimeField()
    due_on = models.DateField()
    paused_on = models.DateField(
        null=True, editable=False, help_text="Since when a question waits on the office"
    )
    assigned_to = models.ForeignKey(Member, models.PROTECT, null=True, related_name="assigned_requests")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AdviceRequestQuerySet.as_manager()

    class Meta(Protected.Meta):
        indexes = [
            *Protected.Meta.indexes,
            models.Index(
                fields=["desk", "due_on", "id"],
                condition=Q(status__in=["requested", "assigned", "question"]),
                name="request_queue",
            ),
            models.Index(
                fields=["due_on"],
                condition=Q(status__in=["requested", "assigned"]),
                name="request_overdue",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "desk"], name="one_request_a_desk"),
            models.CheckConstraint(
                condition=~Q(status="question") | Q(paused_on__isnull=False),
                name="a_question_pauses_the_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.desk}"

    def get_absolute_url(self) -> str:
        return reverse("engagements:request", args=[self.reference])

    @property
    def is_open(self) -> bool:
        return self.status in {"requested", "assigned", "question"}


class Question(models.Model):
    """A desk asks, the office answers; the clock waits in between."""

    request = models.ForeignKey(AdviceRequest, models.CASCADE, related_name="questions")
    text = models.TextField(max_length=3000)
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(max_length=5000, blank=True)
    answered_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(answered_at=None),
                name="one_open_question_a_request",
            )
        ]

    def __str__(self) -> str:
        return f"question on {self.request_id}"


class Advice(Protected):
    """What a desk says. Once released it is never overwritten: a change is the next number."""

    request = models.ForeignKey(AdviceRequest, models.CASCADE, related_name="advice")
    number = models.PositiveSmallIntegerField()
    position = models.CharField(max_length=15, choices=Position)
    reasoning = models.TextField(max_length=10000)
    engagement_version = models.PositiveIntegerField(help_text="The filed version it was given on")
    written_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now=True)
    released_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProtectedQuerySet.as_manager()

    class Meta(Protected.Meta):
        ordering = ["number"]
        verbose_name_plural = "advice"
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="advice_number_once"),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(released_at=None),
                name="one_unreleased_advice",
            ),
        ]

    def __str__(self) -> str:
        return f"advice {self.number} on {self.request_id}"


class AdviceResponse(models.Model):
    """What the office did with released advice."""

    advice = models.OneToOneField(Advice, models.CASCADE, related_name="response")
    kind = models.CharField(max_length=10, choices=ResponseKind)
    reason = models.TextField(max_length=3000, blank=True)
    responded_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    responded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.advice_id}"


class DeskNote(Protected):
    """Stays inside the desk."""

    request = models.ForeignKey(AdviceRequest, models.CASCADE, related_name="desk_notes")
    text = models.TextField(max_length=5000)
    written_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    objects = ProtectedQuerySet.as_manager()

    class Meta(Protected.Meta):
        ordering = [F("id").desc()]

    def __str__(self) -> str:
        return f"note on {self.request_id}"
