from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models.people import Member
from accounts.querysets import ApiTokenQuerySet
from diplomacy.lib.references import ReferenceField

LONGEST_DAYS = 90


class ApiToken(models.Model):
    """What a program shows instead of a person's sign-in: for one membership, and only as long as that holds.

    The secret itself is kept nowhere. It has 256 random bits, so a plain digest cannot be searched for it.
    """

    class Scope(models.TextChoices):
        READ = "read", "Read only"
        WRITE = "write", "Read and write"

    reference = ReferenceField("K")
    member = models.ForeignKey(Member, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, editable=False)
    last_used_on = models.DateField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("made_at") + timedelta(days=LONGEST_DAYS)),
                name="token_expires_within_ninety_days",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("signin:tokens")

    @property
    def is_alive(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
