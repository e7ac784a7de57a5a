from django.db import models

from accounts.querysets import DivisionQuerySet


class Division(models.Model):
    """A political division, identified by its Open Civic Data id; the tree is the id's own path."""

    ocd_id = models.CharField("Open Civic Data id", max_length=200, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, help_text="The type of the id's last part: state, place, county…")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    census_geoid = models.CharField(max_length=40, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        ordering = ["ocd_id"]
        indexes = [
            models.Index(fields=["ocd_id"], opclasses=["text_pattern_ops"], name="division_path"),
            models.Index(fields=["kind", "name"], name="division_kind_name"),
        ]

    def __str__(self) -> str:
        return self.name
