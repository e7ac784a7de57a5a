from django.db import models
from django.db.models import Q

from accounts.models import Division, Office
from engagements.choices import Topic


class Coverage(models.Model):
    """A rule that routes requests for advice to a desk: every part that is set must match."""

    desk = models.ForeignKey(Office, models.CASCADE, related_name="coverage")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1")
    subdivision = models.CharField(max_length=6, blank=True, help_text="ISO 3166-2")
    topic = models.CharField(max_length=20, choices=Topic, blank=True)
    division = models.ForeignKey(Division, models.CASCADE, null=True, blank=True)
    is_fallback = models.BooleanField(default=False, help_text="Takes what no other rule routes")

    class Meta:
        verbose_name_plural = "coverage"
        constraints = [
            models.UniqueConstraint(
                fields=["desk", "country", "subdivision", "topic", "division"],
                name="coverage_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(is_fallback=True)
                | ~Q(country="")
                | ~Q(topic="")
                | ~Q(subdivision="")
                | Q(division__isnull=False),
                name="coverage_says_what_it_covers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk}: {self.country or self.topic or 'everything else'}"
