from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.divisions import Division
from accounts.models.offices import Office
from accounts.querysets import OfficialQuerySet, TermQuerySet
from diplomacy.lib import washington


class Official(models.Model):
    """A public office-holder. `ocd_id` is the Open Civic Data person id where they were imported."""

    ocd_id = models.CharField("Open Civic Data id", max_length=60, unique=True, null=True)  # noqa: DJ001  (two unknown ids do not clash)
    name = models.CharField(max_length=200)
    family_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="official"
    )

    objects = OfficialQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """Time in one public post. A term whose `ends_on` has passed has ended."""

    official = models.ForeignKey(Official, models.CASCADE, related_name="terms")
    role = models.CharField(max_length=60, help_text="governor, mayor, upper (chamber)…")
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="terms")
    jurisdiction = models.CharField(max_length=200, help_text="Open Civic Data jurisdiction id as published")
    district = models.CharField(max_length=100, blank=True)
    office = models.ForeignKey(Office, models.SET_NULL, null=True, blank=True, related_name="terms")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True, help_text="The last day")
    has_ended = models.BooleanField(default=False, help_text="Listed as ended, whatever the dates say")

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = [F("starts_on").desc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["official", "role", "jurisdiction", "district", "starts_on", "ends_on"],
                name="term_once",
                nulls_distinct=False,
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="term_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}, {self.jurisdiction}"

    @property
    def is_over(self) -> bool:
        return self.has_ended or (self.ends_on is not None and self.ends_on < washington.today())
