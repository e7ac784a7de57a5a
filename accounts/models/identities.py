from django.conf import settings
from django.db import models
from django.utils import timezone


class ExternalIdentity(models.Model):
    """An account of another organisation by which a person signs in here: its name there never changes, e-mail may."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="external_identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "external identities"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_is_one_person"),
            models.UniqueConstraint(fields=["issuer", "user"], name="one_identity_an_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"


class ProviderAnswer(models.Model):
    """What a provider of identities signed, taken once: whoever shows it again, here or to another process, is too late.

    In the database and not in the cache, which may be emptied while the answer still holds.
    """

    digest = models.CharField(
        max_length=64, unique=True, help_text="Of the provider's name and the answer's own"
    )
    asked_in = models.CharField(max_length=64, blank=True, help_text="Digest of the request that it answers")
    said = models.JSONField(null=True, help_text="Until the browser that asked has fetched it")
    kept_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(help_text="When nobody would take it any more, even for the first time")

    class Meta:
        indexes = [models.Index(fields=["asked_in"], name="answer_by_request")]

    def __str__(self) -> str:
        return self.digest[:12]
