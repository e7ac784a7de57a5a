from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Member, Office
from counterparts import places
from counterparts.querysets import CountryGuidanceQuerySet
from diplomacy.lib.references import ReferenceField


class CountryGuidance(models.Model):
    """What federal desks tell everyone about dealing with a country or a place. A change is a new version."""

    class Kind(models.TextChoices):
        COURTESY = "courtesy", "Courtesy"
        NOTICE = "notice", "Notice rule for its missions"
        CAUTION = "caution", "Caution"

    reference = ReferenceField("G")
    number = models.PositiveSmallIntegerField("version", default=1)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    country = models.CharField(max_length=2, help_text="ISO 3166-1")
    subdivision = models.CharField(max_length=6, blank=True, help_text="ISO 3166-2")
    kind = models.CharField(max_length=8, choices=Kind)
    title = models.CharField(max_length=200)
    text = models.TextField("what to do", max_length=5000)
    reason = models.TextField("why", max_length=2000)
    starts_on = models.DateField("in force from")
    ends_on = models.DateField("until", null=True, blank=True)
    desk = models.ForeignKey(Office, models.PROTECT, related_name="guidance")
    written_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    objects = CountryGuidanceQuerySet.as_manager()

    class Meta:
        ordering = ["country", "subdivision", "kind", "-starts_on", "id"]
        indexes = [models.Index(fields=["country", "subdivision"], name="guidance_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="guidance_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(subdivision="") | Q(subdivision__startswith=F("country")),
                name="guidance_subdivision_lies_in_its_country",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("counterparts:guidance", args=[self.reference])

    @property
    def place(self) -> str:
        return places.describe("", self.subdivision, self.country)
