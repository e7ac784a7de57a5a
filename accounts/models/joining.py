from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts import states
from accounts.models.offices import Office
from accounts.models.people import Member
from accounts.querysets import InvitationQuerySet, OfficeRequestQuerySet
from diplomacy.lib.references import ReferenceField


class Invitation(models.Model):
    """One person's way into one office in one role, once. Of the link's secret only the digest is kept."""

    reference = ReferenceField("IN")
    office = models.ForeignKey(Office, models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=10, choices=Member.Role)
    email = models.EmailField("e-mail address")
    name = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=120, blank=True)
    secret_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", help_text="Empty: the command line"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "email", "role"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invited_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="accepted_or_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.office.short_name}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:office")

    @property
    def is_waiting(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None

    @property
    def has_run_out(self) -> bool:
        return self.expires_at <= timezone.now()


class OfficeRequest(models.Model):
    """Somebody outside asks for an office. Somebody else, who knows who has authority there, answers."""

    class Status(models.TextChoices):
        ASKED = "asked", "Waiting for an answer"
        CONFIRMED = "confirmed", "Confirmed"
        DECLINED = "declined", "Declined"

    reference = ReferenceField("OR")
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    office_name = models.CharField(max_length=200)
    level = models.CharField(max_length=10, choices=Office.Level)
    state = models.CharField("state or territory", max_length=60, help_text="Its Open Civic Data id")
    place = models.CharField("city, county or tribe", max_length=120, blank=True)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=120)
    email = models.EmailField("e-mail address")
    authority = models.TextField(max_length=1000)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_for = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    office = models.OneToOneField(Office, models.PROTECT, null=True, related_name="asked_for_in")

    objects = OfficeRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="asked", decided_by=None)
                | ~Q(status="asked") & Q(decided_by__isnull=False),
                name="an_answer_has_somebody_who_gave_it",
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None) | Q(decided_by=None) | ~Q(asked_by=F("decided_by")),
                name="nobody_answers_their_own_request",
            ),
            models.CheckConstraint(
                condition=Q(office=None) | Q(status="confirmed"), name="an_office_opens_when_confirmed"
            ),
            models.CheckConstraint(condition=~Q(level="federal"), name="no_desk_is_asked_for"),
        ]

    def __str__(self) -> str:
        return self.office_name

    def get_absolute_url(self) -> str:
        return reverse("accounts:office_request", args=[self.reference])

    @property
    def state_name(self) -> str:
        return states.name_of(self.state)
