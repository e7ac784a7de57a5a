from pathlib import Path

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, Office
from activity.kinds import TEXTS
from diplomacy.lib.references import ReferenceField
from engagements.models import Engagement, Referral
from records.querysets import DisposalQuerySet, RequestQuerySet


class Status(models.TextChoices):
    OPEN = "open", "Being prepared"
    QUEUED = "queued", "Waiting for its turn"
    RUNNING = "running", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"


class Request(models.Model):
    """A request under a public-records law, and the file of the office's own records that answers it."""

    reference = ReferenceField("R")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    title = models.CharField("whose request, or its number", max_length=200)
    since = models.DateField("from")
    until = models.DateField("to")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    began_at = models.DateTimeField(null=True, editable=False)
    ready_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    digest = models.CharField("SHA-256 of the file", max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["office", "-created_at"], name="records_request_office")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="records_end_after_they_begin"),
            models.CheckConstraint(
                condition=~Q(status=Status.READY) | Q(ready_at__isnull=False, expires_at__isnull=False),
                name="records_ready_since_and_until",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("records:request", args=[self.reference])

    @property
    def path(self) -> Path:
        return Path(settings.EXPORTS_DIR) / f"{self.reference}.zip"

    @property
    def is_being_made(self) -> bool:
        return self.status in {Status.QUEUED, Status.RUNNING}

    @property
    def digest_pieces(self) -> list[str]:
        """In pieces, between which a narrow screen may break the line."""
        return [self.digest[start : start + 8] for start in range(0, len(self.digest), 8)]

    @property
    def has_file(self) -> bool:
        return self.status == Status.READY and bool(self.expires_at and self.expires_at > timezone.now())


class Disposal(models.Model):
    """A lead's word that old texts of the office's records go. The database decides which, by schedule and holds."""

    class Sort(models.TextChoices):
        VERSIONS = "versions", TEXTS["text.versions"]
        BRIEFINGS = "briefings", TEXTS["text.briefings"]

    reference = ReferenceField("DS")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    sort = models.CharField("what", max_length=10, choices=Sort)
    confirmed_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(auto_now_add=True)
    texts = models.PositiveIntegerField(default=0, editable=False)
    digest = models.CharField(
        max_length=64, blank=True, editable=False, help_text="SHA-256 over those of its texts"
    )
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = DisposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "sort"],
                condition=Q(finished_at=None),
                name="records_one_disposal_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_sort_display()} of {self.office}"


class Marks(models.Model):
    """What of a record the law lets the office keep back, and which law: whole parts, words wherever they stand."""

    parts = ArrayField(models.CharField(max_length=40), help_text="By their labels, as in the file")
    phrases = ArrayField(models.CharField(max_length=200), default=list, db_default=[])
    basis = models.CharField("under which law", max_length=300)
    marked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=~Q(parts=[]) | ~Q(phrases=[]), name="%(class)s_names_what"),
            models.CheckConstraint(condition=~Q(basis=""), name="%(class)s_names_its_law"),
        ]

    @property
    def words(self) -> str:
        """What is kept back, without saying the words that are."""
        count = len(self.phrases)
        named = [f"{count} word{'s' if count > 1 else ''} or name{'s' if count > 1 else ''}"] if count else []
        return ", ".join([*self.parts, *named])


class Exemption(Marks):
    """Of one engagement."""

    engagement = models.OneToOneField(Engagement, models.PROTECT, related_name="+")

    class Meta(Marks.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.engagement_id}: {self.words}"


class ReferralExemption(Marks):
    """Of one referral, for one of its two offices: each answers under its own law."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)

    class Meta(Marks.Meta):
        abstract = False
        constraints = [
            *Marks.Meta.constraints,
            models.UniqueConstraint(fields=["referral", "office"], name="referral_exemption_once"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} of {self.office_id}: {self.words}"
