import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from activity.kinds import KINDS, TEXTS, Kind
from activity.querysets import AlarmQuerySet, EntryQuerySet, HoldQuerySet, NoticeQuerySet
from diplomacy.lib.references import ReferenceField


class Entry(models.Model):
    """One line of the log: who, for which office, did what, to what, when. The app role can only append.

    `readers` narrows a line to some of its subject's readers (a desk's own work); empty means all of them.
    `data` is content and may expire; then `salt` goes too, so that nobody can guess it from the hash that stays.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    kind = models.CharField(max_length=60)
    # The indexes below find by actor and office too; an index less makes every write a little cheaper.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    office = models.ForeignKey("accounts.Office", models.PROTECT, null=True, related_name="+", db_index=False)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_reference = models.CharField(max_length=12)
    readers = ArrayField(models.CharField(max_length=64), default=list)
    data = models.JSONField(default=dict)
    salt = models.UUIDField(null=True, db_default=RandomUUID(), editable=False)
    expired_at = models.DateTimeField(null=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="entry_subject"),
            # Auditors' pages: each filter in the order of time.
            models.Index(fields=["-at", "-id"], name="entry_time"),
            models.Index(fields=["actor", "-at", "-id"], name="entry_actor"),
            models.Index(fields=["office", "-at", "-id"], name="entry_office"),
            models.Index(fields=["kind", "-at", "-id"], name="entry_kind"),
            models.Index(fields=["subject_reference", "-at", "-id"], name="entry_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_reference}"

    @property
    def words(self) -> Kind:
        return KINDS[self.kind]

    @property
    def is_unknown(self) -> bool:
        """Done by somebody, and not known by whom."""
        return self.actor_id is None and self.words.is_watching


class Seal(models.Model):
    """An entry's place in the chain. Only the database's own function writes it (`activity.chain`)."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="seal")
    content = models.BinaryField(help_text="SHA-256 of the entry's salt and data")
    hash = models.BinaryField(help_text="SHA-256 of the hash before this one and of the entry")

    def __str__(self) -> str:
        return f"{self.number}: {bytes(self.hash).hex()}"


class Alarm(models.Model):
    """A valid user opened, or was shown, more records than work explains."""

    class Way(models.TextChoices):
        OPENED = "opened", "opened"
        LISTED = "listed", "shown in lists or files"

    class Within(models.TextChoices):
        HOUR = "hour", "one hour"
        DAY = "day", "one day"

    reference = ReferenceField("AL")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    office = models.ForeignKey("accounts.Office", models.PROTECT, related_name="+")
    opened = models.PositiveIntegerField(help_text="Distinct records, when it was raised")
    way = models.CharField(max_length=6, choices=Way, default=Way.OPENED, db_default=Way.OPENED)
    within = models.CharField(max_length=4, choices=Within, default=Within.HOUR, db_default=Within.HOUR)
    at = models.DateTimeField(auto_now_add=True)

    objects = AlarmQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user}: {self.opened} records in {self.get_within_display()}"

    def get_absolute_url(self) -> str:
        return reverse("activity:alarm", args=[self.reference])


class Retention(models.Model):
    """For how many years the content of a kind is kept. A change is a new row; the longest beginning decides.

    The app role only reads it: `manage.py set_retention` writes it as the owner.
    """

    kind = models.CharField(
        max_length=60, blank=True, help_text="How the name of the kind begins; empty for all"
    )
    years = models.PositiveSmallIntegerField()
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["kind", "-since"]
        constraints = [models.CheckConstraint(condition=Q(years__gte=1), name="kept_a_year_at_least")]

    def __str__(self) -> str:
        return f"{self.kind or 'everything'}: {self.years} years"

    @property
    def words(self) -> str:
        if self.kind in TEXTS:
            return f"{TEXTS[self.kind]}, once a lead agrees"
        if self.kind in KINDS:
            return f"Lines that say “{KINDS[self.kind].said.rstrip('.')}”"
        return f"Other lines about {self.kind.strip('.')}" if self.kind else "All other lines"


class Hold(models.Model):
    """A legal hold: while it stands, no content of the office's records expires, or of the one record it names."""

    reference = ReferenceField("H")
    office = models.ForeignKey("accounts.Office", models.PROTECT, related_name="+")
    record = models.CharField(
        max_length=12, blank=True, help_text="The reference of one record; empty for all"
    )
    reason = models.CharField(max_length=500)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="hold_is_lifted_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.record or 'Everything'} of {self.office}"


class Notice(models.Model):
    """One recipient's notification of one entry, and its own outbox row: unsent notices are the queue."""

    class Mail(models.TextChoices):
        UNWANTED = "unwanted", "Not wanted by e-mail"
        DUE = "due", "Waiting to be sent"
        SENT = "sent", "Sent"
        WITHHELD = "withheld", "Not sent: no longer theirs to see"
        FAILED = "failed", "Could not be delivered"

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="notices")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    delivery_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=10, choices=Mail, default=Mail.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "recipient"], name="one_notice_a_recipient")]
        indexes = [
            models.Index(fields=["try_after"], condition=Q(mail="due"), name="notice_outbox"),
            models.Index(fields=["recipient", "-id"], name="notice_recipient"),
            models.Index(fields=["recipient", "-id"], condition=Q(read_at=None), name="notice_unread_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} to {self.recipient_id}"


class Preference(models.Model):
    """How a person wants to hear of one kind. Urgent kinds are always mailed."""

    class Channel(models.TextChoices):
        APPLICATION = "application", "In the application only"
        EMAIL = "email", "In the application and by e-mail"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=12, choices=Channel)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_preference_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.channel}"


class Creation(models.Model):
    """An idempotency key and what it made, so that a repeated request makes nothing twice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the request")
    subject_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="key_once_a_user")]

    def __str__(self) -> str:
        return self.key
