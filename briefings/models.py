from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Coalition, Division, Member, Office
from briefings import tailoring
from briefings.choices import Kind, Label, Status
from briefings.querysets import BriefingQuerySet, DeliveryQuerySet, ReaderQuestionQuerySet
from counterparts import places
from counterparts.models import Counterpart
from diplomacy.lib.readers import Protected
from diplomacy.lib.references import ReferenceField
from engagements import clock
from engagements.choices import Topic
from engagements.models import Engagement

SENT = [Status.RELEASED, Status.RECALLED, Status.EXPIRED]


class Briefing(Protected):
    """What the briefers of one office write and release. `readers` is their side only: others read deliveries."""

    reference = ReferenceField("B")
    office = models.ForeignKey(Office, models.PROTECT, related_name="briefings")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    status_since = models.DateTimeField(auto_now_add=True)
    title = models.CharField(
        max_length=150, help_text="Everyone who gets any part of the briefing reads its title."
    )
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, null=True, blank=True, related_name="briefings"
    )
    acknowledge_by = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True, help_text="The last day on which it can be read")
    submitted_at = models.DateTimeField(null=True, editable=False)
    returned_because = models.CharField(max_length=1000, blank=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    released_at = models.DateTimeField(null=True, editable=False)
    recalled_at = models.DateTimeField(null=True, editable=False)
    recalled_because = models.CharField(max_length=1000, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Counts every save")
    edition = models.PositiveSmallIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BriefingQuerySet.as_manager()

    class Meta(Protected.Meta):
        indexes = [
            *Protected.Meta.indexes,
            models.Index(fields=["office", "status", "-status_since"], name="briefing_office_status"),
            models.Index(fields=["expires_on"], condition=Q(status="released"), name="briefing_expiry"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("author")),
                name="nobody_releases_their_own_briefing",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT, submitted_at=None)
                | ~Q(status=Status.DRAFT) & Q(submitted_at__isnull=False),
                name="briefing_is_submitted_when_it_is_no_draft",
            ),
            models.CheckConstraint(
                condition=Q(status__in=SENT, released_at__isnull=False, released_by__isnull=False)
                | ~Q(status__in=SENT) & Q(released_at=None, released_by=None),
                name="briefing_sent_was_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.RECALLED, recalled_at__isnull=False) & ~Q(recalled_because="")
                | ~Q(status=Status.RECALLED) & Q(recalled_at=None, recalled_because=""),
                name="briefing_recalled_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(acknowledge_by=None)
                | Q(expires_on=None)
                | Q(expires_on__gte=F("acknowledge_by")),
                name="briefing_lasts_until_its_deadline",
            ),
            models.CheckConstraint(condition=Q(federal_reads=False), name="briefing_stays_with_its_briefers"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("briefings:detail", args=[self.reference])

    def url_about(self, data: dict[str, Any], _user: object) -> str:
        """Where a notice about one line of the log leads."""
        return self.get_absolute_url() + ("#questions" if "question" in data else "")

    @property
    def is_over(self) -> bool:
        """Past its last day, even in the minutes before the clock task says so."""
        return self.status == Status.EXPIRED or (
            self.expires_on is not None and self.expires_on < clock.today()
        )


class Section(models.Model):
    """A part with a label of its own. Its rules of the audience, if any, narrow the briefing's."""

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="sections")
    order = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=150)
    body = models.TextField(max_length=20000)
    label = models.CharField(max_length=12, choices=Label)
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
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "order"], name="section_place_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.heading


VALUES = {
    Kind.PERSON: ["user"],
    Kind.OFFICE: ["office"],
    Kind.COALITION: ["coalition"],
    Kind.ROLE: [],
    Kind.DIVISION: ["division"],
    Kind.TOPIC: ["topic"],
    Kind.COUNTRY: ["country", "days"],
    Kind.COUNTERPART: ["counterpart", "days"],
}
TEXTS = {"topic", "country"}
COLUMNS = ["user", "office", "coalition", "division", "topic", "country", "counterpart", "days"]


def _holds_exactly(kind: Kind, columns: list[str]) -> Q:
    """The values that the kind needs, and no other."""
    held = Q(kind=kind)
    for column in COLUMNS:
        is_empty = Q(**{column: ""}) if column in TEXTS else Q(**{f"{column}__isnull": True})
        held &= ~is_empty if column in columns else is_empty
    return held


def _each_kind_with_its_value() -> Q:
    allowed = Q()
    for kind, columns in VALUES.items():
        allowed |= _holds_exactly(kind, columns)
    return allowed


class AudienceRule(models.Model):
    """Whom a briefing, or one section of it, is for. Rules add up; `role` keeps only those who serve in that role."""

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="audience")
    section = models.ForeignKey(Section, models.CASCADE, null=True, related_name="audience")
    kind = models.CharField(max_length=11, choices=Kind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    coalition = models.ForeignKey(Coalition, models.PROTECT, null=True, related_name="+")
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=10, choices=Member.Role, blank=True)
    topic = models.CharField(max_length=20, choices=Topic, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1")
    counterpart = models.ForeignKey(Counterpart, models.PROTECT, null=True, related_name="+")
    days = models.PositiveSmallIntegerField(
        null=True, validators=[MinValueValidator(1), MaxValueValidator(365)], help_text="Within how many days"
    )

    class Meta:
        ordering = [F("section__order").asc(nulls_first=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=_each_kind_with_its_value(), name="audience_rule_holds_its_value"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.PERSON) | Q(role=""), name="audience_person_needs_no_role"
            ),
            models.CheckConstraint(condition=~Q(kind=Kind.ROLE) | ~Q(role=""), name="audience_role_is_named"),
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__range=(1, 365)), name="audience_looks_at_most_a_year_ahead"
            ),
        ]

    @property
    def subject(self) -> object:
        """The one thing that the rule goes by."""
        body = self.user or self.office or self.coalition or self.division or self.counterpart
        country = places.country_name(self.country) if self.country else ""
        return body or country or (self.get_topic_display() if self.topic else self.get_role_display())

    def __str__(self) -> str:
        words = self._words()
        only = (
            f" – only in the role {self.get_role_display()}" if self.role and self.kind != Kind.ROLE else ""
        )
        return words + only

    def _words(self) -> str:
        ahead = f"in the next {self.days} days" if self.days else ""
        return {
            Kind.PERSON: f"{self.user}",
            Kind.OFFICE: f"Everyone in {self.office}",
            Kind.COALITION: f"Everyone in the offices of {self.coalition}",
            Kind.ROLE: f"Everyone in the role {self.get_role_display()}, in every office",
            Kind.DIVISION: f"Offices of {self.division} and of everything under it",
            Kind.TOPIC: f"Offices with a coming engagement on {self.get_topic_display()}",
            Kind.COUNTRY: f"Offices with an engagement with {places.country_name(self.country)} {ahead}",
            Kind.COUNTERPART: f"Offices with an engagement with {self.counterpart} {ahead}",
        }[Kind(self.kind)]


class Delivery(Protected):
    """The copy made for one reader: exactly the sections that label and audience admit."""

    reference = ReferenceField("D")
    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="deliveries")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deliveries")
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        related_name="+",
        help_text="Through which they got it, and only then may read it",
    )
    sections = models.ManyToManyField(Section, related_name="+")
    delivered_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta(Protected.Meta):
        verbose_name_plural = "deliveries"
        indexes = [
            GinIndex(fields=["readers"], name="delivery_readers"),
            models.Index(fields=["recipient", "-delivered_at", "-id"], name="delivery_recipient"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["briefing", "recipient"], name="one_delivery_a_reader"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None) | Q(opened_at__isnull=False),
                name="delivery_is_opened_first",
            ),
            models.CheckConstraint(condition=Q(federal_reads=False), name="delivery_is_its_readers_alone"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("briefings:read", args=[self.reference])

    def url_about(self, data: dict[str, Any], _user: object) -> str:
        return self.get_absolute_url() + ("#questions" if "question" in data else "")

    @property
    def is_recalled(self) -> bool:
        return self.briefing.status == Status.RECALLED

    @property
    def is_readable(self) -> bool:
        return self.briefing.status == Status.RELEASED and not self.briefing.is_over

    @property
    def title(self) -> str:
        """Of a recalled briefing a reader learns that it was recalled, and nothing else."""
        title: str = self.briefing.title
        return "Recalled briefing" if self.is_recalled else title

    @property
    def label(self) -> str:
        """Of the copy as a whole. Ask for `with_labels()` first."""
        return tailoring.narrowest(section.label for section in self.labelled)  # type: ignore[attr-defined]

    @property
    def cut(self) -> list[Section]:
        """What this reader reads now. Doors show this and nothing else of the briefing's text."""
        return list(self.sections.all()) if self.is_readable else []


class ReaderQuestion(models.Model):
    """A reader asks; any briefer of the office answers, to that reader."""

    reference = ReferenceField("RQ")
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="questions")
    text = models.TextField(max_length=3000)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(max_length=5000, blank=True)
    answered_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ReaderQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="reader_is_answered_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} on {self.delivery_id}"
