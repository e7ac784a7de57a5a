from django.conf import settings
from django.db import models


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
