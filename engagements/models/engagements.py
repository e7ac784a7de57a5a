from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.models import Member, Office, Official
from counterparts import places
from counterparts.models import Counterpart
from diplomacy.lib.readers import Protected
from diplomacy.lib.references import ReferenceField
from engagements.choices import (
    Coordination,
    Kind,
    Mode,
    Payer,
    Side,
    Status,
    Topic,
    Visibility,
)
from engagements.querysets import EngagementQuerySet


class Engagement(Protected):
    """Any planned contact with a foreign counterpart. It belongs to its office; nobody else writes it."""

    reference = ReferenceField("E")
    # Its index is `engagement_office_date`.
    office = models.ForeignKey(Office, models.PROTECT, related_name="engagements", db_index=False)
    contact = models.ForeignKey(
        Member, models.PROTECT, related_name="+", help_text="Who to ask in the office"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    status_since = models.DateTimeField(auto_now_add=True)

    kind = models.CharField(max_length=20, choices=Kind, blank=True)
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.COOPERATION)
    title = models.CharField(max_length=200)
    purpose = models.TextField(max_length=5000, blank=True)
    topics = ArrayField(models.CharField(max_length=20, choices=Topic), default=list, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    start_time = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    counterparts = models.ManyToManyField(Counterpart, related_name="engagements", blank=True)

    payer = models.CharField("who pays", max_length=12, choices=Payer, blank=True)
    payer_note = models.CharField("who pays for what", max_length=500, blank=True)
    arranged_by = models.CharField("who arranged it", max_length=200, blank=True)
    foreign_agent = models.CharField("foreign agent", max_length=200, blank=True)
    fara_number = models.CharField("FARA registration number", max_length=10, blank=True)
    has_binding_language = models.BooleanField("something binding may be signed", default=False)
    touches_infrastructure = models.BooleanField("touches critical infrastructure", default=False)

    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.FEDERAL)
    coordination = models.CharField(max_length=10, choices=Coordination, default=Coordination.SIGNAL)
    wants_advice = models.BooleanField(default=True)

    filed_at = models.DateTimeField(null=True, editable=False)
    is_filed_late = models.BooleanField(default=False, editable=False)
    reason = models.CharField("why it was postponed or cancelled", max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Counts every save")
    filed_version = models.PositiveIntegerField(default=0, editable=False, help_text="Counts filed changes")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EngagementQuerySet.as_manager()

    class Meta(Protected.Meta):
        indexes = [
            # Of what is filed: joined with an office's own index, it would be read whole for each of its pages.
            GinIndex(
                fields=["readers"],
                condition=Q(filed_at__isnull=False),
                fastupdate=False,
                name="engagement_filed_readers",
            ),
            models.Index(
                F("starts_on").desc(nulls_first=True),
                F("id").desc(),
                name="engagement_date",
            ),
            models.Index(
                F("office"),
                F("starts_on").desc(nulls_first=True),
                F("id").desc(),
                name="engagement_office_date",
            ),
            # For readers outside the office, whom no draft concerns: without it they page past all undated drafts.
            models.Index(
                F("starts_on").desc(nulls_first=True),
                F("id").desc(),
                condition=Q(filed_at__isnull=False),
                name="engagement_filed_date",
            ),
            models.Index(fields=["status", "ends_on"], name="engagement_status_ends"),
            GinIndex(
                fields=["title", "readers"],
                opclasses=["gin_trgm_ops", "array_ops"],
                condition=Q(filed_at__isnull=False),
                name="engagement_filed_titles",
            ),
            GinIndex(
                fields=["title", "readers"],
                opclasses=["gin_trgm_ops", "array_ops"],
                condition=Q(filed_at__isnull=True),
                name="engagement_unfiled_titles",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="engagement_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(filed_at=None)
                | (Q(starts_on__isnull=False) & Q(ends_on__isnull=False) & ~Q(kind="")),
                name="filed_engagement_has_dates_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "cancelled"]) | Q(filed_at__isnull=False),
                name="engagement_is_filed_first",
            ),
            models.CheckConstraint(
                condition=Q(federal_reads=False) | Q(filed_at__isnull=False),
                name="drafts_stay_in_the_office",
            ),
            models.CheckConstraint(
                condition=~Q(visibility="restricted") | Q(federal_reads=False),
                name="restricted_is_not_federal",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("engagements:detail", args=[self.reference])

    def url_about(self, data: dict[str, Any], reader: Any) -> str:
        """Where a notice leads: a desk's people work on their request, everybody else reads the engagement."""
        desks = {member.office.name for member in reader.standing if member.advises}
        if data.get("request") and data.get("desk") in desks:
            return reverse("engagements:request", args=[data["request"]])
        return self.get_absolute_url()

    @property
    def is_filed(self) -> bool:
        return self.filed_at is not None

    @property
    def has_begun(self) -> bool:
        """By the date of the place: whoever holds it in Tokyo is a day ahead of whoever writes it down here."""
        today = timezone.localdate(timezone=ZoneInfo(self.time_zone))
        return self.starts_on is not None and self.starts_on <= today

    @property
    def stop_places(self) -> list[str]:
        """In words; of a row that came with `in_rows`."""
        return [places.describe(**stop) for stop in self.went]  # type: ignore[attr-defined]

    @property
    def topic_labels(self) -> list[str]:
        return [str(Topic(topic).label) for topic in self.topics]


class EngagementUserPermission(UserObjectPermissionBase):
    """A person named on an engagement. `Engagement.readers` is the index of these grants."""

    content_object = models.ForeignKey(Engagement, models.CASCADE, related_name="named_people")


class EngagementGroupPermission(GroupObjectPermissionBase):
    """An office or coalition named on an engagement."""

    content_object = models.ForeignKey(Engagement, models.CASCADE, related_name="named_groups")


class EngagementVersion(models.Model):
    """What a filed engagement said after each filed change. Never overwritten; disposed of by the database alone."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    said: Any = models.JSONField()
    changed_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)
    disposed_at = models.DateTimeField(null=True, editable=False)
    digest = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="SHA-256 of what it said",
    )

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["engagement", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.engagement_id} version {self.number}"


class Reading(models.Model):
    """The last filed version a person read, so that the page can say what changed since."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    filed_version = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["engagement", "user"], name="reading_once")]

    def __str__(self) -> str:
        return f"{self.user_id} read version {self.filed_version}"


class EngagementCountry(models.Model):
    """A country that an engagement goes to or meets somebody from. PostgreSQL's own triggers keep these rows: an index
    over stops and counterparts, without which a list of one country reads every engagement there is."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="countries", db_index=False)
    country = models.CharField(max_length=2)

    class Meta:
        indexes = [models.Index(fields=["country", "engagement"], name="engagement_by_country")]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "country"], name="one_row_a_country"),
        ]

    def __str__(self) -> str:
        return f"{self.engagement_id} touches {self.country}"


class Stop(models.Model):
    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="stops")
    order = models.PositiveSmallIntegerField(default=0)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2, help_text="ISO 3166-1")
    subdivision = models.CharField(max_length=6, blank=True, help_text="ISO 3166-2")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]
        indexes = [models.Index(fields=["country", "subdivision"], name="stop_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="stop_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.place

    @property
    def place(self) -> str:
        return places.describe(self.city, self.subdivision, self.country)


class Participant(models.Model):
    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="participants")
    side = models.CharField(max_length=6, choices=Side)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    official = models.ForeignKey(Official, models.SET_NULL, null=True, blank=True, related_name="+")
    counterpart = models.ForeignKey(Counterpart, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["side", "id"]

    def __str__(self) -> str:
        return self.name


class AttentionFlag(models.Model):
    """What a named rule noticed. It informs; nothing waits for it."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="flags")
    rule = models.CharField(max_length=40)
    rule_version = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=80)
    reason = models.CharField(max_length=400)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["engagement", "rule"], name="flag_once")]

    def __str__(self) -> str:
        return self.label


class OfficeNote(models.Model):
    """Stays in the owning office."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="office_notes")
    text = models.TextField(max_length=5000)
    written_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"note on {self.engagement_id}"
