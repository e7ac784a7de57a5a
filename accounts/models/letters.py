from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models.offices import Office
from accounts.models.people import Member
from accounts.querysets import LetterQuerySet, RecoveryQuerySet
from diplomacy.lib.references import ReferenceField


class Letter(models.Model):
    """A message about an account, until a worker has sent it. It holds no secret: links are made when it is written.

    Whatever is asked for leaves the same row, so that no answer and no time of one tells whether there is an account.
    """

    class Kind(models.TextChoices):
        RESET = "reset", "A new password was asked for"
        TRIES = "tries", "Signed in after failed tries"
        IDLE = "idle", "Signed in after a long time"
        HALF_WAY = "half_way", "Somebody had the password"
        RECOVERY = "recovery", "Losing every passkey"
        INVITATION = "invitation", "An invitation runs out"
        CODES = "codes", "Recovery codes of before do not work"
        DECLINED = "declined", "A request for an office was declined"

    kind = models.CharField(max_length=10, choices=Kind)
    address = models.EmailField("e-mail address", max_length=320)
    about = models.BigIntegerField(null=True, help_text="The id of the recovery, invitation or request")
    made_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(default=timezone.now)

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["try_after"], name="letter_outbox")]

    def __str__(self) -> str:
        return self.get_kind_display()


class Recovery(models.Model):
    """A lead's word that somebody has lost every passkey and code. Alone it opens nothing: the link goes to the person's
    mailbox, and a link without a lead's word does not exist. Nobody but the person chooses or sees a password."""

    class Proof(models.TextChoices):
        IN_PERSON = "in_person", "I met them in person"
        VIDEO = "video", "I saw and spoke with them in a video call"
        TELEPHONE = "telephone", "I called them back at a number the office has had for long"
        COMMAND = "command", "The command line"

    reference = ReferenceField("RC")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recoveries")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", help_text="Empty: the command line"
    )
    proof = models.CharField(max_length=10, choices=Proof)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    secret_digest = models.CharField(max_length=64, blank=True, editable=False)
    mailed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "recoveries"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(used_at=None, withdrawn_at=None),
                name="one_recovery_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(used_at=None) | models.Q(withdrawn_at=None), name="used_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=models.Q(asked_by=None) & models.Q(proof="command")
                | models.Q(asked_by__isnull=False, office__isnull=False) & ~models.Q(proof="command"),
                name="a_recovery_has_a_lead_or_the_command_line",
            ),
        ]

    def __str__(self) -> str:
        return f"Signing in of {self.user}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:office")

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()
