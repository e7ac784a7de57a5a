"""Public lists as their publishers give them out, entry by entry. What is on them is no finding about anybody here."""

import re

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from counterparts import places
from counterparts.querysets import ListEditionQuerySet, ListingQuerySet
from diplomacy.lib.readers import SignedInQuerySet
from diplomacy.lib.references import ReferenceField


class PublicList(models.TextChoices):
    OFAC = "ofac", "OFAC Specially Designated Nationals"
    CSL = "csl", "Consolidated Screening List"
    UN = "un", "United Nations Security Council Consolidated List"
    FARA = "fara", "Foreign Agents Registration Act"


class ListEdition(models.Model):
    """One loading of one list: which files, of which day, by whom, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Being read"
        LOADED = "loaded", "Loaded"
        REFUSED = "refused", "Refused: the list before it stays"

    reference = ReferenceField("L")
    source = models.CharField("list", max_length=4, choices=PublicList)
    published_on = models.DateField(help_text="The day the list itself bears, else that of its file")
    files = ArrayField(models.CharField(max_length=200), default=list)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING, editable=False)
    problem = models.CharField("why it was refused", max_length=500, blank=True)
    by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    percent = models.PositiveSmallIntegerField(default=0, help_text="Of the files, while they are read")
    read = models.PositiveIntegerField("rows read", default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    delisted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField("rows refused", default=0)
    is_news = models.BooleanField(
        default=True,
        db_default=True,
        editable=False,
        help_text="Whether an entry or a compared name is another than before: then everyone is compared again",
    )
    notes = ArrayField(
        models.CharField(max_length=300), default=list, help_text="Sentences for whoever loaded it"
    )

    objects = ListEditionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_source_display()} of {self.published_on:%B %-d, %Y}"

    def get_absolute_url(self) -> str:
        return reverse("counterparts:edition", args=[self.reference])

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}


class RefusedRow(models.Model):
    """A row that could not be taken, where it stands, and why. Only the first thousand of an edition are kept."""

    edition = models.ForeignKey(ListEdition, models.CASCADE, related_name="refused_rows")
    file = models.CharField(max_length=200)
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)

    objects = SignedInQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


MADE = re.compile(r"[0-9a-f]{24}")
"""A number that was made from a row which had none."""


class Listing(models.Model):
    """An entry of a public list."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        BODY = "body", "Organisation"
        VESSEL = "vessel", "Vessel"
        AIRCRAFT = "aircraft", "Aircraft"
        REGISTRANT = "registrant", "FARA registrant"
        PRINCIPAL = "principal", "Foreign principal under FARA"
        UNSAID = "unsaid", "Person or organisation: the list does not say"

    reference = ReferenceField("N")
    source = models.CharField("list", max_length=4, choices=PublicList)
    list_name = models.CharField(
        max_length=120, help_text="As the publisher calls the part, such as “Entity List (EL) - BIS”"
    )
    entry = models.CharField(
        max_length=80, help_text="The publisher's own number; made from the row where it gives none"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=500)
    programs = ArrayField(models.CharField(max_length=120), default=list)
    countries = ArrayField(
        models.CharField(max_length=2),
        default=list,
        help_text="ISO 3166-1: citizenship, nationality, addresses",
    )
    birth_years = ArrayField(models.PositiveSmallIntegerField(), default=list)
    title = models.CharField(max_length=300, blank=True)
    remarks = models.TextField(max_length=5000, blank=True)
    url = models.URLField(max_length=500, blank=True)
    starts_on = models.DateField("listed or registered on", null=True)
    ends_on = models.DateField(
        "ended on", null=True, help_text="Expiry of a denial, termination of a registration"
    )
    registration = models.CharField("FARA registration number", max_length=10, blank=True)
    represented_by = models.CharField("the registrant", max_length=300, blank=True)
    digest = models.CharField(
        max_length=64, editable=False, help_text="SHA-256 of all that is material about it"
    )
    first_edition = models.ForeignKey(ListEdition, models.PROTECT, related_name="+")
    edition = models.ForeignKey(
        ListEdition, models.PROTECT, related_name="listings", help_text="Last seen in it"
    )
    delisted_on = models.DateField(null=True, help_text="The date of the list from which it had vanished")

    objects = ListingQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["source", "entry"], name="listing_once")]
        indexes = [
            models.Index(fields=["source", "edition"], name="listing_edition"),
            models.Index(fields=["name", "id"], name="listing_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.list_name})"

    def get_absolute_url(self) -> str:
        return reverse("counterparts:listing", args=[self.reference])

    @property
    def number(self) -> str:
        """As the publisher counts it; empty where the row bears none, or only that of a registration."""
        number = self.entry.rpartition(":")[2]
        return "" if self.registration or MADE.fullmatch(number) else number

    @property
    def country_names(self) -> list[str]:
        return [places.country_name(code) for code in self.countries]

    @property
    def has_ended(self) -> bool:
        """A denial that expired, a registration that was terminated: on the list still, and over."""
        return bool(self.ends_on and self.ends_on < timezone.localdate())


class ListingName(models.Model):
    """A name that a listing bears, and the same name as it is compared."""

    class Kind(models.TextChoices):
        PRIMARY = "primary", "name"
        ALIAS = "alias", "also known as"
        WEAK = "weak", "weak alias"
        NATIVE = "native", "name in its own script"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="names")
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.PRIMARY)
    name = models.CharField(max_length=500)
    bare = models.CharField(max_length=500, help_text="counterparts.names.bare of it")
    is_live = models.BooleanField(default=True, help_text="False once its listing is delisted")

    objects = SignedInQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["listing", "kind", "name"], name="listing_name_once")]
        indexes = [
            GinIndex(
                fields=["bare"],
                opclasses=["gin_trgm_ops"],
                condition=Q(is_live=True),
                fastupdate=False,
                name="listing_name_bare",
            ),
        ]

    def __str__(self) -> str:
        return self.name
