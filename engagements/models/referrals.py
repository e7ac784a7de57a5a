"""What one office passes to another that is better placed for it, and what came of it."""

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Member, Office
from counterparts.models import Counterpart
from diplomacy.lib.readers import Protected
from diplomacy.lib.references import ReferenceField
from engagements.choices import Outcome, ReferralStatus, Topic
from engagements.models.engagements import Engagement
from engagements.querysets import ReferralEngagementQuerySet, ReferralQuerySet


class Referral(Protected):
    """From a state or city office to another office or a desk. Nobody else reads it; it changes no engagement."""

    reference = ReferenceField("RF")
    sender = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=200)
    text = models.TextField("what they ask for, and what we know", max_length=5000)
    topics = ArrayField(models.CharField(max_length=20, choices=Topic), default=list, blank=True)
    counterparts = models.ManyToManyField(Counterpart, related_name="referrals", blank=True)
    counterpart_name = models.CharField("who is not on the register", max_length=200, blank=True)
    useful_by = models.DateField("by when an answer is useful", null=True, blank=True)
    contact = models.ForeignKey(
        Member, models.PROTECT, related_name="+", help_text="Who to ask in the office"
    )
    written_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)

    status = models.CharField(
        max_length=10, choices=ReferralStatus, default=ReferralStatus.SENT, editable=False
    )
    status_since = models.DateTimeField(auto_now_add=True)
    reason = models.CharField("why it was declined", max_length=1000, blank=True)
    answered_by = models.ForeignKey(Member, models.PROTECT, null=True, editable=False, related_name="+")
    answered_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField("what came of it", max_length=10, choices=Outcome, blank=True)
    outcome_text = models.TextField("in a sentence", max_length=2000, blank=True)
    closed_by = models.ForeignKey(Member, models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    earlier: Any = models.JSONField(
        default=list,
        db_default=[],
        editable=False,
        help_text="What was said of it before it was corrected, oldest first",
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReferralQuerySet.as_manager()

    class Meta(Protected.Meta):
        indexes = [
            models.Index(fields=["receiver", "status"], name="referral_receiver"),
            models.Index(fields=["sender", "status"], name="referral_sender"),
            *Protected.Meta.indexes,
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="a_referral_goes_elsewhere"),
            models.CheckConstraint(condition=Q(federal_reads=False), name="a_referral_is_of_two_offices"),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(reason=""), name="a_declined_referral_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed")
                | (~Q(outcome="") & ~Q(outcome_text="") & Q(closed_at__isnull=False)),
                name="a_closed_referral_says_what_came_of_it",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["sent", "withdrawn"], answered_at=None)
                | Q(status__in=["taken_up", "declined", "closed"], answered_at__isnull=False),
                name="an_answered_referral_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("engagements:referral", args=[self.reference])

    @property
    def who_came(self) -> list[str]:
        """Those on the register, and who is not."""
        return [str(body) for body in self.counterparts.all()] + [self.counterpart_name] * bool(
            self.counterpart_name
        )

    @property
    def said_before(self) -> list["Said"]:
        """What the receiver said of it before, the last first."""
        return [
            Said(
                str(Outcome(one["outcome"]).label), one["text"], one["by"], datetime.fromisoformat(one["at"])
            )
            for one in reversed(self.earlier)
        ]

    @property
    def topic_labels(self) -> list[str]:
        return [str(Topic(topic).label) for topic in self.topics]


class Said(NamedTuple):
    """An outcome that was corrected since, by whom and when."""

    outcome: str
    text: str
    by: str
    at: datetime


class ReferralEngagement(models.Model):
    """The engagement that a referral came from, or led to. Apart from the referral: whoever may not read the engagement
    does not learn that there is one."""

    class Part(models.TextChoices):
        CAME_FROM = "came_from", "It came from"
        LED_TO = "led_to", "It led to"

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="engagements", db_index=False)
    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="+")
    part = models.CharField(max_length=10, choices=Part)

    objects = ReferralEngagementQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["referral", "part"], name="referral_beside")]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(part="came_from"), name="referral_comes_from_one"
            ),
            # Several: whoever may not read one that is there already must not find out by naming another.
            models.UniqueConstraint(
                fields=["referral", "engagement"],
                condition=Q(part="led_to"),
                name="referral_leads_there_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.engagement_id}"
